/**
 * Claims as the text of a file. It holds for one life of the kernel and one network namespace: after that the same words would name
 * what others have made since. Members that are not known are passed over, so later versions can say more.
 */

import { parseIp } from "../../net/ip.ts";
import type { Changed } from "../../kernel/changed.ts";
import type { IpvsTimeouts } from "../../kernel/ipvs/ipvs_timeouts.ts";
import type { IpvsProtocol, ServiceId } from "../../kernel/ipvs/ipvs.ts";
import type { NamedThing } from "../../vrrp/mod.ts";
import { type AddressClaim, claimedThings, type Claims } from "./claims.ts";
import { isRecord, isWhole, listOf, parsed } from "../json.ts";

const UINT32 = 2 ** 32 - 1;

/** First member of the file; another number is another format. */
const VERSION = 1;

/** What the claims are about. */
export interface KernelLife {
  /** Of this boot (`/proc/sys/kernel/random/boot_id`). */
  readonly boot: string;
  /** Network namespace: file system and number of `/proc/self/ns/net`. */
  readonly namespace: string;
}

/** The text of a file; ends in a new line. */
export function claimsText(claims: Claims, { boot, namespace }: KernelLife): string {
  return `${JSON.stringify({ holdfast: VERSION, boot, namespace, ...claims })}\n`;
}

/** The claims in a text: `undefined` of another life, a reason when it is no such text. */
export function parseClaims(text: string, life: KernelLife): Claims | string | undefined {
  const whole = parsed(text);
  if (!isRecord(whole)) return "it is not JSON of an object";
  if (whole.holdfast !== VERSION) return `its format is not ${VERSION}`;
  if (whole.boot !== life.boot || whole.namespace !== life.namespace) return undefined;
  const addresses = listOf(whole.addresses, addressClaim);
  const services = listOf(whole.services, serviceId);
  const things = listOf(whole.things ?? [], thingClaim);
  const beside = listOf(whole.beside ?? [], thingClaim);
  const settings = listOf(whole.settings ?? [], changed);
  if (settings === undefined) return "its settings are not those of Linux";
  if (things === undefined || beside === undefined) {
    return "its routes, rules and links are not those of Linux";
  }
  if (addresses === undefined) return "its addresses are not those of interfaces";
  if (services === undefined) return "its services are not those of IPVS";
  return {
    ...claimedThings("things", things),
    ...claimedThings("beside", beside),
    addresses,
    services,
    ...(settings.length === 0 ? {} : { settings }),
  };
}

/** The core sees to it that a name stays below the folder of settings. */
function changed(value: unknown): Changed | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, name, was, is } = value;
  if (kind === "ipvs-timeouts") {
    const [before, since] = [timeouts(was), timeouts(is)];
    return before && since && { kind, was: before, is: since };
  }
  if (kind !== "sysctl" || typeof name !== "string" || !name.startsWith("net/")) return undefined;
  return typeof was === "string" && typeof is === "string" ? { kind, name, was, is } : undefined;
}

function timeouts(value: unknown): IpvsTimeouts | undefined {
  if (!isRecord(value)) return undefined;
  const { tcp, tcpFin, udp } = value;
  const is = (one: unknown) => isWhole(one, 0, UINT32);
  return is(tcp) && is(tcpFin) && is(udp) ? { tcp, tcpFin, udp } as IpvsTimeouts : undefined;
}

function addressClaim(value: unknown): AddressClaim | undefined {
  if (!isRecord(value)) return undefined;
  const { interface: ifname, prefixLength } = value;
  const address = ip(value.address);
  const peer = value.peer === undefined ? undefined : ip(value.peer);
  if (address === undefined || (value.peer !== undefined && peer === undefined)) return undefined;
  if (typeof ifname !== "string" || !/^[^\s/]{1,15}$/.test(ifname)) return undefined;
  if (!isWhole(prefixLength, 0, address.includes(":") ? 128 : 32)) return undefined;
  return { interface: ifname, address, prefixLength, ...(peer === undefined ? {} : { peer }) };
}

/** As much of a route or rule as tells that it is one; the core reads all of it. */
function thingClaim(value: unknown): NamedThing | undefined {
  if (!isRecord(value) || !isRecord(value.value)) return undefined;
  if (value.kind === "own-link") return linkClaim(value.value);
  if (value.kind === "nft") return tableClaim(value.value);
  if (value.kind === "sync-daemon") return syncClaim(value.value);
  const { kind, value: { family, priority } } = value;
  if (family !== "inet" && family !== "inet6") return undefined;
  if (kind === "rule" && isWhole(priority, 0, UINT32)) return value as unknown as NamedThing;
  const { destination, table, nextHops } = value.value;
  if (kind !== "route" || !isRecord(destination) || !Array.isArray(nextHops)) return undefined;
  if (ip(destination.address) === undefined || !isWhole(destination.prefixLength, 0, 128)) {
    return undefined;
  }
  if (!nextHops.every(isRecord) || !isWhole(table, 0, UINT32)) return undefined;
  return value as unknown as NamedThing;
}

function linkClaim({ name, mac, ipvlan }: Record<string, unknown>): NamedThing | undefined {
  if (typeof name !== "string" || !/^[^\s/]{1,15}$/.test(name)) return undefined;
  const mode = (["bridge", "private", "vepa"] as const).find((each) => each === ipvlan);
  if (mode !== undefined) return { kind: "own-link", value: { name, ipvlan: mode } };
  if (typeof mac !== "string" || !/^[\da-f]{2}(:[\da-f]{2}){5}$/i.test(mac)) return undefined;
  return { kind: "own-link", value: { name, mac } };
}

function tableClaim({ family, name }: Record<string, unknown>): NamedThing | undefined {
  const known = (["inet", "ip", "ip6"] as const).find((each) => each === family);
  if (known === undefined || typeof name !== "string" || !/^[\w.-]{1,255}$/.test(name)) {
    return undefined;
  }
  return { kind: "nft", value: { family: known, name } };
}

/** As much of it as tells which one is to be stopped. */
function syncClaim(value: Record<string, unknown>): NamedThing | undefined {
  const role = (["master", "backup"] as const).find((each) => each === value.role);
  const { interface: ifname, syncId } = value;
  if (role === undefined || typeof ifname !== "string" || !/^[^\s/]{1,15}$/.test(ifname)) {
    return undefined;
  }
  if (!isWhole(syncId, 0, 255)) return undefined;
  return { kind: "sync-daemon", value: { role, interface: ifname, syncId } };
}

function serviceId(value: unknown): ServiceId | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, protocol, port, family, mark } = value;
  if (kind === "fwmark") {
    if (family !== "inet" && family !== "inet6") return undefined;
    return isWhole(mark, 1, UINT32) ? { kind, family, mark } : undefined;
  }
  const address = ip(value.address);
  if (kind !== "address" || address === undefined || !isProtocol(protocol)) return undefined;
  return isWhole(port, 0, 65_535) ? { kind, protocol, address, port } : undefined;
}

function isProtocol(value: unknown): value is IpvsProtocol {
  return value === "tcp" || value === "udp" || value === "sctp";
}

function ip(value: unknown): string | undefined {
  return typeof value === "string" ? parseIp(value) : undefined;
}
