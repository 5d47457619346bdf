/** The kernel, what this account may, its limits, and the clock. */

import type { Config } from "../document/config.ts";
import type { Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";

/** Numbers of capabilities (linux/capability.h). */
const CAPABILITY = {
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_IPC_LOCK: 14,
  CAP_SYS_NICE: 23,
} as const;

type Capability = keyof typeof CAPABILITY;

/** Fewest open files the daemon starts with, and what checks and scripts want beside. */
const FEWEST_FILES = 48;

/** Descriptors of one check under way. */
const FILES_PER_CHECK = 1;

/** Clock sources that cost a system call each time and jump: the kernel took them since the better one was not steady. */
const POOR_CLOCKS: ReadonlySet<string> = new Set(["jiffies", "refined-jiffies", "pit", "acpi_pm"]);

/** Modules, capabilities, limits, clock. */
export function judgeHost(config: Config, facts: Facts): readonly Finding[] {
  return [
    ...ofModules(config, facts),
    ...ofCapabilities(config, facts),
    ...ofLimits(config, facts),
    ...ofClock(config, facts),
  ];
}

/** A module and what asks for it. */
interface Need {
  readonly module: string;
  readonly by: string;
}

function neededBy({ vrrp, lvs }: Config): readonly Need[] {
  const { virtualServers, marking } = lvs;
  const needs: Need[] = [];
  const need = (module: string, by: string) => {
    if (!needs.some((known) => known.module === module)) needs.push({ module, by });
  };
  if (virtualServers.length > 0) need("ip_vs", "virtual_server");
  for (const { scheduler, persistenceEngine, fullNat, synProxy } of virtualServers) {
    need(`ip_vs_${scheduler}`, `lb_algo ${scheduler}`);
    if (persistenceEngine !== undefined) {
      need(`ip_vs_pe_${persistenceEngine}`, `persistence_engine ${persistenceEngine}`);
    }
    if (fullNat !== undefined) {
      need("nf_tables", "lb_kind FNAT");
      need("nf_conntrack", "lb_kind FNAT");
    }
    if (synProxy === true) need("nf_tables", "syn_proxy");
  }
  if (marking !== undefined) need("nf_tables", "nftables_ipvs");
  for (const { vmac, accept, virtualAddresses } of vrrp.instances) {
    if (vmac !== undefined) need("macvlan", "use_vmac");
    if (!accept && virtualAddresses.length > 0) need("nf_tables", "no_accept");
  }
  return needs;
}

function ofModules(config: Config, { kernel, modules }: Facts): readonly Finding[] {
  return neededBy(config).flatMap(({ module, by }): readonly Finding[] => {
    if (modules.there.has(module)) return [];
    const load = `modprobe ${module}`;
    const means = `${by} cannot work`;
    if (modules.loadable === undefined) {
      return [{
        kind: "kernel-module",
        level: "warning",
        of: module,
        what: `The module ${module} is not loaded, and whether it can be is not known here`,
        means: `${means} unless the kernel loads it when it is asked for`,
        mend: [load],
      }];
    }
    if (modules.loadable.has(module)) return [];
    return [{
      kind: "kernel-module",
      level: "error",
      of: module,
      what: `The kernel ${kernel} has no module ${module}`,
      means,
      mend: [
        `apt-get install linux-modules-extra-${kernel} || apt-get install linux-image-amd64`,
        load,
      ],
    }];
  });
}

function ofCapabilities(
  { vrrp, lvs, process }: Config,
  { capabilities }: Facts,
): readonly Finding[] {
  if (capabilities === undefined) return [];
  const needs = new Map<Capability, string>();
  if (vrrp.instances.length > 0) {
    needs.set("CAP_NET_ADMIN", "addresses and routes cannot be changed");
    needs.set("CAP_NET_RAW", "adverts can be neither sent nor heard");
  }
  if (lvs.virtualServers.length > 0) needs.set("CAP_NET_ADMIN", "IPVS cannot be told anything");
  for (const part of [process.vrrp, process.checker]) {
    if (part.noSwap === true) needs.set("CAP_IPC_LOCK", "memory can be swapped out all the same");
    if (part.realTime !== undefined || (part.nice ?? 0) < 0) {
      needs.set("CAP_SYS_NICE", "threads run at ordinary priority");
    }
  }
  return [...needs].flatMap(([name, means]): readonly Finding[] => {
    if ((capabilities & (1n << BigInt(CAPABILITY[name]))) !== 0n) return [];
    return [{
      kind: "capability",
      level: "error",
      of: name,
      what: `This account has no ${name}`,
      means,
      mend: [
        `systemctl edit holdfast   # [Service] AmbientCapabilities=${name}, or run it as root`,
      ],
    }];
  });
}

function ofLimits({ lvs, process }: Config, { limits }: Facts): readonly Finding[] {
  const { openFiles, lockedMemory, realTime } = limits;
  const checks = lvs.virtualServers.reduce(
    (sum, { realServers }) =>
      sum + realServers.reduce((all, { checkers }) => all + checkers.length, 0),
    0,
  );
  const files = FEWEST_FILES + checks * FILES_PER_CHECK;
  const found: Finding[] = [];
  if (openFiles !== undefined && openFiles < files) {
    found.push({
      kind: "open-files",
      level: openFiles < FEWEST_FILES ? "error" : "warning",
      of: "RLIMIT_NOFILE",
      what: `At most ${openFiles} files may be open, and ${files} can be wanted at once`,
      means: openFiles < FEWEST_FILES
        ? "the daemon does not start"
        : "checks that begin at the same time wait for each other",
      mend: [`systemctl edit holdfast   # [Service] LimitNOFILE=${Math.max(65_536, files)}`],
    });
  }
  const locks = process.vrrp.noSwap === true || process.checker.noSwap === true;
  if (locks && lockedMemory !== undefined && lockedMemory < 64 << 20) {
    found.push({
      kind: "locked-memory",
      level: "warning",
      of: "RLIMIT_MEMLOCK",
      what: `At most ${Math.floor(lockedMemory / 1024)} KiB of memory may be locked`,
      means: "no_swap cannot keep the daemon in memory without CAP_IPC_LOCK",
      mend: ["systemctl edit holdfast   # [Service] LimitMEMLOCK=infinity"],
    });
  }
  const wanted = Math.max(process.vrrp.realTime ?? 0, process.checker.realTime ?? 0);
  if (realTime !== undefined && realTime > 0 && wanted > realTime) {
    found.push({
      kind: "real-time",
      level: "warning",
      of: "RLIMIT_RTPRIO",
      what: `Real time of priority ${wanted} is configured, at most ${realTime} is allowed`,
      means: "threads run at ordinary priority without CAP_SYS_NICE",
      mend: [`systemctl edit holdfast   # [Service] LimitRTPRIO=${wanted}`],
    });
  }
  return found;
}

function ofClock({ vrrp, process }: Config, { clock }: Facts): readonly Finding[] {
  const { source, kept } = clock;
  const found: Finding[] = [];
  const fast = vrrp.instances.some(({ advertInt }) => advertInt < 1_000_000);
  if (fast && source !== undefined && POOR_CLOCKS.has(source)) {
    found.push({
      kind: "clock-source",
      level: "warning",
      of: source,
      what: `The kernel tells the time by ${source}`,
      means: "intervals below a second may be late, and a backup may take over without need",
      mend: [
        "cat /sys/devices/system/clocksource/clocksource0/available_clocksource   # tsc, kvm-clock or hyperv is better",
      ],
    });
  }
  const minds = process.reloadTime !== undefined ||
    vrrp.instances.some(({ authentication }) =>
      authentication?.kind === "hmac" && authentication.window !== undefined
    );
  if (kept === false) {
    found.push({
      kind: "clock-unsynchronised",
      level: minds ? "error" : "warning",
      of: "clock",
      what: "Nobody keeps the time of day of this host",
      means: minds
        ? "signed adverts of a peer whose time differs are rejected (auth_hmac, anti_replay), and reload_time_file comes at another time"
        : "log lines of the nodes cannot be compared",
      mend: ["apt-get install chrony"],
    });
  }
  return found;
}
