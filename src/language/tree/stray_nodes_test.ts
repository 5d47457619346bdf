import assert from "node:assert/strict";
import { collector, linesOf } from "../fixture.ts";
import { strayNodes } from "./stray_nodes.ts";
import { block, flag, integer, namedBlock, names, word } from "../rows/rows.ts";
import type { Table } from "../rows/table.ts";
import { buildTree, type Node } from "./tree.ts";

const text = "a row of a test";

const OUTER = {
  size: integer({ text, max: 10 }),
  bare: flag({ text }),
  auth: block({ kind: word({ text }) }, { text }),
  names: names({ text }),
} satisfies Table;

const ROOT = {
  outer: namedBlock(OUTER, { text }),
  names: names({ text }),
  top: word({ text }),
} satisfies Table;

/** What it is of, text, blocks read elsewhere than they are meant. */
const CASES: readonly (readonly [string, string, readonly unknown[] | undefined])[] = [
  ["good braces, gives nothing", "outer A {\n size 1\n names { a }\n}\ntop t\n", []],
  ["an unknown keyword without a block, gives nothing", "outer A {\n szie 1\n}\n", []],
  [
    "an unknown block, ends the block around it with its }",
    "outer A {\n size 1\n athu {\n  kind x\n }\n bare\n names {\n  a\n }\n}\ntop t\n",
    [["names", "a"]],
  ],
  [
    "a block inside without its {, ends the block around it as well",
    "outer A {\n auth\n  kind x\n }\n names {\n  a\n }\n}\n",
    [["names", "a"]],
  ],
  [
    "a block at the top level without its {, is not begun",
    "outer A\n size 1\n names {\n  a\n }\n}\n",
    [["names", "a"]],
  ],
  [
    "a missing }, goes on in the block",
    "outer A {\n size 1\nouter B {\n size 2\n}\n",
    [["outer A", "size 1", "size 2"]],
  ],
  [
    "a } too many, leaves the block",
    "outer A {\n size 1\n}\n bare\n names {\n  a\n }\n}\ntop t\n",
    [["names", "a"]],
  ],
];

for (const [name, input, tree] of CASES) {
  Deno.test(`strayNodes() of ${name} (grammar §3)`, () => {
    const { lines } = linesOf(input);
    const meant = buildTree(lines, ROOT, collector().report);
    assert.deepEqual(strayNodes(lines, ROOT, meant).map(shape), tree);
  });
}

function shape(node: Node): unknown {
  return node.children.length === 0
    ? node.line.text
    : [node.line.text, ...node.children.map(shape)];
}
