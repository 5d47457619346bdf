import assert from "node:assert/strict";
import { layOut } from "./format_layout.ts";
import { formatText } from "./format.ts";
import { block, flag, word } from "../rows/rows.ts";
import type { Table } from "../rows/table.ts";

const KEYWORD = word({ text: "A word" });
const INNER = { keyword: KEYWORD, here: flag({ text: "Present" }) } satisfies Table;
const TABLE = {
  outer: block({ ...INNER, inner: block(INNER, { text: "Inside" }) }, { text: "Outside" }),
} satisfies Table;

/** Input and result, line by line. */
const LAYOUTS: readonly {
  readonly name: string;
  readonly input: readonly string[];
  readonly result: readonly string[];
}[] = [
  {
    name: "blocks, are indented by four blanks each",
    input: ["a {", "\tb {", " c   1", "  }", "}"],
    result: ["a {", "    b {", "        c 1", "    }", "}"],
  },
  {
    name: "brace on a line of its own, joins its keyword",
    input: ["a x", "", "{", "b", "}"],
    result: ["a x {", "    b", "}"],
  },
  {
    name: "block in one line, is written in several",
    input: ["a{b{c 1}}d"],
    result: ["a {", "    b {", "        c 1", "    }", "}", "d"],
  },
  {
    name: "closing brace and keyword in one line, part",
    input: ["a {", "b } c {", "d", "}"],
    result: ["a {", "    b", "}", "c {", "    d", "}"],
  },
  {
    name: "brace in quotes, is text",
    input: ['a "{  x"  "}" {', "}"],
    result: ['a "{  x" "}" {', "}"],
  },
  {
    name: "words that touch quotes, are not parted",
    input: ['a"b  c"d   "e""f"'],
    result: ['a"b  c"d "e""f"'],
  },
  {
    name: "comment in a line of its own, gets the depth of its block",
    input: ["a {", "# one", "      ! two", "}", "  # three"],
    result: ["a {", "    # one", "    ! two", "}", "# three"],
  },
  {
    name: "comment after code, stands one blank behind it",
    input: ["a b!no blank needed  ", "", "c     # far"],
    result: ["a b !no blank needed", "", "c # far"],
  },
  {
    name: "comments after neighbours, stand in one column",
    input: ["a 1 # one", "bcd 23 ! two", "", "e # three"],
    result: ["a 1    # one", "bcd 23 ! two", "", "e # three"],
  },
  {
    name: "comment after a keyword whose brace follows, stays beside the keyword",
    input: ["a x # one", "{", "b", "}"],
    result: ["a x { # one", "    b", "}"],
  },
  {
    name: "comments around a brace that is joined, keep their order",
    input: ["a # one", "", "# two", "{ # three", "b", "}"],
    result: ["a { # one", "    # two", "    # three", "    b", "}"],
  },
  {
    name: "comment after a brace that is joined, moves with it",
    input: ["a", "{ # one", "b", "}"],
    result: ["a { # one", "    b", "}"],
  },
  {
    name: "comment between a keyword and its brace, moves into the block before the brace's",
    input: ["a", "# one", "{ # two", "b", "}"],
    result: ["a {", "    # one", "    # two", "    b", "}"],
  },
  {
    name: "comment after a block in one line, stays at its end",
    input: ["a { b } # c"],
    result: ["a {", "    b", "} # c"],
  },
  {
    name: "empty lines, become one, and none at the ends of text and blocks",
    input: ["", "a {", "", "b", "", " ", "\t", "c", "", "}", "", ""],
    result: ["a {", "    b", "", "    c", "}"],
  },
  {
    name: "escaped comment, keeps its line",
    input: ["a  x\\#y { b }"],
    result: ["a  x\\#y { b }"],
  },
  {
    name: "single quotes and backslashes, keep their blanks",
    input: ["  s 'a   b' x", "s /a\\   b"],
    result: ["s 'a   b' x", "s /a\\   b"],
  },
  {
    name: "open quote, keeps its line",
    input: ["a {", 'b   "c   d { # e', "}"],
    result: ["a {", '    b   "c   d { # e', "}"],
  },
  {
    name: "definition, keeps its value",
    input: ['  $A=   x   "y  z"   # why', "a   $A   b"],
    result: ['$A=x   "y  z" # why', "a $A   b"],
  },
  {
    name: "definition of several lines, is indented and keeps its lines",
    input: ["$A= \\", "a { \\", "  b   1 \\", "} \\", "$C", "d"],
    result: ["$A= \\", "    a { \\", "        b   1 \\", "    } \\", "    $C", "d"],
  },
  {
    name: "definition ended by an empty line, keeps it",
    input: ["$A= \\", "b \\", "", "", "c { d }"],
    result: ["$A= \\", "    b \\", "", "c {", "    d", "}"],
  },
  {
    name: "definition with comments, goes on where the reader goes on",
    input: ["$A= # 1 \\", "a { \\", "# 2", "b { c } # 3  \\ ", "} # 4", "d { e }"],
    result: [
      "$A= # 1 \\",
      "    a { \\",
      "        # 2",
      "        b { c } # 3  \\",
      "    } # 4",
      "d {",
      "    e",
      "}",
    ],
  },
  {
    name: "definition that a comment ends, keeps no line behind it",
    input: ["$A= \\", "b \\", "# c", "d { e }"],
    result: ["$A= \\", "    b \\", "# c", "d {", "    e", "}"],
  },
  {
    name: "definition under a condition, keeps its lines for those who do not define it",
    input: ["@x $A= \\", "a {  b } \\", "c { d }", "e { f }"],
    result: ["@x $A= \\", "    a {  b } \\", "    c { d }", "e {", "    f", "}"],
  },
  {
    name: "reference beside a brace, keeps its line",
    input: ["a $B{ c $D}", "a $B", "{", "c", "}"],
    result: ["a $B{ c $D}", "a $B", "{", "    c", "}"],
  },
  {
    name: "braces of a reference, open no block",
    input: ["a ${B} {", "c", "}"],
    result: ["a ${B} {", "    c", "}"],
  },
  {
    name: "condition, keeps its line",
    input: ["a {", "@x    b { c }", "  @^x  d   1", "@y", "}"],
    result: ["a {", "    @x b { c }", "    @^x d 1", "    @y", "}"],
  },
  {
    name: "alternatives under conditions, open one block",
    input: ["@x a 1 {", "@y a 2 {", "b", "}", "c"],
    result: ["@x a 1 {", "@y a 2 {", "    b", "}", "c"],
  },
  {
    name: "block under a condition, is indented",
    input: ["@x a {", "@x b", "@x }", "@y a {", "@y c", "@y }", "d"],
    result: ["@x a {", "    @x b", "@x }", "@y a {", "    @y c", "@y }", "d"],
  },
  {
    name: "sequence, keeps its line, and braces of its list open no block",
    input: ["~LST({a, b},{1,  2})   c $a  {", "d", "}"],
    result: ["~LST({a, b},{1,  2})   c $a  {", "    d", "}"],
  },
  {
    name: "include, keeps its pattern",
    input: ["a {", "include    /etc/{a,b}  c.conf", "}"],
    result: ["a {", "    include /etc/{a,b}  c.conf", "}"],
  },
  {
    name: "include and condition that are none behind a brace, do not become one",
    input: ["a { include b }", "c { @d e }"],
    result: ["a { include b }", "c { @d e }"],
  },
  {
    name: "CR LF, becomes LF",
    input: ["a {\r", "b\r", "}\r", ""],
    result: ["a {", "    b", "}"],
  },
  {
    name: "CR that is text, stays text",
    input: ["a b\r\r", "c"],
    result: ["a b\r\r", "c"],
  },
  {
    name: "line of more than 1023 bytes, is left alone",
    input: ["a {", `   b ${"x".repeat(1020)} {`, "}", "}"],
    result: ["a {", `   b ${"x".repeat(1020)} {`, "    }", "}"],
  },
  {
    name: "line that indentation would make too long, is indented less",
    input: ["a {", `b ${"x".repeat(1019)}`, "}"],
    result: ["a {", `  b ${"x".repeat(1019)}`, "}"],
  },
  {
    name: "line that a brace would make too long, does not get it",
    input: [`b ${"é".repeat(510)}`, "{", "}"],
    result: [`b ${"é".repeat(510)}`, "{", "}"],
  },
  {
    name: "comment without a blank that fills the line, gets none",
    input: [`a${"#".repeat(1022)}`],
    result: [`a${"#".repeat(1022)}`],
  },
  {
    name: "line with a NUL, is left alone",
    input: ["a {", " b\0  c", "}"],
    result: ["a {", " b\0  c", "}"],
  },
  {
    name: "white space that is text to the language, stays",
    input: ["a\u00a0 b\f"],
    result: ["a\u00a0 b\f"],
  },
];

for (const { name, input, result } of LAYOUTS) {
  Deno.test(`layOut() ${name}`, () => {
    const text = result.map((line) => `${line}\n`).join("");
    assert.equal(layOut(input.join("\n")), text);
    assert.equal(layOut(text), text);
  });
}

Deno.test("layOut() no text, gives none", () => {
  assert.equal(layOut(""), "");
  assert.equal(layOut("\n \n\t\n"), "");
});

const refused = (text: string) => formatText(text, { file: "a.conf", table: TABLE });

Deno.test("formatText() missing closing brace, leaves the text alone and says where", () => {
  const text = "outer {\n  inner {\n keyword a\n}\nouter {\nhere\n}\n";
  const { findings, ...formatted } = refused(text);
  assert.deepEqual(formatted, { text, refused: "unbalanced", crlf: 0 });
  assert.deepEqual(findings.map(({ line, code }) => [line, code]), [[5, "missing-close-brace"]]);
});

Deno.test("formatText() closing brace too much, leaves the text alone and says where", () => {
  const text = "outer {\n here\n}\n}\n";
  const { refused: why, findings } = refused(text);
  assert.equal(why, "unbalanced");
  assert.deepEqual(findings.map(({ line, code }) => [line, code]), [[4, "extra-close-brace"]]);
});

Deno.test("formatText() missing brace where no row helps, still says so", () => {
  const { refused: why, findings } = refused("nobody knows {\n this {\n}\n");
  assert.equal(why, "unbalanced");
  assert.deepEqual(findings.map(({ line, code }) => [line, code]), [[1, "missing-close-brace"]]);
});

Deno.test("formatText() braces that only definitions balance, formats", () => {
  const { refused: why, text } = refused("$A= \\\nouter { \\\nhere\n$A\n}\n");
  assert.equal(why, undefined);
  assert.equal(text, "$A= \\\n    outer { \\\n        here\n$A\n}\n");
});

Deno.test("formatText() alternatives under conditions, formats when one id balances them", () => {
  assert.equal(refused("@a outer {\n@b outer {\nhere\n}\n").refused, undefined);
});

Deno.test("formatText() broken lines, leaves them and says which", () => {
  const text = `outer   {\nkeyword   "a   b\nhere\0\n${" ".repeat(1020)}here\n}\r\n`;
  const { findings, crlf, ...formatted } = refused(text);
  assert.deepEqual(formatted, {
    text: `outer {\n    keyword   "a   b\nhere\0\n${" ".repeat(1020)}here\n}\n`,
    refused: undefined,
  });
  assert.equal(crlf, 1);
  assert.deepEqual(findings.map(({ line, code }) => [line, code]), [
    [2, "unterminated-quote"],
    [3, "nul-in-line"],
    [4, "line-too-long"],
  ]);
});

Deno.test("formatText() a name that stands for a definition, is not formatted into another meaning", () => {
  // The last part of $M begins a definition of several lines when $M is used.
  const text = "$M= \\\nkeyword a \\\n$B=x \\ \\\n\nouter {\n$M\nhere { keyword b }\n}\n";
  assert.deepEqual(refused(text).refused, "unsafe");
  assert.equal(refused(text).text, text);
});

Deno.test("formatText() a definition without its brace that is used often, says so once", () => {
  const { refused: why, findings } = refused("$A= \\\nouter { \\\nhere\n~SEQ(N, 1, 40) $A\n");
  assert.equal(why, "unbalanced");
  assert.deepEqual(findings.map(({ line, code }) => [line, code]), [[2, "missing-close-brace"]]);
});

Deno.test("formatText() a byte order mark, stays and is no part of the first word", () => {
  assert.equal(refused("\ufeffouter  {\nhere\n}\n").text, "\ufeffouter {\n    here\n}\n");
  assert.equal(refused("\ufeff# a\nouter{}\n").text, "\ufeff# a\nouter {\n}\n");
  const { findings } = refused('\ufeffouter { keyword "a\n}\n');
  assert.deepEqual(findings.map(({ line, column }) => [line, column]), [[1, 18]]);
});
