/** Carries out the effects of the world: the one exhaustive switch between decisions and the outside. */

import { type AddressOperation, ESTALE } from "../../kernel/address.ts";
import { thingKey } from "../../kernel/thing.ts";
import { thingText } from "../../kernel/thing_text.ts";
import { errnoText } from "../../net/errno.ts";
import { unreachable } from "../../net/unreachable.ts";
import type { CallResult, Core } from "../../native/mod.ts";
import type { ProbeOrder, Takeover, WorldEffect, WorldEvent } from "../../world/mod.ts";
import { type Children, type ScriptNews, sentence } from "../scripts/mod.ts";
import type { Complaints } from "./complaints.ts";
import type { ClaimsFile } from "../files/claims_file.ts";
import type { Log } from "../log.ts";
import type { Fifos, Mails } from "../telling/mod.ts";
import { expectedCall, probeCall, templateCall, verifyCall } from "./wire_calls.ts";

/** What effects are carried out with. */
export interface Outside {
  readonly core: Pick<Core, "tell" | "ask">;
  readonly children: Children;
  readonly log: Log;
  readonly complaints: Complaints;
  readonly fifos: Pick<Fifos, "write">;
  readonly mails: Pick<Mails, "send">;
  readonly claims: Pick<ClaimsFile, "keep">;
  /** Reports what came of an effect. */
  dispatch(event: WorldEvent): void;
  /** The world has ended. */
  exit(): void;
}

/** Carries out one effect. Never throws; failures are logged or come back as events. */
export function carryOut(effect: WorldEffect, outside: Outside): void {
  const { core } = outside;
  switch (effect.kind) {
    case "listen":
      return core.ask({ call: "listen", ...without(effect) }, (result) => {
        const failure = result.result === "failed" ? { failure: result.message } : {};
        const { ifindex, groups } = effect;
        outside.dispatch({ kind: "listen-result", ifindex, groups, ...failure });
      });
    case "unlisten":
      return core.tell({ call: "unlisten", ifindex: effect.ifindex });
    case "transmit":
      return core.tell({ call: "transmit", ...transmissionCall(without(effect)) });
    case "prepare":
      return core.tell({
        call: "prepare",
        watches: [...effect.watches],
        calls: effect.transmissions.map((each) => ({
          call: "transmit",
          ...transmissionCall(each),
        })),
        ops: [...effect.operations],
        places: [...effect.places],
      });
    case "withhold":
      return core.tell({ call: "withhold", order: effect.order });
    case "cease":
      return core.tell({
        call: "cease",
        order: effect.order,
        farewell: effect.farewell,
        handover: effect.handover !== undefined,
      });
    case "send": {
      const packets = effect.packets.map(templateCall);
      return core.tell({ call: "send", order: effect.order, ifindex: effect.ifindex, packets });
    }
    case "watch": {
      const { expect, verify, ...watch } = without(effect);
      return core.tell({
        call: "watch",
        ...watch,
        verify: verifyCall(verify),
        ...(expect && { expect: expectedCall(expect) }),
      });
    }
    case "unwatch":
      return core.tell({ call: "unwatch", order: effect.order });
    case "renew":
      return core.tell({ call: "renew" });
    case "announce":
      return core.tell({ call: "announce", ...without(effect) });
    case "probes":
      return giveProbes(effect.orders, core);
    case "count-connections":
      return countConnections(effect, outside);
    case "count-ports":
      return countPorts(effect, outside);
    case "address-apply":
      return applyAddresses(effect, outside);
    case "kernel-apply":
      return applyThings(effect, outside);
    case "ipvs-watch":
      return core.tell({ call: "ipvs-watch", interval: effect.interval });
    case "ipvs-dump":
      return dumpServices(effect.afresh, outside);
    case "ipvs-apply":
      return applyServices(effect, outside);
    case "hook":
      return runHook(effect, outside);
    case "run-script":
      return runTracked(effect, outside);
    case "follow-files":
      return core.tell({ call: "follow-files", files: [...effect.files] });
    case "follow-processes":
      return followProcesses(effect, outside);
    case "run-check":
      return runCheck(effect, outside);
    case "end-script":
      return outside.children.dismiss(scriptKey(effect.run));
    case "end-check":
      return outside.children.dismiss(checkKey(effect.order, effect.seq));
    case "tell":
      return outside.children.tell(effect.subject, effect.commands, effect);
    case "write-fifo":
      return outside.fifos.write(effect.of, effect.line);
    case "mail":
      return outside.mails.send(effect);
    case "log":
      return outside.log(effect);
    case "claim":
      return outside.claims.keep(effect.claims);
    case "exit":
      return outside.exit();
    default:
      return unreachable(effect);
  }
}

function transmissionCall<T extends Takeover["transmissions"][number]>(transmission: T) {
  const { packets, farewell, ...rest } = transmission;
  return { ...rest, packets: packets.map(templateCall), farewell: farewell.map(templateCall) };
}

/** The fields of an effect without its kind. */
function without<E extends { readonly kind: string }>(effect: E): Omit<E, "kind"> {
  const { kind: _kind, ...rest } = effect;
  return rest;
}

/** An operation on the kernel came back. */
function report({ complaints }: Pick<Outside, "complaints">, act: string, errno: number): void {
  if (errno === 0) complaints.obeyed(act);
  else complaints.refused(act, errnoText(errno));
}

/** Orders in one call: enough that the call itself costs nothing, and few enough that its text stays small. */
const PROBES_AT_ONCE = 500;

function giveProbes(orders: readonly ProbeOrder[], core: Pick<Core, "tell">): void {
  for (let from = 0; from < orders.length; from += PROBES_AT_ONCE) {
    core.tell({ call: "probes", ops: orders.slice(from, from + PROBES_AT_ONCE).map(probeCall) });
  }
}

const ENODEV = 19;

function applyAddresses(
  { operations }: Extract<WorldEffect, { readonly kind: "address-apply" }>,
  outside: Outside,
): void {
  outside.core.ask({ call: "address-apply", ops: operations }, (result) => {
    addressesApplied(operations, errnosOf(result, operations.length), outside);
  });
}

/** What came of operations, also of those of a takeover, which nobody has asked for at that moment. */
export function addressesApplied(
  operations: readonly AddressOperation[],
  errnos: readonly number[],
  outside: Pick<Outside, "complaints" | "dispatch">,
): void {
  for (const [index, { op, address }] of operations.entries()) {
    const errno = errnos[index] ?? 0;
    const what = `${op} address ${address.address}/${address.prefixLength}`;
    // Told as events of their own: the interface has gone meanwhile, the address is somebody else's.
    if (![ENODEV, ESTALE].includes(errno)) report(outside, what, errno);
  }
  outside.dispatch({ kind: "addresses-applied", operations, errnos });
}

function applyThings(
  { operations, stay = [] }: Extract<WorldEffect, { readonly kind: "kernel-apply" }>,
  outside: Outside,
): void {
  const ops = stay.length === 0
    ? operations
    : operations.map((each) => stay.includes(thingKey(each)) ? { ...each, stays: true } : each);
  outside.core.ask({ call: "kernel-apply", ops }, (result) => {
    const errnos = errnosOf(result, operations.length);
    for (const [index, operation] of operations.entries()) {
      const errno = errnos[index] ?? 0;
      report(outside, `${operation.op} ${thingText(operation)}`, errno);
    }
    outside.dispatch({ kind: "kernel-applied", operations, errnos });
  });
}

/** What it waits for is over in any case: when the command has ended, was ended, or could not begin. */
function runHook(
  { order, name, hook, run, command, timeout }: Extract<WorldEffect, { readonly kind: "hook" }>,
  outside: Outside,
): void {
  const say = (text: string) =>
    outside.log({ level: "warning", from: "vrrp", text: `(${name}) ${hook} hook: ${text}` });
  outside.children.ask({
    command,
    timeout,
    key: `hook ${order} ${run}`,
    hear: (news) => {
      switch (news.kind) {
        case "exited":
          if (news.code !== 0) say(`exited with status ${news.code}, goes on`);
          break;
        case "signalled":
          say(`exited due to signal ${news.signal}, goes on`);
          break;
        case "late":
          say("takes longer than hook_timeout: goes on without it");
          break;
        case "gone":
          return;
        case "not-started":
        case "not-begun":
          say(`${news.reason}, goes on`);
      }
      outside.dispatch({ kind: "hook-over", order, run });
    },
  });
}

function dumpServices(afresh: boolean, outside: Outside): void {
  outside.core.ask({ call: "ipvs-difference", afresh }, (result) => {
    const act = "read the IPVS table";
    if (result.result === "failed") outside.complaints.refused(act, result.message);
    else outside.complaints.obeyed(act);
    if (result.result !== "ipvs-table") return outside.dispatch({ kind: "ipvs-table" });
    const { services, gone } = result;
    outside.dispatch({ kind: "ipvs-table", services, ...(gone !== undefined && { gone }) });
  });
}

function countConnections(
  { services }: Extract<WorldEffect, { readonly kind: "count-connections" }>,
  outside: Outside,
): void {
  outside.core.ask({ call: "ipvs-connections", services }, (result) => {
    const act = "count connections";
    if (result.result === "failed") outside.complaints.refused(act, result.message);
    else outside.complaints.obeyed(act);
    const counts = result.result === "ipvs-connections" ? result.counts : [];
    outside.dispatch({ kind: "connections", counts });
  });
}

function countPorts(
  { addresses, least }: Extract<WorldEffect, { readonly kind: "count-ports" }>,
  outside: Outside,
): void {
  outside.core.ask({ call: "count-ports", addresses, least }, (result) => {
    const act = "count ports";
    if (result.result === "failed") outside.complaints.refused(act, result.message);
    else outside.complaints.obeyed(act);
    const uses = result.result === "ports-in-use" ? result.uses : [];
    outside.dispatch({ kind: "ports", uses });
  });
}

function applyServices(
  { operations }: Extract<WorldEffect, { readonly kind: "ipvs-apply" }>,
  outside: Outside,
): void {
  outside.core.ask({ call: "ipvs-apply", ops: operations }, (result) => {
    const errnos = errnosOf(result, operations.length);
    for (const [index, operation] of operations.entries()) {
      const errno = errnos[index] ?? 0;
      // Somebody else has taken the service away since the table was read: that is told when it is read again.
      if (errno === ESRCH && SERVERS.has(operation.op)) continue;
      report(outside, `change IPVS ${JSON.stringify(operation)}`, errno);
    }
    outside.dispatch({ kind: "ipvs-applied", operations, errnos });
  });
}

/** What IPVS says of a service that is not there. */
const ESRCH = 3;

/** Operations on servers of a service. */
const SERVERS: ReadonlySet<string> = new Set(["new-destination", "set-destination"]);

/** One errno per operation, also when the call failed as a whole. */
function errnosOf(result: CallResult, count: number): readonly number[] {
  if (result.result === "applied") return result.errnos;
  const errno = result.result === "failed" && result.errno !== 0 ? result.errno : 5; // EIO
  return Array.from({ length: count }, () => errno);
}

function runTracked(
  { name, run, command, timeout }: Extract<WorldEffect, { readonly kind: "run-script" }>,
  { children, dispatch }: Outside,
): void {
  const hear = (news: ScriptNews) => {
    switch (news.kind) {
      case "gone":
        return dispatch({ kind: "script-gone", name, run });
      case "not-begun":
        return dispatch({ kind: "script-not-begun", name, run, why: news.reason });
      case "late":
        return dispatch({
          kind: "script-result",
          name,
          run,
          ok: false,
          how: howItEnded(news),
          alive: true,
        });
      // keepalived: a script that cannot be started counts as a success of its helper, and so hides a dead check. Not here.
      case "not-started":
      case "signalled":
      case "exited": {
        const ok = news.kind === "exited" && news.code === 0;
        return dispatch({ kind: "script-result", name, run, ok, how: howItEnded(news) });
      }
      default:
        return unreachable(news);
    }
  };
  children.ask({ command, timeout, key: scriptKey(run), hear });
}

/** Where the kernel does not tell of processes, as in containers, the core looks by itself. */
function followProcesses(
  { processes, buffer }: Extract<WorldEffect, { readonly kind: "follow-processes" }>,
  { core, log }: Outside,
): void {
  const patterns = processes.map(({ name, command, argumentsMatch, fullCommand, ...rest }) => ({
    name,
    command,
    ...(rest.arguments !== undefined && { arguments: [...rest.arguments] }),
    argumentsMatch,
    fullCommand,
  }));
  const receiveBuffer = buffer.size === undefined ? {} : { receiveBuffer: buffer.size };
  const { force } = buffer;
  core.ask({ call: "follow-processes", patterns, ...receiveBuffer, force }, (result) => {
    if (result.result !== "failed") return;
    const text = `${sentence(result.message)}: tracked processes are counted once a second`;
    log({ level: "warning", from: "vrrp", text });
  });
}

function runCheck(
  { order, seq, command, timeout }: Extract<WorldEffect, { readonly kind: "run-check" }>,
  { children, dispatch }: Outside,
): void {
  const hear = (news: ScriptNews) => {
    if (news.kind === "gone") return;
    if (news.kind === "not-begun") {
      return dispatch({ kind: "check-not-begun", order, seq, why: news.reason });
    }
    const code = news.kind === "exited" ? { code: news.code } : {};
    dispatch({ kind: "check-result", order, seq, ...code });
  };
  children.ask({ command, timeout, key: checkKey(order, seq), hear });
}

/** Names of questions to scripts, by which they are dismissed. */
function scriptKey(run: number): string {
  return `script ${run}`;
}

function checkKey(order: number, seq: number): string {
  return `check ${order} ${seq}`;
}

/** For a person, in keepalived's words. */
function howItEnded(end: Exclude<ScriptNews, { readonly kind: "gone" | "not-begun" }>): string {
  switch (end.kind) {
    case "exited":
      return `exited with status ${end.code}`;
    case "signalled":
      return `exited due to signal ${end.signal}`;
    case "late":
      return "timed_out";
    case "not-started":
      return end.reason;
    default:
      return unreachable(end);
  }
}
