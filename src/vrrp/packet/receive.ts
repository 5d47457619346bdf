/**
 * May this packet be believed? The checks of RFC 9568 §7.1 in keepalived's order: the first that
 * fails names the drop. No bytes make it throw.
 *
 * The core has made the same checks before (`core-rs/src/engine/verify.rs`) and alone can tell whether a seal is right; here they say
 * what is wrong with the first of a kind, in words.
 */

import { isMulticast, SECOND } from "../../net/mod.ts";
import { AUTH_AH, AUTH_LENGTH, AUTH_NONE, AUTH_PASS } from "./auth.ts";
import type { UnicastPeer, VrrpInstanceConfig } from "../config.ts";
import type { ReceivedPacket } from "../event.ts";
import { coverOf, coversOf } from "./cover.ts";
import type { DropReason } from "../drop_reason.ts";
import {
  type Advert,
  decodeAddresses,
  decodeHeader,
  pduLength,
  PROTOCOL_AH,
  type RawPdu,
  TYPE_ADVERTISEMENT,
} from "./packet.ts";
import { AH_LENGTH, TRAILER_LENGTH } from "./seal.ts";
import type { Cover } from "../wire.ts";

/** What the checks found. */
export type Reception =
  | {
    readonly kind: "accepted";
    readonly advert: Advert;
    /** The PDU, without what seals it. */
    readonly pdu: Uint8Array;
    /** The form of its checksum; absent: none of those known is right. */
    readonly cover: Cover | undefined;
  }
  | {
    readonly kind: "dropped";
    readonly reason: DropReason;
    /** For a person: what was found, what it must be. No secrets. */
    readonly detail: string;
  }
  /** Nobody has looked at its seal: it came before the core was asked to. */
  | { readonly kind: "unproved" };

/** What a packet is measured against. */
export interface Expectation {
  readonly config: VrrpInstanceConfig;
  /** Group the instance sends to. Unused with unicast peers. */
  readonly group: string;
}

/** Runs the ladder. The VRID was matched before, when the instance was found. */
export function receive(packet: ReceivedPacket, expectation: Expectation): Reception {
  const { config } = expectation;
  const { judgement } = packet;
  const found = climb(packet, expectation);
  if (judgement !== "unjudged" && judgement !== "admitted") {
    const same = found.kind === "dropped" && found.reason === judgement;
    return same ? found : drop(judgement, SEALS[judgement] ?? "it was so when it came");
  }
  const sealed = config.authentication?.kind === "ah" || config.authentication?.kind === "hmac";
  const proved = !sealed || judgement === "admitted";
  return found.kind === "accepted" && !proved ? { kind: "unproved" } : found;
}

/** What only the core can find. */
const SEALS: Partial<Readonly<Record<DropReason, string>>> = {
  "auth-failure": "its digest is wrong, or its number was used before",
  "trailer-malformed": "its trailer is malformed",
  "trailer-stale": "its clock is too far from ours",
  "trailer-unknown-key": "it is signed with a key nobody has here",
  "trailer-forged": "its signature is wrong",
  "trailer-replayed": "it was heard before",
};

function climb(packet: ReceivedPacket, expectation: Expectation): Reception {
  const { config } = expectation;
  const ah = config.authentication?.kind === "ah";
  if (ah !== (packet.protocol === PROTOCOL_AH)) {
    const detail = ah
      ? "it has no authentication header"
      : "it has an authentication header, none is configured";
    return drop("authentication-header", detail);
  }
  const inner = ah ? packet.payload.subarray(AH_LENGTH) : packet.payload;
  const raw = decodeHeader(inner);
  if (raw === undefined) return drop("length", `it has ${inner.length} bytes, at least 8`);
  const length = lengthOf(raw, config);
  const pdu = inner.subarray(0, length);
  const failure = checkLength(inner, { raw, length, config }) ?? checkTtl(packet, config) ??
    checkVersion(raw, config) ?? checkTrailer(inner, length, config) ??
    checkVersion2(pdu, raw, config) ??
    checkType(raw) ?? checkInterval3(raw) ?? checkChecksum(packet, pdu, expectation) ??
    checkDestination(packet, expectation) ?? checkOwner(config) ??
    checkUnicastSource(packet, config);
  if (failure !== undefined) return failure;
  const cover = coverOf(pdu, packet, coversOf(config, expectation.group));
  return { kind: "accepted", advert: toAdvert(pdu, raw, config), pdu, cover };
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
function checkLength(
  { length: actual }: Uint8Array,
  { raw, length, config }: {
    readonly raw: RawPdu;
    readonly length: number;
    readonly config: VrrpInstanceConfig;
  },
) {
  const signed = config.authentication?.kind === "hmac" && actual === length + TRAILER_LENGTH;
  if (actual === length || signed) return undefined;
  return drop("length", `it has ${actual} bytes, ${raw.count} addresses make it ${length}`);
}

function checkTtl(packet: ReceivedPacket, config: VrrpInstanceConfig) {
  if (packet.ttl === 255 || config.unicastPeers.length > 0) return undefined;
  return drop("ttl", `its TTL is ${packet.ttl}, must be 255`);
}

function checkVersion(raw: RawPdu, config: VrrpInstanceConfig) {
  if (raw.version === config.version) return undefined;
  return drop("version", `its version is ${raw.version}, must be ${config.version}`);
}

/** keepalived: only `permissive` and `receive-only` accept what is not signed. */
function checkTrailer(inner: Uint8Array, length: number, { authentication }: VrrpInstanceConfig) {
  if (authentication?.kind !== "hmac" || authentication.mode !== "enforce") return undefined;
  return inner.length === length
    ? drop("trailer-missing", "it is not signed: missing authentication trailer")
    : undefined;
}

/** Authentication and the interval, which VRRPv2 wants equal (RFC 3768 §7.1). */
function checkVersion2(pdu: Uint8Array, raw: RawPdu, config: VrrpInstanceConfig) {
  if (config.version !== 2) return undefined;
  if (![AUTH_NONE, AUTH_PASS, AUTH_AH].includes(raw.authType)) {
    return drop("auth-type", `its authentication type ${raw.authType} is unknown`);
  }
  const { authentication } = config;
  const wanted = AUTH_TYPE[authentication?.kind ?? "hmac"];
  if (raw.authType !== wanted) {
    return drop("auth-mismatch", `its authentication type is ${raw.authType}, must be ${wanted}`);
  }
  if (
    authentication?.kind === "pass" &&
    !authentication.key.equals(pdu.subarray(pdu.length - AUTH_LENGTH))
  ) {
    return drop("auth-failure", "its password differs");
  }
  if (raw.interval === config.advertInt) return undefined;
  const found = raw.interval / SECOND;
  return drop("interval", `its interval is ${found} s, must be ${config.advertInt / SECOND} s`);
}

/** What the Auth Type field must be; a signature is no part of the PDU. */
const AUTH_TYPE = { pass: AUTH_PASS, ah: AUTH_AH, hmac: AUTH_NONE } as const;

/** The IP header's total length is no question here: the payload ends where it says. */
function checkType(raw: RawPdu) {
  if (raw.type === TYPE_ADVERTISEMENT) return undefined;
  return drop("type", `its type is ${raw.type}, must be 1`);
}

/** Not RFC: an interval of 0, which VRRPv3 can write, would make every timer expire at once. */
function checkInterval3(raw: RawPdu) {
  return raw.interval === 0 ? drop("interval", "its interval is 0") : undefined;
}

function checkChecksum(packet: ReceivedPacket, pdu: Uint8Array, { config, group }: Expectation) {
  const covers = coversOf(config, group);
  if (covers.length === 0 || coverOf(pdu, packet, covers) !== undefined) return undefined;
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
