/** A few nodes on one network, done to as the plan says, and what was done when. */

import { guardians, killUnguarded } from "../../lab/guardians.ts";
import { type Lab, run } from "../../lab/lab.ts";
import { startNode } from "../../lab/node.ts";
import type { Program } from "../../lab/program.ts";
import { pause, until } from "../../lab/until.ts";
import {
  after,
  holders,
  type Lack,
  type NodeName,
  START,
  type State,
  type Step,
  type Victim,
  words,
} from "./plan.ts";

export const OWN: Readonly<Record<NodeName, string>> = {
  a: "10.77.0.1",
  b: "10.77.0.2",
  c: "10.77.0.3",
};
export const VIPS = ["10.77.0.99", "10.77.0.98"] as const;
/** Between adverts, in ms. */
export const ADVERT_MS = 200;

/** Name of the interface while it has another. */
const MOVED = "moved0";

/** A step that was done: from when (ms since the epoch) until all had come to rest. */
export interface Done {
  readonly step: Step;
  readonly from: number;
  readonly to: number;
}

/** The nodes while a plan is carried out. */
export interface Pair {
  readonly lab: Lab;
  /** Those that run. */
  readonly programs: Map<NodeName, Program>;
  /** All that ever ran. */
  readonly lives: Program[];
  readonly done: Done[];
  state: State;
}

function configuration(lab: Lab, node: NodeName, state: State): string {
  const { priority, replaced } = state.nodes[node];
  const addresses = VIPS.slice(0, state.addresses).map((vip) => `${vip}/24`).join("\n    ");
  // Of a pair one is for each: a crash that another run mends, and one that another node does.
  const policy = node === "a" && !state.foreign.includes(node) ? "crash_policy restart" : "";
  return `global_defs {
  script_user root
  ${policy}
}
vrrp_script check {
  script "${lab.dir}/${node}-check-${replaced % 2}"
  interval 0.5
  timeout 1.5
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 77
  version 3
  advert_int ${ADVERT_MS / 1000}
  priority ${priority}
  track_script {
    check
  }
  virtual_ipaddress {
    ${addresses}
  }
}
`;
}

/** What the node's script does from now on. */
async function setScript(lab: Lab, node: NodeName, deed: string): Promise<void> {
  // In one move: a script that looks meanwhile reads the old word or the new one.
  const next = await lab.file(`${node}-deed.new`, deed);
  await Deno.rename(next, `${lab.dir}/${node}-deed`);
}

async function startPairNode(pair: Pair, node: NodeName): Promise<void> {
  const { lab, programs, state } = pair;
  const program = await startNode(lab, node, {
    kind: state.foreign.includes(node) ? "keepalived" : "holdfast",
    config: configuration(lab, node, state),
    name: node,
    wrap: ["env", `TMPDIR=${lab.dir}/tmp`],
  });
  programs.set(node, program);
  pair.lives.push(program);
  await program.seen(/ state\b|Goes on where/i, { limit: 30_000 });
}

/** Starts all nodes. */
export async function startPair(lab: Lab, state: State = START): Promise<Pair> {
  const pair: Pair = { lab, programs: new Map(), lives: [], done: [], state };
  await Deno.mkdir(`${lab.dir}/tmp`);
  for (const node of state.names) {
    await setScript(lab, node, "succeeds");
    const script = `#!/bin/sh
read deed < ${lab.dir}/${node}-deed
case $deed in
  succeeds) exit 0 ;;
  hangs) exec sleep 600 ;;
esac
exit 1
`;
    for (const which of [0, 1]) {
      await lab.file(`${node}-check-${which}`, script, { mode: 0o755 });
    }
    await startPairNode(pair, node);
  }
  await atRest(pair);
  return pair;
}

function programOf(pair: Pair, node: NodeName): Program {
  const program = pair.programs.get(node);
  if (program === undefined) throw new RangeError(`${node} does not run`);
  return program;
}

/** Writes the node's file as the state has it and, when it runs, has it read. */
async function reload(pair: Pair, node: NodeName): Promise<void> {
  await pair.lab.file(`${node}.conf`, configuration(pair.lab, node, pair.state));
  const program = pair.programs.get(node);
  if (program === undefined) return;
  const from = program.lines.length;
  program.signal("SIGHUP");
  await program.seen(/Reloading/, { from });
}

async function spoil(pair: Pair, node: NodeName, text: string): Promise<void> {
  const program = programOf(pair, node);
  await pair.lab.file(`${node}.conf`, text);
  const from = program.lines.length;
  program.signal("SIGHUP");
  await program.seen(/Cannot reload/, { from, limit: 30_000 });
  await pair.lab.file(`${node}.conf`, configuration(pair.lab, node, pair.state));
}

const own = (node: NodeName) => `ip address add ${OWN[node]}/24 broadcast + dev eth0`;

async function shell(lab: Lab, node: NodeName, command: string): Promise<void> {
  await lab.run(node, ["sh", "-ec", command]);
}

function renamed(from: string, to: string): string {
  return `ip link set dev ${from} down; ip link set dev ${from} name ${to}; ip link set dev ${to} up`;
}

async function takeAway({ lab }: Pair, node: NodeName, what: Lack): Promise<void> {
  switch (what) {
    case "link":
      return await lab.setLink(node, "eth0", "down");
    case "carrier":
      return await lab.unplug(node, "eth0");
    case "lan":
      return await lab.isolate(node, "eth0");
    case "device":
      return await shell(lab, node, "ip link del dev eth0");
    case "name":
      return await shell(lab, node, renamed("eth0", MOVED));
    case "own":
      return await shell(lab, node, `ip address del ${OWN[node]}/24 dev eth0`);
  }
}

async function giveBack({ lab }: Pair, node: NodeName, what: Lack): Promise<void> {
  switch (what) {
    case "link":
      return await lab.setLink(node, "eth0", "up");
    case "carrier":
      return await lab.plug(node, "eth0");
    case "lan":
      return await lab.rejoin(node, "eth0");
    case "device":
      await lab.recreate(node, "eth0");
      return await shell(lab, node, `${own(node)}; ip link set dev eth0 up`);
    case "name":
      return await shell(lab, node, renamed(MOVED, "eth0"));
    case "own":
      return await shell(lab, node, own(node));
  }
}

/** Addresses of others in the subnet of ours and beside it, all added, then removed from the middle outwards. */
function burst(count: number): string {
  const addresses = Array.from({ length: count }, (_, index) => {
    return index % 2 === 0 ? `10.77.0.${101 + index}/24` : `10.78.${index}.1/32`;
  });
  const middle = Math.floor(count / 2);
  const order = [...addresses.slice(middle), ...addresses.slice(0, middle).reverse()];
  return [
    ...addresses.map((address) => `ip address add ${address} dev eth0`),
    ...order.map((address) => `ip address del ${address} dev eth0`),
  ].join("; ");
}

async function act(pair: Pair, step: Step): Promise<void> {
  const { lab, programs } = pair;
  switch (step.kind) {
    case "break":
      return await takeAway(pair, step.node, step.what);
    case "mend":
      return await giveBack(pair, step.node, step.what);
    case "flush":
      return await shell(lab, step.node, `ip address flush dev eth0; ${own(step.node)}`);
    case "take":
      return await shell(
        lab,
        step.node,
        `ip address del ${VIPS[0]}/24 dev eth0 2>/dev/null || true`,
      );
    case "foreign":
      return await shell(lab, step.node, burst(step.count));
    case "pause": {
      const program = programOf(pair, step.node);
      program.signal("SIGSTOP");
      await pause(step.ms);
      return program.signal("SIGCONT");
    }
    case "signal":
      return await shell(lab, step.node, `kill -${step.number} ${programOf(pair, step.node).pid}`);
    case "spoil":
      return await spoil(pair, step.node, step.text);
    case "priority":
    case "replace":
      return await reload(pair, step.node);
    case "addresses":
      return void await Promise.all(pair.state.names.map((node) => reload(pair, node)));
    case "script":
      return await setScript(lab, step.node, step.does);
    case "stop": {
      const { code } = await programOf(pair, step.node).stop();
      if (code !== 0) throw new Error(`${step.node} ended with ${code}`);
      return void programs.delete(step.node);
    }
    case "start":
      return await startPairNode(pair, step.node);
    case "kill":
      return await kill(pair, step.node, step);
    case "restart":
      return await restart(pair, step.node);
    case "loss": {
      await shell(lab, step.node, `nft '${losing(step.percent)}'`);
      await pause(step.ms);
      return await shell(lab, step.node, "nft delete table inet chaos");
    }
    case "starve":
      return await starve(pair, step.node, step.ms);
  }
}

/** A table by which so many percent of a node's adverts get lost. */
function losing(percent: number): string {
  const rule = `ip protocol 112 numgen random mod 100 < ${percent} drop`;
  const chain = "add chain inet chaos out { type filter hook output priority 0; }";
  return `add table inet chaos; ${chain}; add rule inet chaos out ${rule}`;
}

async function kill(
  pair: Pair,
  node: NodeName,
  { what, ms }: { readonly what: Victim; readonly ms: number },
): Promise<void> {
  const { lab } = pair;
  const program = programOf(pair, node);
  if (what === "guardian") {
    const from = program.lines.length;
    const living = await guardians(lab, node);
    // One that was started just now and ends again is taken for one that cannot live.
    await pause(1_100);
    await run(["kill", "-9", ...living.map(String)], { check: false });
    return void await program.seen(/another one has taken its place/, { from, limit: 30_000 });
  }
  if (what === "both") await killUnguarded(lab, node, program.pid);
  else program.signal("SIGKILL");
  await program.end();
  pair.programs.delete(node);
  await pause(ms);
  await startPairNode(pair, node);
}

/** SIGRTMIN+3, which the runtime does not send. */
async function restart(pair: Pair, node: NodeName): Promise<void> {
  const program = programOf(pair, node);
  const from = program.lines.length;
  await run(["kill", "-37", `${program.pid}`]);
  await program.seen(/Goes on where the run before has ended|Entering \w+ STATE/, {
    from,
    limit: 30_000,
  });
}

/** Reports are asked for meanwhile, which take descriptors. */
async function starve(pair: Pair, node: NodeName, ms: number): Promise<void> {
  const { pid } = programOf(pair, node);
  const limits = await Deno.readTextFile(`/proc/${pid}/limits`);
  const [, soft = "", hard = ""] = /^Max open files\s+(\d+)\s+(\d+)/m.exec(limits) ?? [];
  const has = Array.from(Deno.readDirSync(`/proc/${pid}/fd`)).length;
  await run(["prlimit", `--pid=${pid}`, `--nofile=${has}:${hard}`]);
  await run(["kill", "-10", `${pid}`]);
  await pause(ms);
  await run(["prlimit", `--pid=${pid}`, `--nofile=${soft}:${hard}`]);
}

/** Which of the virtual addresses each node has: `a: 10.77.0.98 10.77.0.99`. */
async function held(lab: Lab, names: readonly NodeName[]): Promise<string> {
  const lines = await Promise.all(names.map(async (node) => {
    const here = await lab.addresses(node);
    const vips = VIPS.filter((vip) => here.some((line) => line.startsWith(`inet ${vip}/`)));
    return `${node}: ${vips.join(" ")}`;
  }));
  return lines.join(", ");
}

/** Waits until exactly the nodes that ought to hold the addresses do so, all of them. */
async function atRest(pair: Pair): Promise<void> {
  const { lab, state } = pair;
  const vips = VIPS.slice(0, state.addresses).join(" ");
  const right = state.names.map((node) => `${node}: ${holders(state).includes(node) ? vips : ""}`);
  await until(`it comes to rest as "${right.join(", ")}"`, async () => {
    for (const [node, { name, status, output }] of pair.programs) {
      if (status !== undefined) throw new Error(`${name} (${node}) ended: ${output}`);
    }
    return await held(lab, state.names) === right.join(", ");
  }, { explain: () => held(lab, state.names) });
}

/** Does a step and waits until all has come to rest. */
export async function perform(pair: Pair, step: Step): Promise<void> {
  const from = Date.now();
  pair.state = after(pair.state, step);
  try {
    await act(pair, step);
    await atRest(pair);
  } finally {
    pair.done.push({ step, from, to: Date.now() });
  }
}

/** Everything done, with times, for the message of a failure. */
export function story({ done }: Pair): string {
  return done.map(({ step, from, to }, index) => {
    return `${String(index + 1).padStart(3)} ${new Date(from).toISOString()} ${words(step)} (${
      to - from
    } ms)`;
  }).join("\n");
}
