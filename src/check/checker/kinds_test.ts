/** What the probes of SMTP_CHECK, DNS_CHECK, UDP_CHECK and PING_CHECK ask, and what is made of the answers. */

import assert from "node:assert/strict";
import { toHex } from "../../net/bytes.ts";
import { SECOND } from "../../net/micros.ts";
import type { CheckerConfig, ReplyConfig } from "../config.ts";
import { queryMessage } from "./dns.ts";
import { judgeOutcome, type ProbedChecker, probeOf } from "./kind.ts";
import type { Outcome } from "../probe.ts";
import { maskedBytes } from "./udp.ts";

const COMMON = {
  timing: {
    delayLoop: SECOND,
    warmup: 0,
    retry: 0,
    delayBeforeRetry: SECOND,
    alpha: false,
    logAllFailures: false,
  },
  connect: { address: "2001:db8::1", port: 25, timeout: 2 * SECOND },
} as const;

const SMTP: ProbedChecker = { kind: "smtp", ...COMMON, heloName: "a.example" };
const DNS: ProbedChecker = { kind: "dns", ...COMMON, type: "SOA", name: "." };
const PING: ProbedChecker = { kind: "ping", ...COMMON };

function udp(reply?: ReplyConfig): ProbedChecker {
  return { kind: "udp", ...COMMON, payload: "6869", ...(reply !== undefined && { reply }) };
}

const failed = (failure: "read" | "read-timeout" | "malformed", errno = 0): Outcome => ({
  kind: "failed",
  request: 0,
  failure,
  errno,
});

const back = (length: number, matches = true): Outcome => ({ kind: "datagram", length, matches });

/** The verdict: `""` for good, else why not. */
const VERDICTS: readonly (readonly [CheckerConfig["kind"], ProbedChecker, Outcome, string])[] = [
  ["smtp", SMTP, { kind: "replies", codes: [220, 250, 221] }, ""],
  ["smtp", SMTP, { kind: "replies", codes: [220, 250] }, ""],
  ["smtp", SMTP, { kind: "replies", codes: [220, 250, 421] }, ""],
  ["smtp", SMTP, { kind: "replies", codes: [554] }, "greeting 554, wanted 220"],
  ["smtp", SMTP, { kind: "replies", codes: [220, 502] }, "reply 502 to HELO, wanted 250"],
  ["smtp", SMTP, failed("malformed"), "reply is not SMTP"],
  ["dns", DNS, { kind: "answer", code: 0 }, ""],
  ["dns", DNS, { kind: "answer", code: 3 }, "answer says NXDOMAIN"],
  ["dns", DNS, { kind: "answer", code: 9 }, "answer says code 9"],
  ["dns", DNS, failed("read-timeout"), "no answer in time"],
  ["dns", DNS, failed("read", 111), "cannot be reached: connection refused"],
  ["udp", udp(), { kind: "silent" }, ""],
  ["udp", udp(), back(3000), ""],
  ["udp", udp(), failed("read", 113), "cannot be reached: no route to host"],
  ["udp", udp({ minLength: 0, maxLength: 255 }), { kind: "silent" }, "no reply in time"],
  ["udp", udp({ minLength: 2, maxLength: 4 }), back(1), "reply of 1 bytes, wanted 2 to 4"],
  ["udp", udp({ minLength: 2, maxLength: 4 }), back(5), "reply of 5 bytes, wanted 2 to 4"],
  ["udp", udp({ minLength: 2, maxLength: 4 }), back(2), ""],
  ["udp", udp({ minLength: 0, maxLength: 9 }), back(2, false), "reply is not the wanted one"],
  ["ping", PING, { kind: "echoed" }, ""],
  ["ping", PING, failed("read-timeout"), "no answer in time"],
];

for (const [kind, checker, outcome, why] of VERDICTS) {
  Deno.test(`judgeOutcome() of ${kind}, ${JSON.stringify(outcome)}, is ${why || "good"}`, () => {
    const verdict = judgeOutcome(checker, outcome);
    assert.equal(verdict.good ? "" : verdict.why, why);
  });
}

Deno.test("queryMessage(), of a name with and without a last dot, asks for its labels (RFC 1035 §4.1.2)", () => {
  const header = "000001000001000000000000";
  for (const name of ["a.example", "a.example."]) {
    const message = toHex(queryMessage({ name, type: "AAAA" }));
    assert.equal(message, `${header}0161076578616d706c6500001c0001`);
  }
  assert.equal(toHex(queryMessage({ name: ".", type: "SOA" })), `${header}0000060001`);
});

Deno.test("maskedBytes(), of digits in words, is as keepalived's manual says, x for bits that do not count", () => {
  assert.deepEqual(maskedBytes("Ab12f 3 456 546443123"), {
    hex: "ab120f03450654644312" + "03",
    mask: "ff".repeat(11),
  });
  assert.deepEqual(maskedBytes("6Bx1 XX"), { hex: "6b0100", mask: "ff0f00" });
  assert.deepEqual(maskedBytes(""), { hex: "", mask: "" });
});

Deno.test("probeOf(), of each kind, asks what the checker says", () => {
  const exchange = (checker: ProbedChecker) => probeOf(checker).exchange;
  assert.deepEqual(exchange(SMTP), {
    kind: "smtp",
    hello: "HELO a.example\r\n",
    limit: 60 * SECOND,
  });
  assert.deepEqual(exchange(PING), { kind: "ping" });
  assert.deepEqual(exchange(udp()), { kind: "datagram", hex: "6869" });
  const pattern = { hex: "60", mask: "f0" };
  assert.deepEqual(exchange(udp({ minLength: 0, maxLength: 9, pattern })), {
    kind: "datagram",
    hex: "6869",
    pattern,
  });
});
