/**
 * Whatever comes from outside into a decoder, it throws nothing but what it says: adverts, addresses, requests and answers of the control
 * socket, claims and successions in files, records of the core.
 */

import fc from "fast-check";
import { fromHex, ipBytes, parseIp, SECOND } from "../../src/net/mod.ts";
import { parseAnswer, parseRequest } from "../../src/control/message.ts";
import { readRecords } from "../../src/native/records.ts";
import { encodeAdvert, instanceConfig } from "../../src/vrrp/fixtures.ts";
import type { VrrpInstanceConfig } from "../../src/vrrp/config.ts";
import { passKey } from "../../src/vrrp/packet/auth.ts";
import { receive } from "../../src/vrrp/packet/receive.ts";
import { claimsText, parseClaims } from "../../src/world/claims/claims_text.ts";
import { NO_CLAIMS } from "../../src/world/mod.ts";
import { parseSuccession } from "../../src/world/succession/saved_text.ts";

/** A decoder, and what it is given. */
export interface Target {
  readonly name: string;
  /** Fails by throwing. */
  readonly property: fc.IRawProperty<unknown>;
}

const GROUP = "224.0.0.18";
const GROUP6 = "ff02::12";
const LIFE = { boot: "b", namespace: "n" };

const V2 = instanceConfig({
  virtualRouterId: 5,
  authentication: { kind: "pass", key: passKey("ab") },
});
const { authentication: _, ...OPEN } = V2;
const INSTANCES: readonly VrrpInstanceConfig[] = [
  V2,
  OPEN,
  { ...OPEN, version: 3 },
  { ...OPEN, version: 3, v3ChecksumAsV2: true },
  { ...OPEN, version: 3, family: "inet6" },
  { ...OPEN, authentication: { kind: "ah", key: passKey("ab") } },
  { ...V2, unicastPeers: [{ address: "10.9.9.2", minTtl: 3, maxTtl: 200 }], checkUnicastSrc: true },
];

/** Good ones, of which the others are made. */
const ADVERTS = [
  fromHex("2105c8010101a1830a0909096162000000000000"),
  fromHex(
    "3305c80300640000fe80000000000000000000000000000520010db800000000000000000000000900000000",
  ),
  encodeAdvert(
    { version: 3, vrid: 5, priority: 200, interval: SECOND, addresses: ["10.9.9.9"] },
    { source: "10.9.9.2", destination: GROUP, checksumAsV2: false },
  ),
];
const TEXTS = [
  claimsText(NO_CLAIMS, LIFE),
  '{"holdfast":1,"boot":"b","namespace":"n","crashes":[1],"routers":{"instances":[{"name":"a"}],"groups":[]},"trackers":{"scripts":[],"processes":[],"files":[]},"servers":[]}',
  '{"ask":"status"}',
  '{"ask":"reload","confirm":30}',
  "2001:db8::192.0.2.1",
  "::ffff:0:0",
];
const RECORDS = [
  fromHex("04000000030000000100000000000000" + "6e756c6c00000000"),
  fromHex(
    "2c000000020000000500000000000000" + "02000000ff700004" + "0a090902" + "00".repeat(12) +
      "e0000012" + "00".repeat(12) + "2105c801" + "00000000",
  ),
];

/** One of some, with bytes changed, cut off, taken out or put in. */
function changed(all: readonly Uint8Array[]): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const edit = fc.tuple(fc.nat(3), fc.nat(80), fc.nat(255));
  return fc.tuple(fc.constantFrom(...all), fc.array(edit, { maxLength: 5 })).map(
    ([bytes, edits]) => {
      const list = [...bytes];
      for (const [kind, at, value] of edits) {
        const place = list.length === 0 ? 0 : at % list.length;
        if (kind === 0 && list.length > 0) list[place] = value;
        else if (kind === 1) list.splice(place);
        else if (kind === 2) list.splice(place, 1);
        else list.splice(place, 0, value);
      }
      return Uint8Array.from(list);
    },
  );
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const texts = fc.oneof(
  changed(TEXTS.map((text) => encoder.encode(text))).map((bytes) => decoder.decode(bytes)),
  fc.json(),
  fc.string(),
);
const bytes = (good: readonly Uint8Array[]) =>
  fc.oneof(changed(good), fc.uint8Array({ maxLength: 80 }).map((all) => Uint8Array.from(all)));

/** All decoders. */
export const TARGETS: readonly Target[] = [
  {
    name: "receive()",
    property: fc.property(
      fc.constantFrom(...INSTANCES),
      bytes(ADVERTS),
      fc.nat(255),
      fc.boolean(),
      (config, payload, ttl, judged) => {
        const six = config.family === "inet6";
        const reception = receive({
          kind: "packet",
          ifindex: 2,
          source: six ? "fe80::2" : "10.9.9.2",
          destination: six ? GROUP6 : GROUP,
          ttl,
          protocol: config.authentication?.kind === "ah" ? 51 : 112,
          payload,
          judgement: judged ? "admitted" : "unjudged",
        }, { config, group: six ? GROUP6 : GROUP });
        if (reception.kind === "dropped" && reception.detail === "") throw new Error("no detail");
      },
    ),
  },
  {
    name: "parseIp()",
    property: fc.property(texts, (text) => {
      const ip = parseIp(text);
      if (ip !== undefined && (parseIp(ip) !== ip || ipBytes(ip).length % 4 !== 0)) {
        throw new Error("not canonical");
      }
    }),
  },
  { name: "parseRequest()", property: fc.property(texts, (text) => void parseRequest(text)) },
  { name: "parseAnswer()", property: fc.property(texts, (text) => void parseAnswer(text)) },
  { name: "parseClaims()", property: fc.property(texts, (text) => void parseClaims(text, LIFE)) },
  {
    name: "parseSuccession()",
    property: fc.property(texts, (text) => void parseSuccession(text, LIFE)),
  },
  {
    name: "readRecords()",
    property: fc.property(bytes(RECORDS), (all) => {
      try {
        for (const _ of readRecords(all));
      } catch (error) {
        // What is no record, or no JSON in one, ends the program with its reason: the core is another.
        if (!(error instanceof RangeError) && !(error instanceof SyntaxError)) throw error;
      }
    }),
  },
];

/** Gives all of them together `inputs` inputs; `seed` names the run. Throws with the smallest that fails. */
export function fuzz(inputs: number, seed?: number): void {
  for (const { property } of TARGETS) {
    const numRuns = Math.ceil(inputs / TARGETS.length);
    fc.assert(property, { numRuns, ...(seed !== undefined && { seed }) });
  }
}
