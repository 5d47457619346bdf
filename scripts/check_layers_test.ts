import assert from "node:assert/strict";
import { breaches, cycles, missingFolderComments } from "./check_layers.ts";

const CASES = [
  ["src/net/a.ts", 'import { b } from "../vrrp/b.ts";', /vrrp stands below net/],
  ["src/vrrp/a.ts", 'import { b } from "../net/_b.ts";', /private to its folder/],
  ["src/vrrp/a.ts", "const now = Date.now();", /Cannot use Date/],
  ["src/vrrp/a.ts", "await Deno.readFile(path);", /Cannot use Deno\./],
  [
    "src/vrrp/a.ts",
    'import { spawn } from "node:child_process";',
    /Cannot import "node:child_process"/,
  ],
  ["src/vrrp/a.ts", 'import { main } from "../../cli/main.ts";', /not above/],
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
    ["src/daemon/a.ts", "setTimeout(tick, 1);"],
    ["src/vrrp/a_test.ts", 'Deno.test("a", () => {});'],
  ] as const;
  for (const [path, text] of allowed) assert.deepEqual(breaches({ path, text }), []);
});

Deno.test("cycles() two files that import each other, are one", () => {
  const sources = [
    { path: "src/net/a.ts", text: 'import { b } from "./b.ts";' },
    { path: "src/net/b.ts", text: 'import { a } from "./a.ts";' },
  ];
  assert.deepEqual(cycles(sources), ["Import cycle: src/net/a.ts → src/net/b.ts → src/net/a.ts"]);
  const typeOnly = sources.map((s) => ({ ...s, text: s.text.replace("import", "import type") }));
  assert.deepEqual(cycles(typeOnly), []);
});

Deno.test("missingFolderComments() a bare mod.ts, is named", () => {
  assert.equal(missingFolderComments([{ path: "src/net/mod.ts", text: "export {};" }]).length, 1);
});
