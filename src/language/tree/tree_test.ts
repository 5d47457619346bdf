import assert from "node:assert/strict";
import { bindTable } from "./bind.ts";
import { exitStatus } from "../findings/diagnostic.ts";
import { collector } from "../fixture.ts";
import { preprocess } from "../source/preprocess.ts";
import {
  alias,
  block,
  flag,
  integer,
  list,
  namedBlock,
  names,
  unknown,
  word,
} from "../rows/rows.ts";
import { memoryFiles } from "../source/source.ts";
import { needWord } from "../rows/args.ts";
import type { Table } from "../rows/table.ts";
import { buildTree, type Node } from "./tree.ts";

const text = "a row of a test";

const INNER = { kind: word({ text }), pass: word({ text }) } satisfies Table;

const OUTER = {
  size: integer({ text, max: 10 }),
  old_size: alias("size", { deprecated: "size" }),
  bare: flag({ text }),
  later: flag({ text, acts: false }),
  coming: flag({ text, acts: false, comesWith: "SNMP" }),
  auth: block(INNER, { text, requires: ["kind"] }),
  list: list({ text, entryArgs: "<x>", entry: (args) => needWord(args, "an x")?.text }),
  names: names({ text }),
  wrongg: unknown({ text, instead: "bare" }),
} satisfies Table;

const ROOT = { outer: namedBlock(OUTER, { text }), top: word({ text }) } satisfies Table;

/** Blocks as nested arrays of their lines, findings as `line:column code`, and the exit code of -t. */
function read(input: string): {
  readonly tree: readonly unknown[];
  readonly found: readonly string[];
  readonly messages: readonly string[];
  readonly exit: number;
} {
  const { report, found } = collector();
  const lines = preprocess(memoryFiles({ "/x": input }), { path: "/x", allConfig: false, report });
  const tree = buildTree(lines, ROOT, report);
  bindTable(tree, ROOT, { report });
  return {
    tree: tree.map(shape),
    found: found.map(({ line, column, code, follows }) =>
      `${line}:${column} ${code}${follows === true ? " follows" : ""}`
    ),
    messages: found.map(({ message, hint }) =>
      hint === undefined ? message : `${message}, ${hint}`
    ),
    exit: exitStatus(found),
  };
}

function shape(node: Node): unknown {
  return node.children.length === 0
    ? node.line.text
    : [node.line.text, ...node.children.map(shape)];
}

/** Rule, text, blocks, findings. */
const CASES: readonly (readonly [string, string, readonly unknown[], readonly string[]])[] = [
  ["blocks nest", "outer A {\n size 1\n auth {\n  kind x\n }\n}\ntop t\n", [
    ["outer A", "size 1", ["auth", "kind x"]],
    "top t",
  ], []],
  ["braces stand anywhere", "outer A\n{ size 1\n auth{ kind x }}\n", [
    ["outer A", "size 1", ["auth", "kind x"]],
  ], []],
  ["a missing { of a block with its }, is told once", "outer A\n size 1\n}\ntop t\n", [
    ["outer A", "size 1"],
    "top t",
  ], ["1:7 missing-open-brace"]],
  ["a keyword whose block is missing whole", "outer A {\n names\n size 1\n}\n", [
    ["outer A", "names", "size 1"],
  ], ["2:6 missing-open-brace"]],
  ["a missing } at the end", "outer A {\n size 1\n", [["outer A", "size 1"]], [
    "1:1 missing-close-brace",
  ]],
  [
    "a missing } inside, is seen where the next keyword of the outer block stands",
    "outer A {\n auth {\n  kind x\n size 1\n}\nouter B {\n size 2\n}\n",
    [
      ["outer A", ["auth", "kind x"], "size 1"],
      ["outer B", "size 2"],
    ],
    ["4:2 missing-close-brace"],
  ],
  ["a missing } between blocks", "outer A {\n size 1\nouter B {\n size 2\n}\n", [
    ["outer A", "size 1"],
    ["outer B", "size 2"],
  ], ["3:1 missing-close-brace"]],
  ["a missing } of a list", "outer A {\n names {\n  a\n auth {\n  kind x\n }\n}\n", [
    ["outer A", ["names", "a"], ["auth", "kind x"]],
  ], ["4:2 missing-close-brace"]],
  ["a surplus } at the end", "outer A {\n size 1\n}\n}\n", [["outer A", "size 1"]], [
    "4:1 extra-close-brace",
  ]],
  ["a surplus } inside, does not end the block", "outer A {\n size 1\n }\n bare\n}\ntop t\n", [
    ["outer A", "size 1", "bare"],
    "top t",
  ], ["3:2 extra-close-brace"]],
  [
    "a lost first line of a block inside, does not end the block around it",
    "outer A {\n size 1\n  kind x\n  pass y\n }\n bare\n}\n",
    [["outer A", "size 1", "bare"]],
    ["3:3 unknown-keyword", "4:3 unknown-keyword follows"],
  ],
  [
    "a lost first line of a list",
    "outer A {\n  10.0.0.1\n }\n}\ntop t\n",
    ["outer A", "top t"],
    ["2:3 unknown-keyword"],
  ],
  [
    "a lost first line after a block of the same kind",
    "outer A {\n size 1\n}\n size 2\n bare\n}\ntop t\n",
    [["outer A", "size 1"], "top t"],
    ["4:2 unknown-keyword", "5:2 unknown-keyword follows"],
  ],
  [
    "unknown lines before a } too many of the block around, are unknown and no lost block",
    "outer A {\n qqqqqq\n }\nouter B {\n bare\n}\n}\n",
    ["outer A", ["outer B", "bare"]],
    ["2:2 unknown-keyword", "7:1 extra-close-brace"],
  ],
  ["a { of a template", "outer A {\n size {{ n }}\n bare\n}\n", [["outer A", "size", "bare"]], [
    "2:7 unexpected-open-brace",
    "2:6 missing-word",
  ]],
  ["a stray { without its }", "outer A {\n size 1 {\n bare\n}\ntop t\n", [
    ["outer A", "size 1", "bare"],
    "top t",
  ], ["2:9 unexpected-open-brace"]],
  ["a stray { with its }, is skipped", "outer A {\n size 1 {\n x y\n }\n bare\n}\n", [
    ["outer A", "size 1", "bare"],
  ], ["2:9 unexpected-open-brace"]],
  ["an unknown keyword", "outer A {\n szie 1\n bare\n}\n", [["outer A", "bare"]], [
    "2:2 unknown-keyword",
  ]],
  [
    "an unknown block, is skipped whole and tears nothing",
    "outer A {\n foo {\n  bar {\n  }\n }\n bare\n}\n",
    [
      ["outer A", "bare"],
    ],
    ["2:2 unknown-keyword"],
  ],
  ["an undefined reference in braces", "outer A {\n size ${N}\n bare\n}\n", [
    ["outer A", "size $", "bare"],
  ], ["2:7 unknown-name", "2:7 not-a-number"]],
  [
    "a second block of the same name, is left out",
    "outer A {\n size 1\n}\nouter A {\n size 99\n}\n",
    [
      ["outer A", "size 1"],
      ["outer A", "size 99"],
    ],
    ["4:1 duplicate-name", "5:7 out-of-range"],
  ],
  ["a block without what it needs", "outer A {\n auth {\n  pass x\n }\n}\n", [
    ["outer A", ["auth", "pass x"]],
  ], ["2:2 incomplete"]],
  ["names in one line", "outer A {\n names { a b }\n}\n", [["outer A", ["names", "a b"]]], []],
  ["words before the { of a list", "outer A {\n names x {\n a\n }\n}\n", [["outer A", [
    "names x",
    "a",
  ]]], [
    "2:8 extra-word",
  ]],
  ["words after a flag, are passed over", "outer A {\n bare x\n}\n", [["outer A", "bare x"]], [
    "2:7 extra-word",
  ]],
  ["a deprecated spelling", "outer A {\n old_size 1\n}\n", [["outer A", "old_size 1"]], [
    "2:2 deprecated",
  ]],
  ["a keyword not acted on", "outer A {\n later\n}\n", [["outer A", "later"]], [
    "2:2 not-acted-on",
  ]],
  ["a missing word", "outer A {\n size\n}\n", [["outer A", "size"]], ["2:6 missing-word"]],
  [
    "a value with an open quote, is told, and at the same place that nobody starts without it",
    'outer A {\n size "1\n}\n',
    [["outer A", 'size "1']],
    [
      "2:7 unterminated-quote",
      "2:7 unterminated-quote",
    ],
  ],
];

for (const [name, input, tree, found] of CASES) {
  Deno.test(`buildTree() ${name} (grammar §3, §9)`, () => {
    const result = read(input);
    assert.deepEqual(result.tree, tree);
    assert.deepEqual(result.found, found);
  });
}

Deno.test("buildTree() unknown keywords, name the block and the nearest or the right place", () => {
  assert.deepEqual(
    read("outer A {\n szie 1\n top x\n wrongg\n qqqqqq\n}\nsize 1\npass x\n").messages,
    [
      'Cannot use keyword "szie" in outer: unknown, did you mean size',
      'Cannot use keyword "top" in outer: unknown, it belongs to the top level',
      'Cannot use keyword "wrongg" in outer: unknown, did you mean bare',
      'Cannot use keyword "qqqqqq" in outer: unknown',
      'Cannot use keyword "size" at the top level: unknown, it belongs to outer',
      'Cannot use keyword "pass" at the top level: unknown, it belongs to auth',
    ],
  );
});

Deno.test("buildTree() braces, says what the indentation says of the one missing", () => {
  const { messages } = read("outer A {\n  auth {\n    kind x\n}\nouter B {\n}\n");
  assert.deepEqual(messages, [
    'Cannot find the "}" of outer, which begins in line 1, before this, by the indentation it is the one of auth in line 2 that is missing',
  ]);
});

Deno.test("buildTree() a list without braces, says how to write it, and a block does not print its words", () => {
  assert.deepEqual(read("outer A {\n names a b\n auth x\n}\n").messages.slice(0, 2), [
    'Cannot find the "{" of names, write names { a b }',
    'Cannot find the "{" of auth',
  ]);
});

Deno.test("buildTree() words of other kinds of text, says what they are", () => {
  const inside = read("outer A {\n // x\n size\u00a01\n=======\n size=3\n}\n").messages
    .map((message) => message.split(": unknown, ")[1]);
  assert.deepEqual(inside, [
    "a comment begins with # or !",
    "a blank that is none is in it, such as a no-break space: type it anew",
    "a conflict of a merge is left in the file",
    "did you mean size",
  ]);
});

Deno.test("exitStatus() orders what was found as keepalived does (grammar §13)", () => {
  assert.equal(read("top t\n").exit, 0);
  assert.equal(read("outer A {\n later\n bare x\n}\n").exit, 0);
  assert.equal(read("outer A {\n szie 1\n}\n").exit, 5);
  assert.equal(read("outer A {\n size 99\n}\n").exit, 5);
  assert.equal(read("outer A {\n szie 1\n size\n}\n").exit, 2);
  assert.equal(read("includem nope\n").exit, 6);
});

Deno.test("bindTable() keyword that comes with something, is said to come with it", () => {
  const { found, messages, exit } = read("outer a {\ncoming\n}");
  assert.deepEqual(found, ["2:1 comes-later"]);
  assert.deepEqual(messages, ["Cannot act on coming yet: SNMP comes with a later version"]);
  assert.equal(exit, 0);
});
