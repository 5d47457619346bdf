import assert from "node:assert/strict";
import { instanceText, lintLines } from "../fixtures.ts";

/** A node: its priority, how it begins, and the weight of its script. */
interface Node {
  readonly priority: number;
  readonly weight: number;
  readonly state?: string;
  readonly more?: readonly string[];
}

function text({ priority, weight, state = "MASTER", more = [] }: Node): string {
  return [
    "vrrp_script chk {",
    '  script "/bin/true"',
    `  weight ${weight}`,
    "}",
    instanceText([
      `state ${state}`,
      `priority ${priority}`,
      ...more,
      "track_script {",
      "  chk",
      "}",
    ]),
  ].join("\n");
}

const RULE = ["weight-too-small"] as const;
const BACKUP = { state: "BACKUP" } as const;

for (
  const { node, above } of [
    { node: { priority: 200, weight: -2 }, above: 198 },
    { node: { priority: 100, weight: -5 }, above: 95 },
    { node: { priority: 100, weight: 5 }, above: 95 },
    { node: { priority: 100, weight: -20 }, above: undefined },
    { node: { priority: 101, weight: -2 }, above: undefined },
    { node: { priority: 101, weight: 2 }, above: undefined },
    { node: { priority: 200, weight: -2, ...BACKUP }, above: undefined },
  ] as const
) {
  const what = `weight ${node.weight} with priority ${node.priority}`;
  Deno.test(`weight-too-small without a peer: ${what}, ${above ?? "nothing"}`, () => {
    assert.deepEqual(
      lintLines(text(node), RULE),
      above === undefined ? [] : [
        `3:10 warning weight-too-small: Cannot rely on weight ${node.weight} of chk in VI_1: it can only move the addresses when a peer's priority is above ${above}`,
      ],
    );
  });
}

for (
  const { name, own, peer, left, has } of [
    {
      name: "the peer is far below",
      own: { priority: 200, weight: -2 },
      peer: { priority: 100, weight: -2, ...BACKUP },
      left: 198,
      has: 100,
    },
    {
      name: "the peer would be equal, which does not preempt (RFC 9568 §6.4.2)",
      own: { priority: 102, weight: -2 },
      peer: { priority: 100, weight: -2, ...BACKUP },
      left: 100,
      has: 100,
    },
    {
      name: "the peer is above what is left",
      own: { priority: 101, weight: -2 },
      peer: { priority: 100, weight: -2, ...BACKUP },
    },
    {
      name: "a positive weight that the healthy peer has too",
      own: { priority: 101, weight: 2 },
      peer: { priority: 100, weight: 2, ...BACKUP },
    },
    {
      name: "a positive weight smaller than the gap",
      own: { priority: 150, weight: 2 },
      peer: { priority: 100, weight: 2, ...BACKUP },
      left: 150,
      has: 102,
    },
    {
      name: "this node is the backup",
      own: { priority: 100, weight: -2, ...BACKUP },
      peer: { priority: 200, weight: -2 },
    },
  ] as const
) {
  Deno.test(`weight-too-small with the peer: ${name}, ${left === undefined ? "nothing" : "found"}`, () => {
    const found = lintLines(text(own), RULE, { peer: text(peer) });
    assert.deepEqual(
      found,
      left === undefined ? [] : [
        `3:10 warning weight-too-small: Cannot move the addresses of VI_1 with weight ${own.weight} of chk: a failure leaves priority ${left}, other.conf has ${has}`,
      ],
    );
  });
}

Deno.test("weight-too-small with a stronger peer that has nopreempt, is found", () => {
  const peer = text({ priority: 150, weight: -100, ...BACKUP, more: ["nopreempt"] });
  assert.deepEqual(lintLines(text({ priority: 200, weight: -100 }), RULE, { peer }), [
    "3:10 warning weight-too-small: Cannot move the addresses of VI_1 with weight -100 of chk: other.conf has nopreempt and keeps a weaker master",
  ]);
});

Deno.test("weight-too-small in a group that keeps no weights, says nothing", () => {
  const group = "vrrp_sync_group G {\n  group {\n    VI_1\n  }\n}\n";
  assert.deepEqual(lintLines(text({ priority: 200, weight: -2 }) + group, RULE), []);
});

Deno.test("weight-too-small of an owner, says that its priority never changes", () => {
  assert.deepEqual(lintLines(text({ priority: 255, weight: -100 }), RULE), [
    "3:10 warning weight-too-small: Cannot move the addresses of VI_1 with weight -100 of chk: the priority of their owner, 255, never changes",
  ]);
});

Deno.test("weight-too-small of a weight written in the entry, marks it there", () => {
  const more = ["track_interface {", "  eth1 weight -3", "}"];
  const source = text({ priority: 200, weight: 0, more });
  const [found] = lintLines(source, RULE);
  assert.match(found ?? "", /^14:17 warning weight-too-small: Cannot rely on weight -3 of eth1/);
});
