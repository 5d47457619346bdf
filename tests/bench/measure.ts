/** One measurement each: how long, how much. Every function builds its lab and removes it. */

import { Capture, executable, type Kind, Lab, pause, run, startNode, until } from "../lab/mod.ts";
import { outage, startClient } from "../vm/requests.ts";
import { cpuTime } from "./cpu_clock.ts";
import { ALONE, instances, PAIR, startPair, VIP } from "./lab.ts";

/** How the master goes away. */
export type Loss = "SIGTERM" | "SIGKILL" | "link down";

/** How long a client that asks every 5 ms gets no answer when the master goes, in ms. */
export async function outageOn(kind: Kind, loss: Loss): Promise<number> {
  await using lab = await Lab.create(PAIR);
  const { master } = await startPair(lab, kind);
  await using client = startClient(lab, "client", { address: VIP, period: 5 });
  const answered = (from: number) =>
    until(
      "the client is served",
      () =>
        client.answers().filter(({ at, server }) => at > from && server !== undefined).length >= 20,
    );
  await answered(0);
  const lost = Date.now();
  if (loss === "link down") await lab.unplug("master", "eth0");
  else master.signal(loss);
  await until(
    "the backup answers",
    () => client.answers().some(({ at, server }) => at > lost && server === "backup"),
  );
  await answered(Date.now());
  return outage(client.answers(), lost, Date.now());
}

/**
 * From the start of the program to its first advert on the wire, as an owner that need not wait,
 * in ms.
 */
export async function firstAdvert(kind: Kind): Promise<number> {
  await using lab = await Lab.create(ALONE);
  await using capture = await Capture.start(lab, "observer", { ifname: "eth0", filter: "vrrp" });
  const started = Date.now();
  await startNode(lab, "node", { kind, config: instances(1, 255) });
  await capture.seen(/VRRPv2, Advertisement/);
  const [first] = await capture.adverts();
  return (first?.at ?? NaN) - started;
}

/** What `-t` of a file takes. */
export interface Check {
  /** Until it has ended, ms. */
  readonly wall: number;
  /** Processor time of it and its children, ms, to 10. */
  readonly cpu: number;
}

/** Runs `-t`, which may find fault with the file. */
export async function checkOf(kind: Kind, file: string): Promise<Check> {
  const report = await Deno.makeTempFile({ prefix: "holdfast-bench-" });
  try {
    const time = ["--quiet", "--format", "%U %S", "--output", report];
    const args = [...time, executable(kind), "-t", "-f", file];
    const started = performance.now();
    await new Deno.Command("/usr/bin/time", { args, stdout: "null", stderr: "null" }).output();
    const wall = performance.now() - started;
    const [user = NaN, system = NaN] = (await Deno.readTextFile(report)).trim().split(" ").map(
      Number,
    );
    return { wall, cpu: (user + system) * 1000 };
  } finally {
    await Deno.remove(report);
  }
}

/** What an idle node costs. */
export interface Idle {
  /** Memory that is no page of a file, of all its processes, in KiB. */
  readonly anonymous: number;
  /** Proportional set size of all its processes, in KiB. */
  readonly pss: number;
  /** Processor time of all its processes, in ms per minute. */
  readonly cpu: number;
  readonly processes: number;
}

/** A node that is master, or backup, of `count` instances and has nothing to do, over `seconds`. */
export async function idle(
  kind: Kind,
  options: { readonly count: number; readonly role: "master" | "backup"; readonly seconds: number },
): Promise<Idle> {
  const { count, role, seconds } = options;
  await using lab = await Lab.create(ALONE);
  if (role === "backup") {
    // Debian's keepalived is the master for both, so that both hear the same adverts.
    await startNode(lab, "observer", { kind: "keepalived", config: instances(count, 255) });
    await settled(lab, "observer", count);
  }
  const priority = role === "master" ? 255 : 100;
  const node = await startNode(lab, "node", { kind, config: instances(count, priority) });
  if (role === "master") await settled(lab, "node", count);
  else await node.seen(new RegExp(`VI_${count}\\b.*BACKUP`, "i"));
  // Start-up work, such as the second burst of gratuitous ARP after five seconds, is not idling.
  await pause(8_000);
  const pids = await processes(lab);
  const before = cpuTime(pids);
  const from = performance.now();
  await pause(seconds * 1000);
  const spent = cpuTime(pids) - before;
  const minutes = (performance.now() - from) / 60_000;
  let pss = 0;
  let anonymous = 0;
  for (const pid of pids) {
    const sizes = await Deno.readTextFile(`/proc/${pid}/smaps_rollup`);
    pss += sizeOf("Pss", sizes);
    anonymous += sizeOf("Anonymous", sizes);
  }
  return { pss, anonymous, cpu: spent / minutes, processes: pids.length };
}

/** Waits until a host has all the virtual addresses. */
async function settled(lab: Lab, host: string, count: number): Promise<void> {
  await until(`${host} has ${count} addresses`, async () => {
    const addresses = await lab.addresses(host, "eth0");
    return addresses.filter((line) => line.startsWith("inet 10.77.0.")).length === count;
  }, { limit: 60_000 });
}

/** Processes of the node of a lab. */
export async function processes(lab: Lab): Promise<readonly number[]> {
  const { stdout } = await run(["ip", "netns", "pids", lab.netns("node")]);
  return stdout.trim().split("\n").map(Number);
}

/** One of the sizes of a process, KiB. */
function sizeOf(name: string, rollup: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(rollup)?.[1] ?? NaN);
}
