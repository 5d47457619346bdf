/** `DNS_CHECK`: one query over UDP (RFC 1035 §4.1), good when its answer says that there was no error. */

import { toHex } from "../../net/bytes.ts";
import type { CheckerConfig, DnsType } from "../config.ts";
import type { Outcome, Probe } from "../probe.ts";
import { connectionProbe } from "./tcp.ts";
import { datagramFailureText, GOOD, type Verdict } from "./verdict.ts";

/** The `DNS_CHECK` member of the checker union. */
export type DnsChecker = Extract<CheckerConfig, { readonly kind: "dns" }>;

/** One query. */
export function dnsProbe(checker: DnsChecker): Probe {
  return connectionProbe(checker.connect, { kind: "dns", hex: toHex(queryMessage(checker)) });
}

/** Judges what a DNS probe found. */
export function judgeDns(outcome: Outcome): Verdict {
  if (outcome.kind === "failed") return { good: false, why: datagramFailureText(outcome) };
  const code = outcome.kind === "answer" ? outcome.code : undefined;
  return code === 0 ? GOOD : { good: false, why: `answer says ${codeText(code)}` };
}

/** Query types (IANA, DNS parameters). */
const TYPE: Readonly<Record<DnsType, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  RRSIG: 46,
  DNSKEY: 48,
};

const RECURSION_DESIRED = 0x01;
const INTERNET = 1;

/** Response codes (RFC 1035 §4.1.1, RFC 2136 §2.2). */
const CODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

/** The message, its number left 0. */
export function queryMessage({ name, type }: Pick<DnsChecker, "name" | "type">): Uint8Array {
  const labels = name.split(".").filter((label) => label !== "").map((label) =>
    new TextEncoder().encode(label)
  );
  const header = [0, 0, RECURSION_DESIRED, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  const question = labels.flatMap((label) => [label.length, ...label]);
  return Uint8Array.from([...header, ...question, 0, 0, TYPE[type], 0, INTERNET]);
}

function codeText(code: number | undefined): string {
  return (code === undefined ? undefined : CODES[code]) ?? `code ${code}`;
}
