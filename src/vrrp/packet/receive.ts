/**
 * May this packet be believed? The checks of RFC 9568 §7.1 in keepalived's order: the first that
 * fails names the drop. No bytes make it throw.
 */

import { isMulticast, SECOND } from "../../net/mod.ts";
import { AUTH_AH, AUTH_LENGTH, AUTH_NONE, AUTH_PASS } from "./auth.ts";
import type { UnicastPeer, VrrpInstanceConfig } from "../config.ts";
import type { ReceivedPacket } from "../event.ts";
import { PROTOCOL_AH } from "./ipv4.ts";
import {
  type Advert,
  decodeAddresses,
  decodeHeader,
  pduChecksum,
  pduLength,
  type RawPdu,
  TYPE_ADVERTISEMENT,
} from "./packet.ts";

/** Why a packet is not used. Each has a counter, see `COUNTER_OF`. */
export type DropReason =
  | "authentication-header"
  | "length"
  | "ttl"
  | "version"
  | "auth-type"
  | "auth-mismatch"
  | "auth-failure"
  | "interval"
  | "type"
  | "checksum"
  | "destination"
  | "owner"
  | "unicast-source";

/** What the checks found. */
export type Reception =
  | { readonly kind: "accepted"; readonly advert: Advert }
  | {
    readonly kind: "dropped";
    readonly reason: DropReason;
    /** For a person: what was found, what it must be. No secrets. */
    readonly detail: string;
  };

/** What a packet is measured against. */
export interface Expectation {
  readonly config: VrrpInstanceConfig;
  /** Group the instance sends to. Unused with unicast peers. */
  readonly group: string;
}

/** Runs the ladder. The VRID was matched before, when the instance was found. */
export function receive(packet: ReceivedPacket, expectation: Expectation): Reception {
  const { config } = expectation;
  // keepalived: AH is not acted on, so binding leaves no instance that could want this header.
  if (packet.protocol === PROTOCOL_AH) {
    return drop("authentication-header", "it has an authentication header, none is configured");
  }
  const raw = decodeHeader(packet.payload);
  if (raw === undefined) return drop("length", `it has ${packet.payload.length} bytes, at least 8`);
  const pdu = packet.payload.subarray(0, lengthOf(raw, config));
  const failure = checkLength(packet, raw, config) ?? checkTtl(packet, config) ??
    checkVersion(raw, config) ?? checkVersion2(pdu, raw, config) ??
    checkType(raw) ?? checkInterval3(raw) ?? checkChecksum(packet, pdu, config) ??
    checkDestination(packet, expectation) ?? checkOwner(config) ??
    checkUnicastSource(packet, config);
  return failure ?? { kind: "accepted", advert: toAdvert(pdu, raw, config) };
}

/** Whether an advert has the addresses configured, in any order. Never a reason to drop it. */
export function sameAddresses(advert: Advert, config: VrrpInstanceConfig): boolean {
  const configured = new Set(config.virtualAddresses.map((virtual) => virtual.address));
  return advert.addresses.length === config.virtualAddresses.length &&
    advert.addresses.every((address) => configured.has(address));
}

/** Length by the packet's own version where it has one, so that a foreign version is so called. */
function lengthOf(raw: RawPdu, config: VrrpInstanceConfig): number {
  const version = raw.version === 2 || raw.version === 3 ? raw.version : config.version;
  return pduLength(version, config.family, raw.count);
}

/** Exactly: padding of the Ethernet frame lies behind the IP datagram and never comes this far. */
function checkLength(packet: ReceivedPacket, raw: RawPdu, config: VrrpInstanceConfig) {
  const expected = lengthOf(raw, config);
  const actual = packet.payload.length;
  if (actual === expected) return undefined;
  return drop("length", `it has ${actual} bytes, ${raw.count} addresses make it ${expected}`);
}

function checkTtl(packet: ReceivedPacket, config: VrrpInstanceConfig) {
  if (packet.ttl === 255 || config.unicastPeers.length > 0) return undefined;
  return drop("ttl", `its TTL is ${packet.ttl}, must be 255`);
}

function checkVersion(raw: RawPdu, config: VrrpInstanceConfig) {
  if (raw.version === config.version) return undefined;
  return drop("version", `its version is ${raw.version}, must be ${config.version}`);
}

/** Authentication and the interval, which VRRPv2 wants equal (RFC 3768 §7.1). */
function checkVersion2(pdu: Uint8Array, raw: RawPdu, config: VrrpInstanceConfig) {
  if (config.version !== 2) return undefined;
  if (![AUTH_NONE, AUTH_PASS, AUTH_AH].includes(raw.authType)) {
    return drop("auth-type", `its authentication type ${raw.authType} is unknown`);
  }
  const wanted = config.authentication === undefined ? AUTH_NONE : AUTH_PASS;
  if (raw.authType !== wanted) {
    return drop("auth-mismatch", `its authentication type is ${raw.authType}, must be ${wanted}`);
  }
  if (
    config.authentication !== undefined &&
    !config.authentication.key.equals(pdu.subarray(pdu.length - AUTH_LENGTH))
  ) {
    return drop("auth-failure", "its password differs");
  }
  if (raw.interval === config.advertInt) return undefined;
  const found = raw.interval / SECOND;
  return drop("interval", `its interval is ${found} s, must be ${config.advertInt / SECOND} s`);
}

/** The IP header's total length is no question here: the payload ends where it says. */
function checkType(raw: RawPdu) {
  if (raw.type === TYPE_ADVERTISEMENT) return undefined;
  return drop("type", `its type is ${raw.type}, must be 1`);
}

/** Not RFC: an interval of 0, which VRRPv3 can write, would make every timer expire at once. */
function checkInterval3(raw: RawPdu) {
  return raw.interval === 0 ? drop("interval", "its interval is 0") : undefined;
}

function checkChecksum(packet: ReceivedPacket, pdu: Uint8Array, config: VrrpInstanceConfig) {
  // The kernel verified it for IPv6; keepalived: with v3_checksum_as_v2 any value is taken.
  if (config.family === "inet6" || (config.version === 3 && config.v3ChecksumAsV2)) {
    return undefined;
  }
  const { source, destination } = packet;
  if (pduChecksum(pdu, config.version, { source, destination, checksumAsV2: false }) === 0) {
    return undefined;
  }
  return drop("checksum", "its checksum is wrong");
}

function checkDestination(packet: ReceivedPacket, { config, group }: Expectation) {
  const unicast = config.unicastPeers.length > 0;
  const right = unicast ? !isMulticast(packet.destination) : packet.destination === group;
  if (right) return undefined;
  return drop("destination", `it was sent to ${packet.destination}, not ${unicast ? "us" : group}`);
}

function checkOwner(config: VrrpInstanceConfig) {
  if (config.priority !== 255 || !config.ownerIgnoreAdverts) return undefined;
  return drop("owner", "the owner of the addresses heeds none");
}

function checkUnicastSource(packet: ReceivedPacket, config: VrrpInstanceConfig) {
  if (config.unicastPeers.length === 0 || !config.checkUnicastSrc) return undefined;
  const peer = config.unicastPeers.find((each) => each.address === packet.source);
  if (peer !== undefined && ttlInRange(packet.ttl, peer)) return undefined;
  const reason = peer === undefined ? "it is not a peer" : `its TTL is ${packet.ttl}`;
  return drop("unicast-source", reason);
}

function ttlInRange(ttl: number, peer: UnicastPeer): boolean {
  return ttl >= (peer.minTtl ?? 0) && ttl <= (peer.maxTtl ?? 255);
}

function toAdvert(pdu: Uint8Array, raw: RawPdu, config: VrrpInstanceConfig): Advert {
  return {
    version: config.version,
    vrid: raw.vrid,
    priority: raw.priority,
    interval: raw.interval,
    addresses: decodeAddresses(pdu, config.family, raw.count),
  };
}

function drop(reason: DropReason, detail: string): Reception {
  return { kind: "dropped", reason, detail };
}
