import assert from "node:assert/strict";
import { collector, linesOf } from "../fixture.ts";
import { placeAt, widthBetween } from "../findings/place.ts";
import { preprocess } from "./preprocess.ts";
import { memoryFiles } from "./source.ts";

/** Name, text, logical lines expected; rules of grammar.md §3 to §7. */
const LINES: readonly (readonly [string, string, readonly string[]])[] = [
  ["§3 a brace after a keyword ends the line", "a b {\n", ["a b", "{"]],
  ["§3 a brace glued to its keyword", "a{\n}\n", ["a", "{", "}"]],
  ["§3 a brace on the next line", "a\n{\n", ["a", "{"]],
  ["§3 text after a brace is the next line", "vs 1 80 { delay_loop 1\n", [
    "vs 1 80",
    "{",
    "delay_loop 1",
  ]],
  ["§3 a closing brace after content", "a { b }\n", ["a", "{", "b", "}"]],
  ["§3 braces in quotes are text", 'a "{b}"\n', ['a "{b}"']],
  ["§3 two keywords on one line stay one", "a 1 b 2\n", ["a 1 b 2"]],
  ["§3 the braces of an unknown reference are cut", "a ${B}\n", ["a $", "{", "B", "}"]],
  ["§2 form feeds and vertical tabs are no line, nor between braces", "\f\n\va { \f}\v\n", [
    "\va",
    "{",
    "}",
  ]],
  ["§2 behind a form feed nothing is defined", "\f$A=1\n$A\n", ["\f$A=1", "$A"]],
  ["§4 a definition vanishes", "$A=1\nb $A\n", ["b 1"]],
  ["§4 blanks after = are dropped, quotes stay", '$A=  "x y"\nb $A\n', ['b "x y"']],
  ["§4 white space before = is no definition", "$A = 1\n", ["$A = 1"]],
  ["§4 redefinition", "$A=1\n$A=2\nb $A\n", ["b 2"]],
  ["§4 effective from where it appears", "b $A\n$A=1\nc $A\n", ["b $A", "c 1"]],
  ["§4 expanded when used", "$A=$B\n$B=2\nc $A\n", ["c 2"]],
  ["§4 several lines", "$A=x \\\ny \\\nz\n$A\n", ["x", "y", "z"]],
  ["§4 an empty line ends a definition", "$A=x \\\n\ny\n$A\n", ["y", "x"]],
  ["§4 a comment behind the last part", "$A=x \\\ny # c\nz\n$A\n", ["z", "x", "y"]],
  ["§4 empty parts are not stored", "$A= \\\nx\n$A\n", ["x"]],
  ["§4 a backslash elsewhere joins nothing", "a \\\nb\n", ["a \\", "b"]],
  ["§5 before blank, comma, parenthesis, end", "$A=1\nb $A $A, $A) $A\n", ["b 1 1, 1) 1"]],
  ["§5 before anything else it stays", "$A=1\n$B=2\nx $A.$B\n", ["x $A.2"]],
  ["§5 braces may be followed by anything", "$A=1\nx ${A}.0\n", ["x 1.0"]],
  ["§5 unknown references stay", "x $NOPE\n", ["x $NOPE"]],
  ["§5 a multi-line value is used at the end of a line only", "$A=x \\\ny\nb $A c\n", ["b $A c"]],
  ["§5 the first part takes the place of the reference", "$A=x \\\ny\nb $A\nc\n", [
    "b x",
    "y",
    "c",
  ]],
  ["§5 nested values are stacked", "$I=1 \\\n2\n$O=a $I \\\nb\n$O\nz\n", ["a 1", "2", "b", "z"]],
  ["§1 a directive that appears by substitution is a keyword", "$A=@x y\n$A\n", ["@x y"]],
  ["§5 _INSTANCE is the configuration id", "a ${_INSTANCE}\n", ["a node1"]],
  ["§5 _PWD is the directory of the file", "a ${_PWD}/b\n", ["a /etc/k/b"]],
  ["§5 _ENV", "a ${_ENV HOME}\n", ["a /root"]],
  ["§5 _RANDOM with both bounds", "a ${_RANDOM 7 7}\n", ["a 7"]],
  ["§5 a redefined built-in is frozen", "$_INSTANCE=other\na ${_INSTANCE}\n", ["a other"]],
  [
    "§5 _HASH at the start of a line is a comment",
    "${_HASH} a {\n${_BANG}\n$C=${_HASH}\n $C b\nc\n",
    [
      "c",
    ],
  ],
  ["§5 _HASH in quotes is text", 'a "b${_HASH}c"\n', ['a "b#c"']],
  ["§6 a condition that holds", "@node1 a 1\n", ["a 1"]],
  ["§6 a condition that does not", "@node2 a 1\n", []],
  ["§6 a negated one", "@^node2 a 1\n@^node1 b 2\n", ["a 1"]],
  ["§6 nothing after the id", "@node1\n", []],
  ["§6 there is no @!", "@!node1 a\n", []],
  ["§6 only one per line", "@node1 @node1 a\n", ["@node1 a"]],
  ["§6 before a definition", "@node1 $A=1\n@node2 $A=2\nb $A\n", ["b 1"]],
  ["§7 one number", "~SEQ(i, 3) a $i\n", ["a 1", "a 2", "a 3"]],
  ["§7 0", "~SEQ(i, 0) a $i\n", ["a 1", "a 0"]],
  ["§7 a negative number", "~SEQ(i, -2) a $i\n", ["a -1", "a -2"]],
  ["§7 two numbers", "~SEQ(i, 5, 3) a $i\n", ["a 5", "a 4", "a 3"]],
  ["§7 three numbers", "~SEQ(i, 1, 2, 6) a $i\n", ["a 1", "a 3", "a 5"]],
  ["§7 octal and hexadecimal bounds", "~SEQ(i, 010, 0xa) a $i\n", ["a 8", "a 9", "a 10"]],
  ["§7 hexadecimal output", "~SEQx(i, 9, 11) a $i\n", ["a 9", "a a", "a b"]],
  ["§7 bounds by reference", "$N=2\n~SEQ(i, $N) a $i\n", ["a 1", "a 2"]],
  ["§7 a list", "~LST(i, x, y) a $i\n", ["a x", "a y"]],
  ["§7 tuples", "~LST({i, j}, {1, 2}, {3, 4}) a $i $j\n", ["a 1 2", "a 3 4"]],
  ["§7 missing members are empty", "~LST({i, j}, {1}) a ${i}.${j}.\n", ["a 1.."]],
  ["§7 nesting", "~SEQ(i, 2) ~LST(j, x, y) a $i $j\n", ["a 1 x", "a 1 y", "a 2 x", "a 2 y"]],
  ["§7 the text may define", "~LST(i, x, y) $L=$i\na $L $i\n", ["a y y"]],
  ["§7 a template per value", "$T=a $i { \\\nb $i \\\n}\n~SEQ(i, 2) $T\n", [
    "a 1",
    "{",
    "b 1",
    "}",
    "a 2",
    "{",
    "b 2",
    "}",
  ]],
  ["§7 not at the start of a line it is text", "a { ~SEQ(i, 2) b $i\n", [
    "a",
    "{",
    "~SEQ(i, 2) b $i",
  ]],
];

for (const [name, text, expected] of LINES) {
  Deno.test(`preprocess() ${name}`, () => {
    const env = (variable: string) => variable === "HOME" ? "/root" : undefined;
    const { texts, found } = linesOf(text, { env });
    assert.deepEqual(texts, expected);
    assert.deepEqual(found, []);
  });
}

/** Name, text, findings expected. */
const FINDINGS: readonly (readonly [string, string, readonly string[]])[] = [
  ["§5 _RANDOM with bounds the wrong way", "a ${_RANDOM 9 8}\n", ["1:3 definition-parameter"]],
  ["§5 _RANDOM of words", "a ${_RANDOM x}\n", ["1:3 definition-parameter"]],
  ["§5 _ENV without a name", "a ${_ENV}\n", ["1:3 definition-parameter"]],
  ["§5 a value that grows without end", "$A=$A\na $A\n", ["2:1 expansion-too-long"]],
  ["§5 a line beyond 1023 bytes", `$A=${"x".repeat(600)}\na $A $A\n`, ["2:1 expansion-too-long"]],
  ["§5 _HASH outside quotes is told", "a ${_HASH}x\n", ["1:3 escaped-comment"]],
  ["§5 _BANG in a word is told", "a b${_BANG}c\n", ["1:4 escaped-comment"]],
  ["§5 _ENV with a # in its value is told", "a ${_ENV MARK}\n", ["1:3 escaped-comment"]],
  ["§4 a comment with a backslash in a definition", "$A=x \\\n# c \\\ny \\\n# d \\\nz\n$A\n", [
    "2:1 comment-in-definition",
  ]],
  ["§4 a comment behind its first part", "$A=x # c \\\ny\n$A\n", ["1:6 comment-in-definition"]],
  ["§7 a step of 0", "~SEQ(i, 1, 0, 2) a\n", ["1:1 bad-sequence"]],
  ["§7 a step the wrong way", "~SEQ(i, 1, -1, 2) a\n", ["1:1 bad-sequence"]],
  ["§7 negative hexadecimal", "~SEQx(i, -1, 2) a\n", ["1:1 bad-sequence"]],
  ["§7 no number", "~SEQ(i, x) a\n", ["1:1 bad-sequence"]],
  ["§7 too many members", "~LST({i}, {1, 2}) a\n", ["1:1 bad-sequence"]],
  ["§7 more rounds than anybody means", "~SEQ(i, 9999999) a\n", ["1:1 bad-sequence"]],
];

for (const [name, text, expected] of FINDINGS) {
  Deno.test(`preprocess() ${name}, is told`, () => {
    const env = (variable: string) => variable === "MARK" ? "a#b" : undefined;
    assert.deepEqual(linesOf(text, { env }).found, expected);
  });
}

/** Name, text, logical lines, findings expected. */
const COMMENTS: readonly (readonly [string, string, readonly string[], string])[] = [
  ["with a backslash goes on", "$A=x \\\n# c \\\ny\n$A\n", ["x", "y"], "2:1"],
  ["with blanks after its backslash too", "$A=x \\\n# c \\ \ny\n$A\n", ["x", "y"], "2:1"],
  ["with an escaped backslash ends", "$A=x \\\n# c \\\\\ny\n$A\n", ["y", "x"], "2:1"],
  ["behind text goes on", "$A=x \\\ny # c \\\nz\n$A\n", ["x", "y", "z"], "2:3"],
  ["in an open block goes on", "$A=x { \\\n# c\ny \\\n}\n$A\n", ["x", "{", "y", "}"], "2:1"],
  ["elsewhere ends", "$A=x \\\n# c\ny\n$A\n", ["y", "x"], "2:1"],
  ["of another configuration is none", "@other $A=x # c \\\ny\n", ["y"], ""],
];

for (const [name, text, lines, place] of COMMENTS) {
  Deno.test(`preprocess() §4 a comment in a definition: ${name}`, () => {
    const { texts, found } = linesOf(text);
    assert.deepEqual(texts, lines);
    assert.deepEqual(found, place === "" ? [] : [`${place} comment-in-definition`]);
  });
}

Deno.test("preprocess() values that multiply each other, end", () => {
  const doubling = Array.from({ length: 40 }, (_, n) => `$A${n + 1}=$A${n} \\\n$A${n}\n`).join("");
  assert.ok(
    linesOf(`$A0=x\n${doubling}$A40\n`).found.some((code) => code.endsWith("expansion-too-long")),
  );
});

Deno.test("placeAt() after substitution, points at the reference; after it, at what follows", () => {
  const { lines } = linesOf("$PRIO=300\n   priority ${PRIO} extra\n");
  const line = lines[0];
  assert.ok(line);
  assert.equal(line.text, "priority 300 extra");
  const at = (offset: number) => placeAt(line, offset).column;
  assert.deepEqual([at(0), at(9), at(11), at(13)], [4, 13, 13, 21]);
  assert.equal(widthBetween(line, 9, 12), "${PRIO}".length);
});

Deno.test("placeAt() in a multi-line value, points into the definition and knows its use", () => {
  const { lines } = linesOf("$T=a 1 \\\n  b 2\n\nblock $T\n");
  const [, second] = lines;
  assert.ok(second);
  const place = placeAt(second, 2);
  assert.deepEqual([place.line, place.column, place.via?.line, place.via?.column], [2, 5, 4, 7]);
});

Deno.test("placeAt() after an escaped comment character, is off by none", () => {
  const { lines } = linesOf("a x\\#y z\n");
  assert.ok(lines[0]);
  assert.equal(placeAt(lines[0], 6).column, 8);
});

Deno.test("preprocess() a pattern for the main file, reads all matches and tells of several", () => {
  const files = memoryFiles({ "/d/a.conf": "a 1\n", "/d/b.conf": "b 2\n" });
  const { report, found } = collector();
  const lines = preprocess(files, { path: "/d/*.conf", allConfig: false, report });
  assert.deepEqual(lines.map((line) => `${line.file} ${line.text}`), [
    "/d/a.conf a 1",
    "/d/b.conf b 2",
  ]);
  assert.deepEqual(found.map(({ code, status }) => [code, status]), [[
    "several-files",
    "multiple-files",
  ]]);
});

Deno.test("preprocess() a main file that is executable or no file, is refused as keepalived does", () => {
  const text = {
    kind: "text",
    bytes: new TextEncoder().encode("a 1\n"),
    executable: true,
  } as const;
  for (
    const content of [text, { kind: "directory" }, { kind: "missing" }, { kind: "other" }] as const
  ) {
    const { report, found } = collector();
    const files = { ...memoryFiles({}), read: () => content };
    assert.deepEqual(preprocess(files, { path: "/x", allConfig: false, report }), []);
    assert.deepEqual(found.map(({ code }) => code), ["main-file-missing"]);
  }
});

Deno.test("preprocess() a byte order mark, is told once and the line is read as meant", () => {
  const { texts, found, lines } = linesOf({
    "/etc/k/main.conf": "\ufeffa 1\ninclude b.conf\n",
    "/etc/k/b.conf": "\ufeff! Configuration\nb 2\n",
  });
  assert.deepEqual(texts, ["a 1", "b 2"]);
  assert.deepEqual([lines[0]?.column, lines[0]?.line], [2, 1]);
  assert.deepEqual(found, ["1:1 byte-order-mark", "1:1 byte-order-mark"]);
});

for (
  const first of ["$N=1", "include b.conf", "@node1 a 1", "~SEQ(x, 1) a $x", "! only a comment"]
) {
  Deno.test(`preprocess() a byte order mark before ${first}, changes nothing but that it is told`, () => {
    const plain = { "/etc/k/main.conf": `${first}\nb $N\n`, "/etc/k/b.conf": "a 1\n" };
    const marked = { ...plain, "/etc/k/main.conf": `\ufeff${plain["/etc/k/main.conf"]}` };
    assert.deepEqual(linesOf(marked).texts, linesOf(plain).texts);
    assert.deepEqual(linesOf(marked).found, ["1:1 byte-order-mark"]);
  });
}

Deno.test("preprocess() a long file that a sequence includes over and over, ends", () => {
  const { lines, found } = linesOf({
    "/etc/k/main.conf": "~SEQ(N, 1, 100000) include b.conf\n",
    "/etc/k/b.conf": "b 2\n".repeat(50_000),
  });
  assert.ok(lines.length <= 1_000_000, `${lines.length} lines`);
  assert.ok(found.includes("1:20 expansion-too-long"), found.join());
});
