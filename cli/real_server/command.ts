/** `holdfast real-server`: makes this host a real server of DR or tunnels, for which it has the virtual address and keeps it to itself. */

import { Argument, type Command } from "commander";
import { write } from "../output.ts";
import { type Ip, isMulticast, parseIp } from "../../src/net/ip.ts";
import { NativeError } from "../../src/native/mod.ts";
import { type Host, openHost, openMemory } from "./host.ts";
import { memoryPath } from "./memory_file.ts";
import {
  type Memory,
  neededSettings,
  NOTHING_CHANGED,
  type Plan,
  planStart,
  planStop,
  standing,
} from "./plan.ts";

/** Exit codes: those of an init script (Linux Standard Base 5.0, §22.2). */
const DONE = 0;
const CANNOT = 1;
const NOT_SERVING = 3;

/** What the options say. */
interface Options {
  /** Interface out of which what was tunnelled comes. */
  readonly tunnel?: string;
}

/** Adds `real-server` to the program. */
export function addRealServerCommand(program: Command, finish: (code: number) => void): void {
  program.command("real-server")
    .description("make this host a real server of DR or tunnels, or an ordinary one again")
    .addArgument(new Argument("<action>", "what to do").choices(["start", "stop", "status"]))
    .argument(
      "[address...]",
      "virtual addresses; of stop and status: default all that were started",
    )
    .option(
      "--tunnel <interface>",
      "tunnels end here, such as tunl0: its rp_filter is switched off",
    )
    .addHelpText(
      "after",
      "\nVirtual addresses are put on lo with /32 or /128, and kept from ARP. What was changed is remembered in\n" +
        "/run, and restored by stop. Exit codes: 0, 1 when it cannot; of status 3 when an address does not serve.",
    )
    .action(async (action: string, words: readonly string[], options: Options) =>
      finish(await guarded(() => act(action, words, options)))
    );
}

function act(action: string, words: readonly string[], options: Options): Promise<number> {
  if (action === "start") return start(words, options);
  return action === "stop" ? stop(words) : status(words, options);
}

async function start(words: readonly string[], { tunnel }: Options): Promise<number> {
  const vips = addressesOf(words);
  if (typeof vips === "string") return refuse(vips);
  if (vips.length === 0) return refuse("Cannot start a real server: name its virtual addresses");
  using file = openMemory(memoryPath(), true);
  const memory = believed(file.memory);
  using host = await openHost(
    vips,
    neededSettings(vips, tunnel),
    tunnel === undefined ? [] : [tunnel],
  );
  const fault = tunnel === undefined ? undefined : tunnelFault(host, tunnel);
  if (fault !== undefined) return refuse(fault);
  const plan = planStart(vips, tunnel, { host: host.state, memory });
  if (typeof plan === "string") return refuse(plan);
  file.keep(plan.memory);
  await carryOut(host, plan);
  return DONE;
}

async function stop(words: readonly string[]): Promise<number> {
  const vips = addressesOf(words);
  if (typeof vips === "string") return refuse(vips);
  using file = openMemory(memoryPath(), true);
  const memory = believed(file.memory);
  const all = [...vips, ...memory.started];
  using host = await openHost(all, memory.changed.map(({ path }) => path), []);
  const plan = planStop(vips.length === 0 ? undefined : vips, { host: host.state, memory });
  await carryOut(host, plan);
  file.keep(plan.memory);
  return DONE;
}

async function status(words: readonly string[], { tunnel }: Options): Promise<number> {
  const vips = addressesOf(words);
  if (typeof vips === "string") return refuse(vips);
  using file = openMemory(memoryPath(), false);
  const asked = vips.length > 0 ? vips : believed(file.memory).started;
  if (asked.length === 0) {
    write(Deno.stdout, "No virtual address was started\n");
    return NOT_SERVING;
  }
  using host = await openHost(asked, neededSettings(asked, tunnel), []);
  const all = standing(asked, tunnel, host.state);
  for (const { address, faults } of all) {
    write(Deno.stdout, `${address}: ${faults.length === 0 ? "serves" : faults.join(", ")}\n`);
  }
  return all.every(({ faults }) => faults.length === 0) ? DONE : NOT_SERVING;
}

async function carryOut(host: Host, { steps, remarks }: Plan): Promise<void> {
  for (const step of steps) await host.carryOut(step);
  for (const remark of remarks) write(Deno.stderr, `${remark}\n`);
}

function tunnelFault(host: Host, tunnel: string): string | undefined {
  switch (host.link(tunnel)) {
    case "up":
      return undefined;
    case "down":
      return `Cannot use ${tunnel}: it is down; set it up first (ip link set ${tunnel} up)`;
    case undefined:
      return `Cannot use ${tunnel}: there is no such interface; load its module first (modprobe ipip makes tunl0)`;
  }
}

/** What is not believed counts as nothing: what it spoke of stays as it is. */
function believed(memory: Memory | string): Memory {
  if (typeof memory !== "string") return memory;
  write(Deno.stderr, `Cannot believe ${memoryPath()}: ${memory}; it is written anew\n`);
  return NOTHING_CHANGED;
}

function addressesOf(words: readonly string[]): readonly Ip[] | string {
  const addresses: Ip[] = [];
  for (const word of words) {
    const address = parseIp(word.replace(/\/(32|128)$/, ""));
    if (address === undefined) return `Cannot use ${word}: must be an IPv4 or IPv6 address`;
    if (isMulticast(address) || /^(127\.|0\.|::1?$|fe[89ab])/i.test(address)) {
      return `Cannot use ${word}: no virtual server has such an address`;
    }
    if (!addresses.includes(address)) addresses.push(address);
  }
  return addresses;
}

/** What the system refuses is said as it says it. */
async function guarded(act: () => Promise<number>): Promise<number> {
  try {
    return await act();
  } catch (error) {
    if (
      error instanceof NativeError || error instanceof Deno.errors.NotFound ||
      error instanceof Error
    ) {
      return refuse(error.message);
    }
    throw error;
  }
}

function refuse(message: string): number {
  write(Deno.stderr, `${message}\n`);
  return CANNOT;
}
