/**
 * Who had an address when: from the kernel's own notifications, so no state between two looks is
 * missed.
 */

import type { Lab } from "./lab.ts";
import type { Program } from "./program.ts";
import { pause, until } from "./until.ts";

/** An address came to or left a host. */
export interface Change {
  /** ms since the epoch. */
  readonly at: number;
  readonly host: string;
  readonly address: string;
  readonly kind: "added" | "deleted";
}

/** The worst of a window, in ms. */
export interface Ownership {
  /** Longest time without an owner. */
  readonly none: number;
  /** Longest time with more than one. */
  readonly several: number;
}

/** Watches the addresses of some hosts. */
export class AddressWatch implements AsyncDisposable {
  readonly #monitors: ReadonlyMap<string, Program>;
  readonly #before: readonly Change[];

  private constructor(monitors: ReadonlyMap<string, Program>, before: readonly Change[]) {
    this.#monitors = monitors;
    this.#before = before;
  }

  static async start(lab: Lab, hosts: readonly string[]): Promise<AddressWatch> {
    const monitors = new Map<string, Program>();
    const before: Change[] = [];
    for (const host of hosts) {
      const monitor = lab.start(host, ["ip", "-4", "-tshort", "-o", "monitor", "address"]);
      monitors.set(host, monitor);
      await listening(lab, host, monitor);
      for (const line of await lab.addresses(host)) {
        const address = /^inet ([\d.]+)/.exec(line)?.[1];
        if (address !== undefined) before.push({ at: 0, host, address, kind: "added" });
      }
    }
    return new AddressWatch(monitors, before);
  }

  /** All changes of one address so far, in time. */
  changes(address: string): readonly Change[] {
    const changes = this.#before.filter((change) => change.address === address);
    for (const [host, monitor] of this.#monitors) {
      for (const line of monitor.lines) {
        const match = /^\[(\S+)\] (Deleted )?\d+: \S+ +inet ([\d.]+)/.exec(line.text);
        if (match?.[3] !== address) continue;
        // Local time with microseconds, as `ip -tshort` writes it.
        const at = new Date(match[1] ?? "").getTime();
        changes.push({ at, host, address, kind: match[2] === undefined ? "added" : "deleted" });
      }
    }
    return changes.sort((a, b) => a.at - b.at);
  }

  /** How the address was owned from `from` until `to` (ms since the epoch). */
  ownership(address: string, from: number, to: number): Ownership {
    return ownership(this.changes(address), from, to);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const monitor of this.#monitors.values()) await monitor[Symbol.asyncDispose]();
  }
}

/**
 * The worst times with no owner and with several within [from, to], given all changes of one
 * address in time.
 */
export function ownership(changes: readonly Change[], from: number, to: number): Ownership {
  const owners = new Set<string>();
  let none = 0;
  let several = 0;
  let since = from;
  let count = 0;
  const close = (at: number) => {
    const spent = Math.max(0, Math.min(at, to) - Math.max(since, from));
    if (count === 0) none = Math.max(none, spent);
    if (count > 1) several = Math.max(several, spent);
  };
  for (const change of changes) {
    if (change.kind === "added") owners.add(change.host);
    else owners.delete(change.host);
    // From two owners to three is still the same spell of several.
    if (Math.min(owners.size, 2) === Math.min(count, 2)) continue;
    close(change.at);
    since = change.at;
    count = owners.size;
  }
  close(to);
  return { none, several };
}

/**
 * Waits until the monitor's socket exists: an address added to the loopback shows up in its
 * output.
 */
async function listening(lab: Lab, host: string, monitor: Program): Promise<void> {
  const probe = "127.255.255.254/32";
  await until(`${monitor.name} listens`, async () => {
    await lab.run(host, ["ip", "address", "add", probe, "dev", "lo"], { check: false });
    await lab.run(host, ["ip", "address", "del", probe, "dev", "lo"], { check: false });
    await pause(10);
    return monitor.lines.some((line) => line.text.includes("127.255.255.254"));
  });
}
