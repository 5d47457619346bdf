/** The host `holdfast real-server` changes: addresses by the core, settings in `/proc/sys`, its memory in a file. */

import { errnoText } from "../../src/net/errno.ts";
import { familyOf, type Ip } from "../../src/net/ip.ts";
import { type CallResult, type Core, openCore } from "../../src/native/mod.ts";
import { ADDRESS_FLAG } from "../../src/kernel/address.ts";
import { type HostState, LOOPBACK, type Memory, NOTHING_CHANGED, type Step } from "./plan.ts";
import { bootId, memoryText, parseMemory } from "./memory_file.ts";

/** What is known of the host, and how to change it. */
export interface Host extends Disposable {
  readonly state: HostState;
  /** Whether there is an interface, and it is up. */
  link(ifname: string): "up" | "down" | undefined;
  carryOut(step: Step): Promise<void>;
}

/** Opens the host: what is asked of it, and settings of these paths. Throws what the system says. */
export async function openHost(
  vips: readonly Ip[],
  settings: readonly string[],
  interfaces: readonly string[],
): Promise<Host> {
  const core = openCore();
  try {
    core.listen({ event: () => {}, packet: () => {}, failed: () => {} });
    const followed = answer(
      await core.call({
        call: "follow",
        interfaces: [LOOPBACK, ...interfaces],
        addresses: [...vips],
      }),
      "list addresses",
    );
    if (followed.result !== "followed") {
      throw new TypeError("Cannot list addresses: no such answer");
    }
    const names = new Map(followed.links.map(({ ifindex, ifname }) => [ifindex, ifname] as const));
    const held = followed.addresses.map(({ ifindex, address, prefixLength }) => ({
      address,
      prefixLength,
      ifname: names.get(ifindex) ?? `interface ${ifindex}`,
    }));
    const loopback = followed.links.find(({ ifname }) => ifname === LOOPBACK)?.ifindex;
    const values = new Map(settings.flatMap((path) => {
      const value = readSetting(path);
      return value === undefined ? [] : [[path, value] as const];
    }));
    return {
      state: { held, settings: values },
      link(ifname) {
        const link = followed.links.find((one) => one.ifname === ifname);
        return link && (link.up ? "up" : "down");
      },
      carryOut: (step) => carryOut(core, loopback, step),
      [Symbol.dispose]: () => core[Symbol.dispose](),
    };
  } catch (error) {
    core[Symbol.dispose]();
    throw error;
  }
}

async function carryOut(core: Core, loopback: number | undefined, step: Step): Promise<void> {
  if (step.kind === "set") return Deno.writeTextFile(`/proc/sys/${step.path}`, step.value);
  if (loopback === undefined) throw new Error(`Cannot find ${LOOPBACK}: there is none`);
  const isV6 = familyOf(step.address) === "inet6";
  const address = {
    ifindex: loopback,
    address: step.address,
    prefixLength: isV6 ? 128 : 32,
    scope: 0,
    // Nothing of the host's own is to leave with the address of all servers.
    ...(isV6 && { flags: ADDRESS_FLAG.nodad, preferredLifetime: 0 }),
  };
  const act = `${step.kind} ${step.address}`;
  const applied = answer(
    await core.call({ call: "address-apply", ops: [{ op: step.kind, address }] }),
    act,
  );
  const errno = applied.result === "applied" ? applied.errnos[0] ?? 0 : 0;
  if (errno !== 0) throw new Error(`Cannot ${act}: ${errnoText(errno)}`);
}

function answer(
  result: CallResult,
  act: string,
): Exclude<CallResult, { readonly result: "failed" }> {
  if (result.result === "failed") throw new Error(`Cannot ${act}: ${result.message}`);
  return result;
}

function readSetting(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(`/proc/sys/${path}`).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The memory of this network namespace, which nobody else changes meanwhile. */
export interface MemoryFile extends Disposable {
  /** A text: it is not believed, and why. */
  readonly memory: Memory | string;
  /** Keeps this, on the disk before anything of it is done; nothing to remember is no file. */
  keep(memory: Memory): void;
}

/** Opens it; waits for whoever has it open. `write`: the folder is made, the file may be changed. */
export function openMemory(path: string, write: boolean): MemoryFile {
  if (!write) {
    return { memory: readMemory(path), keep: () => {}, [Symbol.dispose]: () => {} };
  }
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o755 });
  const lock = Deno.openSync(`${path}.lock`, { create: true, write: true, mode: 0o600 });
  lock.lockSync(true);
  return {
    memory: readMemory(path),
    keep(memory) {
      if (memory.started.length === 0 && memory.changed.length === 0) {
        return removed(path);
      }
      const fresh = `${path}.new`;
      Deno.writeTextFileSync(fresh, memoryText(memory, bootId()), { mode: 0o600 });
      using file = Deno.openSync(fresh);
      file.syncSync();
      Deno.renameSync(fresh, path);
    },
    [Symbol.dispose]: () => lock.close(),
  };
}

function readMemory(path: string): Memory | string {
  try {
    return parseMemory(Deno.readTextFileSync(path), bootId());
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return NOTHING_CHANGED;
    throw error;
  }
}

function removed(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
