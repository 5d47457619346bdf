/**
 * A run of faults from outside on a few nodes, and the verdict on it: never two who hold an address or advertise for longer than allowed,
 * never nobody for longer than allowed, own addresses stay, no fault of the program itself, and nothing is left in the end.
 */

import assert from "node:assert/strict";
import { AddressWatch } from "../../lab/timeline.ts";
import { Capture } from "../../lab/capture.ts";
import { Lab, run } from "../../lab/lab.ts";
import { slowness } from "../../lab/speed.ts";
import { until } from "../../lab/until.ts";
import { rivalry, shared, type Span, vacant, worst } from "./judge.ts";
import { ADVERT_MS, type Done, OWN, type Pair, perform, startPair, story, VIPS } from "./pair.ts";
import { after, holders, type NodeName, type State, type Step, steps } from "./plan.ts";
import { Witness } from "./witness.ts";

/** Of whoever asks for the address from outside. */
const WITNESS = "10.77.0.9";

/**
 * Longest time in ms for which two may hold an address or advertise while both run and hear each other:
 * Active_Down_Interval and what a takeover costs, or the second that a bridge may take until it forwards for a port
 * that came up.
 */
const SHARED_MS = 1_500;

/** The worst that others on the machine took from everybody here: how late a timer was, in ms, and how slow it was. */
function burden(): Disposable & { readonly late: () => number; readonly slow: () => number } {
  const period = 20;
  let [last, late, slow] = [performance.now(), 0, 1];
  const timer = setInterval(() => {
    const now = performance.now();
    late = Math.max(late, now - last - period);
    slow = Math.max(slow, slowness());
    last = now;
  }, period);
  return { late: () => late, slow: () => slow, [Symbol.dispose]: () => clearInterval(timer) };
}

/** Spans in which two may serve: a node does not hear the other, is stopped, or has another list of addresses. */
function excused(done: readonly Done[]): readonly Span[] {
  const spans: Span[] = [];
  const apart = new Map<NodeName, number>();
  for (const { step, from, to } of done) {
    if (step.kind === "pause" || step.kind === "addresses") spans.push({ from, to });
    // Who is killed together with its guardian leaves its addresses until it is started again; who is not heard is not there.
    if (step.kind === "kill" && step.what === "both") spans.push({ from, to });
    if (step.kind === "loss") spans.push({ from, to });
    if (step.kind === "break" && step.what === "lan") apart.set(step.node, from);
    if (step.kind === "mend" && step.what === "lan") {
      spans.push({ from: apart.get(step.node) ?? from, to });
      apart.delete(step.node);
    }
  }
  for (const from of apart.values()) spans.push({ from, to: Infinity });
  return spans;
}

/** Does the step itself remove the node's own address? */
function removesOwn(step: Step, node: NodeName): boolean {
  if (!("node" in step) || step.node !== node) return false;
  return step.kind === "flush" ||
    step.kind === "break" && (step.what === "own" || step.what === "device");
}

/** Each removal of an own address is one that a step made, and each of those was seen once. */
function judgeOwn(watch: AddressWatch, { done, state }: Pair): void {
  for (const node of state.names) {
    const removals = watch.changes(OWN[node]).filter(({ host, kind }) =>
      host === node && kind === "deleted"
    );
    const steps = done.filter(({ step }) => removesOwn(step, node));
    for (const { at } of removals) {
      // Times of the kernel and of this process are of the same clock, to the ms.
      const step = steps.find(({ from, to }) => at >= from - 2 && at <= to + 2);
      assert.ok(step, `${OWN[node]} was removed at ${new Date(at).toISOString()} by no step`);
    }
    assert.equal(removals.length, steps.length, `removals of ${OWN[node]}`);
  }
}

/** Steps in or around which nobody has to hold the address, or the holder is given no time to leave it to another. */
function unheld(begun: State, done: readonly Done[]): readonly Span[] {
  let state = begun;
  return done.flatMap(({ step, from, to }) => {
    const before = holders(state);
    state = after(state, step);
    const breaks = step.kind === "break" || step.kind === "script" || step.kind === "flush" ||
      step.kind === "take" || step.kind === "pause" || step.kind === "loss";
    const nobody = before.length === 0 || holders(state).length === 0;
    // A node that is not ours leaves as it pleases.
    const foreign = "node" in step && state.foreign.includes(step.node);
    return breaks || nobody || foreign ? [{ from, to }] : [];
  });
}

/** A fault of the program itself, which it survives and tells as its own. */
function judgeWords({ lives }: Pair): void {
  const bug = /panicked|Uncaught|\b(Type|Range|Reference)Error\b|\bBUG\b/;
  for (const { name, lines } of lives) {
    if (name.startsWith("keepalived")) continue;
    const said = lines.find(({ text }) => bug.test(text));
    assert.ok(said === undefined, `${name} said "${said?.text}"`);
  }
}

/** Nobody but observers lives in the hosts, no address and no file is left. */
async function judgeEnd({ lab, programs, state }: Pair): Promise<void> {
  for (const node of state.names) {
    const program = programs.get(node);
    if (program !== undefined) assert.equal((await program.stop()).code, 0, program.output);
    const addresses = await lab.addresses(node);
    for (const vip of VIPS) {
      assert.ok(!addresses.some((line) => line.startsWith(`inet ${vip}/`)), `${node} has ${vip}`);
    }
    await until(`no process is left in ${node}`, async () => {
      const { stdout } = await run(["ip", "netns", "pids", lab.netns(node)]);
      const names = await Promise.all(
        stdout.split("\n").filter((pid) => pid !== "")
          .map((pid) => Deno.readTextFile(`/proc/${pid}/comm`).catch(() => "")),
      );
      return names.every((name) => ["ip", ""].includes(name.trim()));
    });
  }
  const files = Array.from(Deno.readDirSync(lab.dir), ({ name }) => name);
  const left = files.filter((name) => /\.(pid|claims|state|control)/.test(name));
  assert.equal(left.join(), "", "files that are left");
}

/** What is done to whom. */
export interface Run {
  readonly seed: number;
  readonly count: number;
  /** Who there is at the beginning. */
  readonly start: State;
  /** Also what ends a daemon without a word, and what it lacks of its host. */
  readonly crashes: boolean;
}

/** Carries out a run; throws with its whole story when something was not as it should be. Gives what was done. */
export async function carryOutRun({ seed, count, start, crashes }: Run): Promise<readonly Done[]> {
  const host = (address: string) => ({
    links: { eth0: { network: "lan", addresses: [`${address}/24`] } },
  });
  const { names } = start;
  const hosts = Object.fromEntries(names.map((name) => [name, host(OWN[name])]));
  await using lab = await Lab.create({ ...hosts, w: host(WITNESS) });
  await using capture = await Capture.start(lab, "switch", {
    ifname: lab.bridge("lan"),
    filter: "ip proto 112",
  });
  await using watch = await AddressWatch.start(lab, names);
  using machine = burden();
  const pair = await startPair(lab, start);
  await using witness = await Witness.start(lab, { host: "w", ifname: "eth0", vip: VIPS[0] });
  try {
    const begun = Date.now();
    for (const step of steps(seed, count, { from: start, crashes })) await perform(pair, step);
    const end = Date.now();
    await judgeEnd(pair);
    judgeWords(pair);
    judgeOwn(watch, pair);
    const allowed = SHARED_MS * machine.slow() + 10 * machine.late();
    const free = [{ from: 0, to: begun }, { from: end, to: Infinity }, ...excused(pair.done)];
    const limit = (spans: readonly Span[], free: readonly Span[], what: string) => {
      const longest = worst(spans, free);
      const span = longest.to - longest.from;
      const when = new Date(longest.from).toISOString();
      assert.ok(span <= allowed, `${what} for ${span} ms from ${when}`);
    };
    for (const vip of VIPS) limit(shared(watch.changes(vip), end), free, `two had ${vip}`);
    const idle = [...free, ...unheld(start, pair.done)];
    limit(vacant(watch.changes(VIPS[0]), end), idle, `nobody had ${VIPS[0]}`);
    limit(witness.several(), free, `two answered for ${VIPS[0]}`);
    limit(witness.nobody(), idle, `nobody answered for ${VIPS[0]}`);
    const adverts = await capture.adverts();
    assert.ok(adverts.length > count, `${adverts.length} adverts`);
    assert.ok(adverts.every(({ checksumGood, ttl }) => checksumGood && ttl === 255));
    limit(rivalry(adverts, 2 * ADVERT_MS), free, "two advertised");
    return pair.done;
  } catch (error) {
    throw new Error(
      `${error instanceof Error ? error.message : error}\n${story(pair)}\n${lab.tails()}`,
      { cause: error },
    );
  }
}
