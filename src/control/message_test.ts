import assert from "node:assert/strict";
import fc from "fast-check";
import type { Plan } from "../plan/mod.ts";
import {
  type ControlAnswer,
  type ControlRequest,
  LONGEST_CONFIRM,
  parseAnswer,
  parseRequest,
  requestText,
} from "./message.ts";
import { answerPieces } from "./pieces.ts";

const aRequest: fc.Arbitrary<ControlRequest> = fc.oneof(
  fc.constant({ request: "plan" } as const),
  fc.string().map((name) => ({ request: "plan", file: `/${name.replaceAll("\0", "")}` }) as const),
  fc.record({
    request: fc.constant("reload" as const),
    confirm: fc.integer({ min: 1, max: LONGEST_CONFIRM }),
    force: fc.constant(true as const),
  }, { requiredKeys: ["request"], noNullPrototype: true }),
  fc.constant({ request: "confirm" } as const),
  fc.constant({ request: "roll-back" } as const),
  fc.constant({ request: "status" } as const),
  fc.constant({ request: "stop" } as const),
  fc.constant({ request: "stop", now: true } as const),
);

Deno.test("parseRequest() any request, is what was written, in one line", () => {
  fc.assert(fc.property(aRequest, (request) => {
    const text = requestText(request);
    assert.equal(text.indexOf("\n"), text.length - 1);
    assert.deepEqual(parseRequest(text), request);
  }));
});

Deno.test("parseRequest() what is none, is refused with its reason", () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["", /no JSON/],
    ["[]", /no object/],
    ["null", /no object/],
    ["{}", /version none/],
    ['{"holdfast":2,"request":"plan"}', /version 2, this program speaks 1/],
    ['{"holdfast":1,"request":"halt"}', /must be plan, reload/],
    ['{"holdfast":1,"request":"plan","file":"x.conf"}', /whole path/],
    ['{"holdfast":1,"request":"plan","file":"/x\\u0000"}', /whole path/],
    ['{"holdfast":1,"request":"reload","confirm":0}', /1 to 86400/],
    ['{"holdfast":1,"request":"reload","confirm":1.5}', /1 to 86400/],
    ['{"holdfast":1,"request":"reload","confirm":"60"}', /1 to 86400/],
  ];
  for (const [text, reason] of wrong) assert.match(String(parseRequest(text)), reason, text);
  fc.assert(fc.property(fc.string(), (text) => assert.equal(typeof parseRequest(text), "string")));
});

Deno.test("answerPieces() any answer, is one line that is read as it was, in pieces that do not grow", () => {
  const operation = { subject: "server", op: "add", name: "10.0.0.1:80", fields: [] } as const;
  const plan = (servers: number): Plan => ({
    configuration: [],
    instances: [{ name: "VI_1", change: "kept", from: "backup", to: "backup" }],
    operations: Array.from({ length: servers }, () => operation),
    scripts: ["/bin/x"],
    checks: { begun: servers, ended: 0 },
    ends: { connections: 0, masters: [], takesOver: [], addresses: [] },
  });
  const answers: readonly ControlAnswer[] = [
    { answer: "refused", why: ["a\nb"] },
    { answer: "reloaded", file: "/x", rollsBackAt: "2026-01-01T00:00:00.000Z" },
    { answer: "confirmed" },
    ...[0, 1, 256, 257, 5_000].map((servers): ControlAnswer => ({
      answer: "plan",
      pid: 7,
      file: "/x",
      findings: [],
      guard: [],
      guarded: false,
      plan: plan(servers),
    })),
  ];
  for (const answer of answers) {
    const pieces = [...answerPieces(answer)];
    const text = pieces.join("");
    assert.equal(text.indexOf("\n"), text.length - 1);
    assert.deepEqual(parseAnswer(text), answer);
    for (const piece of pieces) assert.ok(piece.length < 32_768);
  }
});
