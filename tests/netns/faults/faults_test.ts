/**
 * Random faults from outside on a pair of nodes, the same ones for the same seed:
 * `HOLDFAST_SEED=7 HOLDFAST_STEPS=50 deno test -A tests/netns/faults/faults_test.ts`.
 */

import assert from "node:assert/strict";
import {
  ADVERT_MS,
  type Done,
  type NodeName,
  NODES,
  OWN,
  type Pair,
  perform,
  rivalry,
  shared,
  type Span,
  startPair,
  type Step,
  steps,
  story,
  VIPS,
  worst,
} from "./mod.ts";
import { AddressWatch, Capture, Lab, labTest, run, slowness, until } from "../../lab/mod.ts";

const SEED = Number(Deno.env.get("HOLDFAST_SEED") ?? "20260");
const STEPS = Number(Deno.env.get("HOLDFAST_STEPS") ?? "200");

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
function judgeOwn(watch: AddressWatch, { done }: Pair): void {
  for (const node of NODES) {
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

/** A fault of the program itself, which it survives and tells as its own. */
function judgeWords({ lives }: Pair): void {
  const bug = /panicked|Uncaught|\b(Type|Range|Reference)Error\b|\bBUG\b/;
  for (const { name, lines } of lives) {
    const said = lines.find(({ text }) => bug.test(text));
    assert.ok(said === undefined, `${name} said "${said?.text}"`);
  }
}

/** Nobody but observers lives in the hosts, no address and no file is left. */
async function judgeEnd({ lab, programs }: Pair): Promise<void> {
  for (const node of NODES) {
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
  assert.deepEqual(files.filter((name) => /\.(pid|claims)/.test(name)), []);
}

labTest(
  `faults, ${STEPS} at random (seed ${SEED}), one holder at any time, own addresses stay, nothing is left`,
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create({
      a: { links: { eth0: { network: "lan", addresses: [`${OWN.a}/24`] } } },
      b: { links: { eth0: { network: "lan", addresses: [`${OWN.b}/24`] } } },
    });
    await using capture = await Capture.start(lab, "switch", {
      ifname: lab.bridge("lan"),
      filter: "ip proto 112",
    });
    await using watch = await AddressWatch.start(lab, NODES);
    using machine = burden();
    const pair = await startPair(lab);
    try {
      const begun = Date.now();
      for (const step of steps(SEED, STEPS)) await perform(pair, step);
      const end = Date.now();
      await judgeEnd(pair);
      judgeWords(pair);
      judgeOwn(watch, pair);
      const allowed = SHARED_MS * machine.slow() + 10 * machine.late();
      const free = [{ from: 0, to: begun }, ...excused(pair.done)];
      for (const vip of VIPS) {
        const longest = worst(shared(watch.changes(vip), end), free);
        const span = longest.to - longest.from;
        const when = new Date(longest.from).toISOString();
        assert.ok(span <= allowed, `two had ${vip} for ${span} ms from ${when}`);
      }
      const adverts = await capture.adverts();
      assert.ok(adverts.length > STEPS, `${adverts.length} adverts`);
      assert.ok(adverts.every(({ checksumGood, ttl }) => checksumGood && ttl === 255));
      const longest = worst(rivalry(adverts, 2 * ADVERT_MS), free);
      const span = longest.to - longest.from;
      const when = new Date(longest.from).toISOString();
      assert.ok(span <= allowed, `two advertised for ${span} ms from ${when}`);
    } catch (error) {
      const command =
        `HOLDFAST_SEED=${SEED} HOLDFAST_STEPS=${STEPS} deno test -A tests/netns/faults/faults_test.ts`;
      throw new Error(
        `${error instanceof Error ? error.message : error}\n${story(pair)}\n${lab.tails()}\n` +
          `Again: ${command}`,
        { cause: error },
      );
    }
  },
);
