/** A core that never runs dry: what JavaScript owes to others while it drains. */

import assert from "node:assert/strict";
import { openCore } from "./core.ts";
import type { Library } from "./symbols.ts";

/** Header of a record and its kinds (`core-rs/src/record.rs`). */
const [HEADER, REPLY, EVENT] = [16, 1, 3];

const BELL = { parameters: [], result: "void" } as const;
type Bell = Deno.PointerObject<typeof BELL>;

interface Clock {
  now: number;
}

/** A library whose queue is full again after every drain, its doorbell, and its clock in µs. */
function floodingLibrary(): { readonly library: Library; readonly clock: Clock; ring(): void } {
  const clock = { now: 0 };
  const json = new TextEncoder().encode('{"event":"overrun"}');
  const size = HEADER + Math.ceil(json.length / 8) * 8;
  let bell: Bell | null = null;
  const symbols = {
    core_abi_version: () => 0,
    core_now: () => clock.now,
    core_open: (pointer: Bell) => {
      bell = pointer;
      return pointer;
    },
    core_call: () => 0,
    core_drain: (_core: Deno.PointerValue, out: Uint8Array) => {
      const view = new DataView(out.buffer);
      const count = Math.floor(out.length / size);
      for (let at = 0; at < count * size; at += size) {
        view.setUint32(at, json.length, true);
        view.setUint8(at + 4, EVENT);
        out.set(json, at + HEADER);
      }
      return count * size;
    },
    core_close: () => 0,
  };
  const ring = () => {
    if (bell === null) throw new Error("not open");
    new Deno.UnsafeFnPointer(bell, BELL).call();
  };
  return { library: { symbols, close: () => {} } as unknown as Library, clock, ring };
}

Deno.test("Core, flooded faster than it delivers, lets timers have their turn and goes on", async () => {
  const { library, clock, ring } = floodingLibrary();
  const core = openCore(library);
  let delivered = 0;
  const { promise: goneOn, resolve } = Promise.withResolvers<void>();
  let timerAt: number | undefined;
  core.listen({
    event: () => {
      delivered += 1;
      clock.now += 10;
      if (timerAt !== undefined && delivered > timerAt) resolve();
    },
    packet: () => {},
    failed: () => {},
  });
  setTimeout(() => timerAt = delivered, 0);
  ring();
  await goneOn;
  assert.ok(timerAt !== undefined && timerAt > 0, "the first turn delivered something");
  core[Symbol.dispose]();
  await core.closed;
  const atEnd = delivered;
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(delivered, atEnd, "nothing is delivered once closed");
});

Deno.test("Core, records that take 1 ms each, gives others their turn after 5 ms of them", async () => {
  const { library, clock, ring } = floodingLibrary();
  const core = openCore(library);
  const turns: number[] = [];
  let delivered = 0;
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  core.listen({
    turn: (deliver) => {
      const before = delivered;
      deliver();
      turns.push(delivered - before);
      if (turns.length === 4) resolve();
    },
    event: () => {
      delivered += 1;
      clock.now += 1_000;
    },
    packet: () => {},
    failed: () => {},
  });
  ring();
  await enough;
  core[Symbol.dispose]();
  await core.closed;
  assert.deepEqual(turns.slice(0, 4), [5, 5, 5, 5]);
});

Deno.test("Core, closed between two turns, still delivers the replies that were drained", async () => {
  const { library, clock, ring } = floodingLibrary();
  const symbols = { ...library.symbols } as unknown as { core_drain: unknown };
  symbols.core_drain = repliesOnce([1, 2]);
  const core = openCore({ ...library, symbols } as unknown as Library);
  const answered: number[] = [];
  for (const id of [1, 2]) {
    core.ask({ call: "renew" }, () => {
      clock.now += 10_000;
      answered.push(id);
    });
  }
  ring();
  assert.deepEqual(answered, [1], "its turn was over");
  core[Symbol.dispose]();
  assert.deepEqual(answered, [1, 2]);
  await core.closed;
});

/** A queue that holds replies to these calls, once. */
function repliesOnce(ids: readonly number[]): (core: unknown, out: Uint8Array) => number {
  const json = ids.map((id) => new TextEncoder().encode(JSON.stringify({ id, result: "done" })));
  let left = true;
  return (_core, out) => {
    if (!left) return 0;
    left = false;
    const view = new DataView(out.buffer);
    let at = 0;
    for (const bytes of json) {
      view.setUint32(at, bytes.length, true);
      view.setUint8(at + 4, REPLY);
      out.set(bytes, at + HEADER);
      at += HEADER + Math.ceil(bytes.length / 8) * 8;
    }
    return at;
  };
}
