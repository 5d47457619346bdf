import assert from "node:assert/strict";
import { type Diagnostic, exitStatus, memoryFiles, toldOf } from "../../language/mod.ts";
import { readBound } from "../config.ts";
import { instanceText, lintLines } from "../lint/fixtures.ts";

/** Findings of the language about a text: all, and what is told of them as `line:column code`. */
function read(text: string): { readonly all: readonly Diagnostic[]; readonly told: string[] } {
  const { diagnostics } = readBound("own.conf", memoryFiles({ "/own.conf": text }));
  const told = toldOf(diagnostics).map(({ line, column, code }) => `${line}:${column} ${code}`);
  return { all: diagnostics, told };
}

const MISSPELT = instanceText([]).replace("interface", "interfcae");

Deno.test("oneOfEach() of a misspelt keyword, leaves out that it is missing and counts it", () => {
  const { all, told } = read(MISSPELT);
  assert.deepEqual(told, ["2:3 unknown-keyword"]);
  assert.deepEqual(all.map(({ code, follows }) => [code, follows]), [
    ["incomplete", true],
    ["unknown-keyword", undefined],
  ]);
  assert.equal(exitStatus(all), 5);
});

/** Rule, text, what is told. */
const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "keeps what is missing besides",
    MISSPELT.replace(/.*router_id.*\n/, ""),
    ["1:15 incomplete", "2:3 unknown-keyword"],
  ],
  [
    "keeps what is missing in another block",
    MISSPELT + instanceText([], "VI_2").replace("  interface eth0\n", ""),
    ["2:3 unknown-keyword", "8:15 incomplete"],
  ],
  [
    "keeps a name that nothing bears",
    instanceText(["prioriti 3", "track_script {", "  VI_1", "}"]),
    ["7:3 unknown-keyword", "9:5 unknown-name"],
  ],
  [
    "keeps a name whose block is not the one with the error",
    `${instanceText(["track_script {", "  a", "}"])}vrrp_scrpit b {\n  script /x\n}\n`,
    ["8:5 unknown-name", "11:1 unknown-keyword"],
  ],
  [
    "leaves out a name whose block is misspelt",
    `${instanceText(["track_script {", "  a", "}"])}vrrp_scrpit a {\n  script /x\n}\n`,
    ["11:1 unknown-keyword"],
  ],
  [
    "leaves out a name whose block is refused",
    `vrrp_sync_group G {\n  group {\n    VI_1\n    VI_2\n  }\n}\n${
      instanceText([]).replace("51", "351")
    }${instanceText([], "VI_2").replace("51", "52")}`,
    ["9:21 out-of-range"],
  ],
  [
    "leaves out what a block lacks because a block in it lacks something",
    "virtual_server 10.0.0.1 80 {\n  lb_algo rr\n  lb_kind NAT\n  protocol TCP\n" +
    "  real_server 10.0.0.2 80 {\n    HTTP_GET {\n      url {\n        paht /\n      }\n    }\n  }\n}\n",
    ["8:9 unknown-keyword"],
  ],
  [
    "leaves out that another spelling of a refused keyword is missing",
    "virtual_server 10.0.0.1 80 {\n  lvs_sched\n  lb_kind NAT\n  protocol TCP\n" +
    "  real_server 10.0.0.2 80 {\n  }\n}\n",
    ["2:12 missing-word"],
  ],
  [
    "keeps a typing error and a brace too many, which are two mistakes",
    `${instanceText(["prioriti 90"])}}\n`,
    ["7:3 unknown-keyword", "9:1 extra-close-brace"],
  ],
  [
    "leaves out what a quote takes with it",
    instanceText([]).replace("10.0.0.1/24", '"10.0.0.1/24'),
    ["5:5 unterminated-quote"],
  ],
  [
    "leaves out what the braces of an undefined name tear",
    instanceText([]).replace("10.0.0.1", "${NET}.1"),
    ["5:5 unknown-name"],
  ],
];

for (const [name, text, told] of CASES) {
  Deno.test(`oneOfEach() ${name}`, () => assert.deepEqual(read(text).told, told));
}

Deno.test("oneOfEach() of an included file, knows the block around the include", () => {
  const { diagnostics } = readBound(
    "own.conf",
    memoryFiles({
      "/own.conf": "vrrp_instance V {\n  virtual_router_id 5\n  include i\n}\n",
      "/i": "interfcae eth0\nvirtual_ipaddress {\n  10.0.0.1\n}\n",
    }),
  );
  assert.deepEqual(toldOf(diagnostics).map(({ file, line }) => `${file}:${line}`), ["/i:1"]);
});

Deno.test("oneOfEach() of a lost line, keeps the exit code of keepalived, which ends the block too early", () => {
  const { all, told } = read(instanceText(["  chk", "}", "track_file {", "  f", "}"]));
  assert.deepEqual(told.slice(0, 1), ["7:5 unknown-keyword"]);
  assert.equal(exitStatus(all), 2, "keepalived takes track_file for one of the top level");
});

/** What is written as line 7, the hint. */
const HABITS: readonly (readonly [string, string])[] = [
  ["priority = 90", "leave out the ="],
  ["priority : 90", "leave out the :"],
  ["priority=90", "did you mean priority"],
  ["priority: 90", "did you mean priority"],
  ["priority 90;", "leave out the ;"],
  ["priority 90 // high", "a comment begins with # or !"],
  ["// priority 90", "a comment begins with # or !"],
  ["priority $HIGH", "$HIGH is not defined before this line"],
];

for (const [line, hint] of HABITS) {
  Deno.test(`nameHabits() of "${line}", tells once what to write`, () => {
    const { all } = read(instanceText([line]));
    assert.deepEqual(toldOf(all).map((each) => [each.line, each.hint]), [[7, hint]]);
  });
}

Deno.test("pair rules where a value is refused, compare nothing", () => {
  const peer = instanceText(["priority 100"]);
  assert.deepEqual(lintLines(instanceText(["priority 300"]), ["pair-priority"], { peer }), []);
  assert.equal(lintLines(instanceText([]), ["pair-priority"], { peer }).length, 1);
});
