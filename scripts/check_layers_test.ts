import assert from "node:assert/strict";
import {
  breaches,
  crowdedFolders,
  cycles,
  daemonPath,
  missingFolderComments,
  oddNames,
  repeatedDefaults,
} from "./check_layers.ts";

const CASES = [
  ["src/net/a.ts", 'import { b } from "../vrrp/b.ts";', /vrrp\/\. stands below net/],
  ["src/vrrp/a.ts", "const now = Date.now();", /Cannot use Date/],
  ["src/vrrp/a.ts", "await Deno.readFile(path);", /Cannot use Deno\./],
  [
    "src/vrrp/a.ts",
    'import { spawn } from "node:child_process";',
    /Cannot import "node:child_process"/,
  ],
  ["src/daemon/a.ts", "setTimeout(tick, 1);", /Cannot use setTimeout/],
  ["src/native/a.ts", "Deno.dlopen(path, {});", /Cannot use Deno\./],
  ["cli/line.ts", 'import { Command } from "commander";', /Cannot import "commander"/],
  ["src/daemon/a.ts", 'import { getLogger } from "@logtape/logtape";', /@logtape/],
  ["src/net/a.ts", 'import { stat } from "../daemon/platform/mod.ts";', /platform stands below/],
  ["src/vrrp/a.ts", 'import { main } from "../../cli/main.ts";', /not above/],
  ["src/vrrp/fsm/a.ts", 'import { b } from "../part/b.ts";', /vrrp\/part stands below vrrp\/fsm/],
  ["src/vrrp/a.ts", 'import { b } from "./fsm/b.ts";', /vrrp\/fsm stands below vrrp\/\./],
  ["src/vrrp/fsm/a.ts", 'import type { B } from "../mod.ts";', /vrrp stands below vrrp\/fsm/],
] as const;

for (const [path, text, message] of CASES) {
  Deno.test(`breaches() ${text}, is one in ${path}`, () => {
    const found = breaches({ path, text });
    assert.equal(found.length, 1);
    assert.match(found[0] ?? "", message);
  });
}

Deno.test("breaches() what the rules allow, are none", () => {
  const allowed = [
    ["src/vrrp/a.ts", 'import { ip } from "../net/ip.ts";'],
    ["src/vrrp/a.ts", "// Deno.readFile is not used here"],
    ["src/vrrp/a.ts", 'const text = "Date";'],
    ["src/daemon/platform/a.ts", "setTimeout(tick, 1);"],
    ["src/daemon/log.ts", 'import { getLogger } from "@logtape/logtape";'],
    ["src/vrrp/a_test.ts", 'Deno.test("a", () => {});'],
    ["src/vrrp/fsm/a.ts", 'import { b } from "../b.ts";'],
    ["src/vrrp/mod.ts", 'export { b } from "./part/b.ts";'],
    ["src/vrrp/fsm/a_test.ts", 'import { b } from "../fixtures.ts";'],
    ["src/lvs/a.ts", 'import { b } from "../vrrp/fsm/b.ts";'],
  ] as const;
  for (const [path, text] of allowed) assert.deepEqual(breaches({ path, text }), []);
});

Deno.test("daemonPath() is what the entries import at their head, without types and what is loaded later", () => {
  const sources = [
    { path: "cli/line.ts", text: 'import { a } from "./a.ts";\nimport type { T } from "./t.ts";' },
    { path: "cli/a.ts", text: 'const b = await import("./b.ts");\nexport * from "../src/c.ts";' },
    { path: "src/c.ts", text: "" },
    { path: "cli/b.ts", text: "" },
    { path: "cli/t.ts", text: "" },
  ];
  assert.deepEqual(daemonPath(sources).map(({ path }) => path), [
    "cli/line.ts",
    "cli/a.ts",
    "src/c.ts",
  ]);
});

Deno.test("cycles() two files that import each other, are one", () => {
  const sources = [
    { path: "src/net/a.ts", text: 'import { b } from "./b.ts";' },
    { path: "src/net/b.ts", text: 'import { a } from "./a.ts";' },
  ];
  assert.deepEqual(cycles(sources), ["Import cycle: src/net/a.ts → src/net/b.ts → src/net/a.ts"]);
  const typeOnly = sources.map((s) => ({ ...s, text: s.text.replace("import", "import type") }));
  assert.equal(cycles(typeOnly).length, 1);
});

Deno.test("missingFolderComments() a bare mod.ts and a room without one, are named", () => {
  assert.equal(missingFolderComments([{ path: "src/net/mod.ts", text: "export {};" }]).length, 1);
  const files = ["a", "b", "c"].map((name) => ({ path: `src/net/${name}.ts`, text: "" }));
  assert.deepEqual(missingFolderComments(files), [
    "src/net/mod.ts: Cannot leave out the face of the folder: it says what the folder is for",
  ]);
  assert.deepEqual(missingFolderComments(files.slice(1)), []);
});

Deno.test("crowdedFolders() more files than fit one look, is named; tests count", () => {
  const files = (count: number, end: string) =>
    Array.from({ length: count }, (_, at) => ({ path: `src/net/f${at}${end}`, text: "" }));
  assert.deepEqual(crowdedFolders([...files(15, ".ts"), ...files(10, "_test.ts")]), []);
  assert.deepEqual(crowdedFolders([...files(15, ".ts"), ...files(11, "_test.ts")]), [
    "src/net: Cannot hold 26 files side by side: at most 25",
  ]);
});

Deno.test("oddNames() what is no plain snake_case, is named", () => {
  const files = (names: readonly string[]) =>
    names.map((name) => ({ path: `src/net/${name}`, text: "" }));
  assert.deepEqual(oddNames(files(["ip.ts", "ip6_words.ts", "ip_test.ts"])), []);
  assert.deepEqual(oddNames(files(["_ip.ts", "ipWords.ts", "ip-words.ts", "ip__a.ts"])).length, 4);
});

Deno.test("repeatedDefaults() of readers, are named; what is computed or absent, is none", () => {
  const found = (line: string, path = "src/lvs/read/read.ts") =>
    repeatedDefaults([{ path, text: line }]).length;
  assert.equal(found("const weight = lastValue(bound.weight) ?? 1;"), 1);
  assert.equal(found('return use?.value ?? "wlc";'), 1);
  assert.equal(found("const loop = lastValue(bound.delay_loop) ?? DELAY_LOOP;"), 1);
  assert.equal(found("const weight = lastValue(bound.weight) ?? 1;", "src/lvs/part/part.ts"), 0);
  assert.equal(found("const all = lastValue(bound.use_vmac_addr) ?? false;"), 0);
  assert.equal(found("const own = lastValue(bound.port) ?? defaults.port;"), 0);
});
