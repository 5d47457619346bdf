/** Facts of this host, gathered in one place; what they mean is judged in `src/doctor`. Nothing is changed. */

import { controlPath } from "../../src/control/mod.ts";
import { interestIn, look } from "../../src/daemon/core/following.ts";
import type { Facts, LinkFact, ProcessFact } from "../../src/doctor/mod.ts";
import type { Config } from "../../src/document/config.ts";
import { isMarked } from "../../src/kernel/mod.ts";
import { openCore } from "../../src/native/mod.ts";
import { NOBODY_TOLD } from "../../src/notify/mod.ts";
import { gatherFirewall } from "./firewall.ts";
import { isPlainFile, linesOf, outputOf, textOf } from "./files.ts";
import { serversOf, wireOf } from "./network.ts";

/** What is looked at. */
export interface GatherOptions {
  readonly pidFile: string;
  /** Asks who answers for virtual addresses. */
  readonly probe: boolean;
  /** Connects to real servers. */
  readonly servers: boolean;
}

/** Looks at everything a configuration concerns. */
export async function gather(
  config: Config,
  { pidFile, probe, servers }: GatherOptions,
): Promise<Facts> {
  const kernel = Deno.osRelease();
  const processes = processesHere(pidFile);
  const [links, held] = await linksOf(config);
  const wire = probe ? await wireOf(config, held) : undefined;
  return {
    kernel,
    modules: modulesOf(kernel),
    sysctls: sysctlsOf(config),
    ...capabilities(),
    links,
    firewall: await gatherFirewall(processes),
    limits: limits(),
    clock: clockOf(processes),
    processes,
    managed: await managedLinks(processes),
    ...(wire !== undefined && { wire }),
    servers: servers ? await serversOf(config) : [],
  };
}

/** Links with their own addresses, and every address that is held, virtual ones too. */
async function linksOf(
  { vrrp, lvs, track }: Config,
): Promise<readonly [readonly LinkFact[], ReadonlySet<string>]> {
  using core = openCore();
  const interest = interestIn({ vrrp, lvs, track, notify: NOBODY_TOLD });
  const found = await look(core, interest) ?? { links: [], addresses: [] };
  const links = found.links.map((
    { ifindex, ifname, up, running, multicast, loopback },
  ): LinkFact => ({
    name: ifname,
    up,
    carrier: running,
    multicast,
    loopback,
    addresses: found.addresses.filter((each) => each.ifindex === ifindex && !isMarked(each))
      .map(({ address }) => address),
  }));
  return [links, new Set(found.addresses.map(({ address }) => address))];
}

/** `ip-vs` and `ip_vs` are one. */
function moduleName(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.ko(\.\w+)?$/, "");
  return name.replaceAll("-", "_");
}

function modulesOf(kernel: string): Facts["modules"] {
  const folder = `/lib/modules/${kernel}`;
  const there = new Set([
    ...linesOf("/proc/modules").map((line) => line.split(" ")[0] ?? ""),
    ...linesOf(`${folder}/modules.builtin`).map(moduleName),
    ...(textOf("/proc/net/ip_vs") === undefined ? [] : ["ip_vs"]),
  ]);
  const files = textOf(`${folder}/modules.dep`);
  if (files === undefined) return { there };
  const loadable = files.split("\n").map((line) => moduleName(line.split(":")[0] ?? ""));
  return { there, loadable: new Set(loadable) };
}

function sysctlsOf({ vrrp, lvs }: Config): Facts["sysctls"] {
  const names = new Set(["all", "lo"]);
  for (
    const { interface: own, vmac, virtualAddresses, excludedAddresses, routeInterfaces } of vrrp
      .instances
  ) {
    const devices = [...virtualAddresses, ...excludedAddresses].map(({ dev }) => dev);
    for (const each of [own, vmac?.name, ...devices, ...routeInterfaces]) {
      if (each !== undefined) names.add(each);
    }
  }
  const settings = [
    "net/ipv4/ip_forward",
    "net/ipv6/conf/all/forwarding",
    ...(lvs.virtualServers.length > 0 ? ["net/ipv4/vs/expire_nodest_conn"] : []),
    ...[...names].flatMap((name) => [
      `net/ipv4/conf/${name}/arp_ignore`,
      `net/ipv4/conf/${name}/rp_filter`,
      `net/ipv6/conf/${name}/disable_ipv6`,
    ]),
  ];
  return new Map(settings.flatMap((name): readonly (readonly [string, string])[] => {
    const text = textOf(`/proc/sys/${name}`);
    return text === undefined ? [] : [[name, text.trim()]];
  }));
}

function capabilities(): Pick<Facts, "capabilities"> {
  const [, hex] = /^CapEff:\s*([0-9a-f]+)$/m.exec(textOf("/proc/self/status") ?? "") ?? [];
  return hex === undefined ? {} : { capabilities: BigInt(`0x${hex}`) };
}

/** Hard limits: the daemon raises the soft ones. */
function limits(): Facts["limits"] {
  const text = textOf("/proc/self/limits") ?? "";
  const hard = (name: string) => {
    const [, value] = new RegExp(`^${name}\\s+\\S+\\s+(\\S+)`, "m").exec(text) ?? [];
    return value === undefined ? undefined : value === "unlimited" ? Infinity : Number(value);
  };
  const [openFiles, lockedMemory, realTime] = [
    hard("Max open files"),
    hard("Max locked memory"),
    hard("Max realtime priority"),
  ];
  return {
    ...(openFiles !== undefined && { openFiles }),
    ...(lockedMemory !== undefined && { lockedMemory }),
    ...(realTime !== undefined && { realTime }),
  };
}

/** Programs that keep the time of day. */
const TIMEKEEPERS: ReadonlySet<string> = new Set([
  "chronyd",
  "ntpd",
  "ntpsec",
  "openntpd",
  "systemd-timesyn", // the kernel keeps 15 bytes
  "ptp4l",
  "phc2sys",
  "timed",
]);

/** Host wide programs: their network namespace does not matter. */
const HOST_WIDE: ReadonlySet<string> = new Set([...TIMEKEEPERS, "firewalld", "NetworkManager"]);

function clockOf(processes: readonly ProcessFact[]): Facts["clock"] {
  const source = textOf("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  const kept = processes.some(({ name }) => TIMEKEEPERS.has(name)) ||
    isPlainFile("/run/systemd/timesync/synchronized");
  return { ...(source !== undefined && { source: source.trim() }), kept };
}

/** Processes of this network namespace, and those that act for the whole host; without the daemon itself. */
function processesHere(pidFile: string): readonly ProcessFact[] {
  const own = ownDaemon(pidFile);
  const here = namespaceOf("self");
  return [...Deno.readDirSync("/proc")].flatMap(({ name: entry }): readonly ProcessFact[] => {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === own) return [];
    const name = textOf(`/proc/${pid}/comm`)?.trim();
    if (name === undefined) return [];
    const isHere = HOST_WIDE.has(name) || namespaceOf(entry) === here;
    return isHere ? [{ pid, name }] : [];
  });
}

/** The daemon of the pid file, if it is one of ours: it has a socket. */
function ownDaemon(pidFile: string): number | undefined {
  try {
    if (Deno.lstatSync(controlPath(pidFile)).isSocket !== true) return undefined;
  } catch {
    return undefined;
  }
  return Number(textOf(pidFile));
}

function namespaceOf(process: string): string | undefined {
  try {
    return Deno.readLinkSync(`/proc/${process}/ns/net`);
  } catch {
    return undefined;
  }
}

async function managedLinks(processes: readonly ProcessFact[]): Promise<readonly string[]> {
  if (!processes.some(({ name }) => name === "NetworkManager")) return [];
  const text = await outputOf("nmcli", ["-t", "-f", "DEVICE,STATE", "device"]);
  return (text ?? "").split("\n").flatMap((line) => {
    const at = line.lastIndexOf(":");
    const state = line.slice(at + 1);
    return at < 0 || state.startsWith("unmanaged") || state.startsWith("unavailable")
      ? []
      : [line.slice(0, at)];
  });
}
