/** An open core: calls go in as JSON, each by the lane of the thread that parses and obeys it; everything else comes out by drain. */

import {
  clearTimer,
  type Doorbell,
  doorbell,
  type Pointer,
  report,
  setTimer,
  type Timer,
} from "../daemon/platform/mod.ts";
import { type Micros, MILLISECOND } from "../net/micros.ts";
import { failureOf, NativeError, STATUS } from "./error.ts";
import { loadLibrary } from "./load.ts";
import {
  type Call,
  CALL_LANES,
  type CallResult,
  type Event,
  LOG_LANES,
  type LogLane,
} from "../core/protocol.ts";
import { type Carry, type CoreRecord, readRecords, type ReceivedPacket } from "./records.ts";
import type { Library } from "./symbols.ts";

/** Who is told what. Called in the order in which things happened in the core. */
export interface CoreListener {
  /**
   * Called around what is delivered in one turn of the event loop: replies, events and packets all come while `deliver` runs.
   * Absent: they come by themselves.
   */
  turn?(deliver: () => void): void;
  event(event: Event, at: Micros): void;
  /** A datagram no watch expected. */
  packet(packet: ReceivedPacket, at: Micros): void;
  /** A call nobody waits for, see {@linkcode Core.tell}, was not obeyed. */
  failed(error: NativeError): void;
}

/** Takes the answer to one call. */
export type Answer = (result: CallResult, at: Micros) => void;

/** Holds the longest record, see `abi.rs`. */
const DRAIN_BYTES = 262_144;

/** Room for the JSON of nearly every call. */
const CALL_BYTES = 65_536;

/** Longest delivery before timers and signals get their turn, as far as one record allows: no flood must starve them. */
const TURN: Micros = 5 * MILLISECOND;

/** Numbers from here on are of calls nobody waits for (`protocol.rs`). */
const QUIET = 2 ** 31;

/** Time the doorbell gets to return, ms, before it is asked again. */
const CLOSE_RETRY_MS = 1;

/** Loads the core and starts its threads. Throws {@linkcode NativeError}. */
export function openCore(library: Library = loadLibrary()): Core {
  return new Core(library);
}

/**
 * A core with its threads. While it is open it keeps the event loop alive. One doorbell leads to
 * one drain of everything that waits. A listener that throws does not keep the records after it
 * from being delivered; the error is reported as uncaught.
 */
export class Core implements Disposable {
  /** Resolved when it is disposed of and freed: at once, unless the doorbell is ringing. */
  readonly closed: Promise<void>;
  readonly #library: Library;
  readonly #bell: Doorbell;
  readonly #drained = new Uint8Array(DRAIN_BYTES);
  readonly #encoded = new Uint8Array(CALL_BYTES);
  readonly #encoder = new TextEncoder();
  readonly #answers = new Map<number, Answer>();
  /** Kinds of quiet calls, in the order of their numbers. */
  readonly #quiet: Call["call"][] = [];
  readonly #onClosed: () => void;
  /** Absent when it is freed. */
  #handle: Pointer;
  #closing = false;
  #draining = false;
  /** What is drained and not delivered yet. */
  #reading: Generator<CoreRecord, Carry, void> | undefined;
  /** The rest of a delivery that was interrupted. */
  #rest: Timer | undefined;
  #lastId = 0;
  #carry: Carry = [];
  #listener: CoreListener | undefined;
  /** What came before there was a listener. */
  #held: CoreRecord[] = [];
  #onSignal: ((number: number) => void) | undefined;
  /** Signals that came before somebody listened. */
  #signals: number[] = [];

  constructor(library: Library) {
    ({ promise: this.closed, resolve: this.#onClosed } = Promise.withResolvers<void>());
    this.#library = library;
    this.#bell = doorbell(() => this.#ring());
    const failure = new Int32Array(2);
    this.#handle = library.symbols.core_open(this.#bell.pointer, failure);
    if (this.#handle === null) {
      this.#bell.close();
      const [status = 0, errno = 0] = failure;
      throw new NativeError(`Cannot open the core: status ${status}, errno ${errno}`, {
        call: "core_open",
        status,
        errno,
      });
    }
  }

  /** Microseconds of the clock all times of the core are on. */
  now(): Micros {
    return this.#library.symbols.core_now();
  }

  /** From now on `listener` is told, first of what has come already. */
  listen(listener: CoreListener): void {
    this.#listener = listener;
    const held = this.#held;
    this.#held = [];
    for (const record of held) this.#deliver(record);
  }

  /** From now on `listener` is told of the signals sent to the process, first those that came already. */
  listenToSignals(listener: (number: number) => void): void {
    this.#onSignal = listener;
    for (const number of this.#signals.splice(0)) listener(number);
  }

  /** Asks the core. Never rejects: a failure is a result too, also that the core is closed. */
  call(call: Call): Promise<CallResult> {
    return new Promise((resolve) => this.ask(call, resolve));
  }

  /** Like {@linkcode Core.call}, but answers in order with events, not in a later microtask. */
  ask(call: Call, answer: Answer): void {
    this.#lastId = (this.#lastId + 1) % QUIET;
    const id = this.#lastId;
    this.#answers.set(id, answer);
    const status = this.#hand(CALL_LANES[call.call], id, JSON.stringify(call));
    if (status === 0) return;
    this.#answers.delete(id);
    const { message } = refused(call, status);
    answer({ result: "failed", status, errno: 0, message }, this.now());
  }

  /** Tells the core; only a failure is answered, and heard of by {@linkcode CoreListener.failed}. */
  tell(call: Call): void {
    const id = this.#quietId(call.call);
    const status = this.#hand(CALL_LANES[call.call], id, JSON.stringify(call));
    if (status !== 0) this.#listener?.failed(refused(call, status));
  }

  /** One number for all quiet calls of a kind: all that is told of them is which kind failed. */
  #quietId(call: Call["call"]): number {
    const known = this.#quiet.indexOf(call);
    return QUIET + (known < 0 ? this.#quiet.push(call) - 1 : known);
  }

  /** Hands over a message for a log: a line with its end, or what syslog takes. Once the core is closed it goes nowhere. */
  log(lane: LogLane, text: string): void {
    this.#hand(LOG_LANES[lane], 0, text);
  }

  /**
   * Stops the core: calls made before are obeyed and answered, transmissions that still stand
   * lapse. See {@linkcode Core.closed}.
   */
  [Symbol.dispose](): void {
    if (this.#closing) return;
    this.#closing = true;
    clearTimer(this.#rest);
    this.#close();
  }

  #close(): void {
    this.#finish();
    const left = () => this.#library.symbols.core_close(this.#handle);
    if (left() === 1) {
      this.#drain();
      if (left() === 1) {
        setTimer(() => this.#close(), CLOSE_RETRY_MS);
        return;
      }
    }
    this.#handle = null;
    this.#bell.close();
    this.#onClosed();
  }

  /** Delivers what was taken out of the core before: replies among it are owed. */
  #finish(): void {
    // Inside a listener the drain under way goes on.
    if (this.#draining) return;
    const records = this.#reading ?? [];
    this.#reading = undefined;
    for (const record of records) this.#deliver(record);
  }

  /** 0, or why the core did not take it. */
  #hand(lane: number, id: number, text: string): number {
    if (this.#closing) return STATUS.gone;
    const { symbols } = this.#library;
    // A UTF-16 unit is at most 3 bytes of UTF-8.
    if (text.length * 3 > this.#encoded.length) {
      const bytes = this.#encoder.encode(text);
      return -symbols.core_call(this.#handle, lane, id, bytes, bytes.length);
    }
    const { written } = this.#encoder.encodeInto(text, this.#encoded);
    return -symbols.core_call(this.#handle, lane, id, this.#encoded, written);
  }

  #ring(): void {
    try {
      if (!this.#closing) this.#drain(this.now() + TURN);
    } catch (error) {
      report(error);
    }
  }

  /**
   * Delivers what waits, all of it or what there is time for, and the rest in a later turn of the event loop. Inside a listener
   * nothing: the drain under way goes on.
   */
  #drain(until = Infinity): void {
    if (this.#draining || this.#handle === null) return;
    this.#draining = true;
    const turn = this.#listener?.turn?.bind(this.#listener);
    try {
      if (turn === undefined) this.#deliverUntil(until);
      else turn(() => this.#deliverUntil(until));
    } finally {
      this.#draining = false;
    }
  }

  #deliverUntil(until: Micros): void {
    for (let record = this.#next(); record !== undefined; record = this.#next()) {
      this.#deliver(record);
      if (this.#closing || this.now() < until) continue;
      // The doorbell is silent until the queue was empty once.
      clearTimer(this.#rest);
      this.#rest = setTimer(() => this.#ring(), 0);
      return;
    }
  }

  /** The next record; absent when nothing waits. */
  #next(): CoreRecord | undefined {
    for (;;) {
      const reading = this.#reading ?? this.#refilled();
      if (reading === undefined) return undefined;
      // A reading that fails is over: what the core wrote after it can be read again.
      this.#reading = undefined;
      const { done, value } = reading.next();
      if (done === true) {
        this.#carry = value;
      } else {
        this.#reading = reading;
        return value;
      }
    }
  }

  #refilled(): Generator<CoreRecord, Carry, void> | undefined {
    if (this.#handle === null) return undefined;
    const { core_drain } = this.#library.symbols;
    const length = core_drain(this.#handle, this.#drained, this.#drained.length);
    if (length === 0) return undefined;
    if (length < 0) {
      const status = -length;
      throw new NativeError(`Cannot drain the core: status ${status}`, {
        call: "core_drain",
        status,
        errno: 0,
      });
    }
    return readRecords(this.#drained.subarray(0, length), this.#carry);
  }

  #deliver(record: CoreRecord): void {
    try {
      if (record.kind === "reply" && record.id >= QUIET) {
        const error = failureOf(this.#quiet[record.id - QUIET] ?? "", record.result);
        if (error !== undefined && !this.#closing) this.#listener?.failed(error);
      } else if (record.kind === "reply") {
        const answer = this.#answers.get(record.id);
        this.#answers.delete(record.id);
        answer?.(record.result, record.at);
      } else if (this.#closing) {
        // Whoever closes has stopped listening.
      } else if (record.kind === "event" && record.event.event === "signal") {
        if (this.#onSignal === undefined) this.#signals.push(record.event.number);
        else this.#onSignal(record.event.number);
      } else if (this.#listener === undefined) {
        this.#held.push(record);
      } else if (record.kind === "event") {
        this.#listener.event(record.event, record.at);
      } else {
        this.#listener.packet(record.packet, record.at);
      }
    } catch (error) {
      report(error);
    }
  }
}

function refused({ call }: Call, status: number): NativeError {
  const message = `Cannot hand ${call} to the core: ${REASONS.get(status) ?? "refused"}`;
  return new NativeError(message, { call, status, errno: 0 });
}

/** Why the core does not take a call at all, by status. */
const REASONS: ReadonlyMap<number, string> = new Map([
  [STATUS.malformed, "it has no such lane"],
  [STATUS.gone, "it is closed"],
]);
