import assert from "node:assert/strict";
import { linesOf } from "../fixture.ts";
import { braceAlternatives, globFiles } from "./glob.ts";
import { changeChecks, NO_CHECKS } from "./includes.ts";
import { memoryFiles } from "./source.ts";

Deno.test("include reads the file in place, relative to the including one (grammar §8)", () => {
  const { texts, lines } = linesOf({
    "/etc/k/main.conf": "a\ninclude sub/one.conf\nz\n",
    "/etc/k/sub/one.conf": "b\ninclude two.conf\nd\n",
    "/etc/k/sub/two.conf": "c\n",
  });
  assert.deepEqual(texts, ["a", "b", "c", "d", "z"]);
  const place = lines[2];
  assert.equal(place?.file, "/etc/k/sub/two.conf");
  assert.deepEqual([place?.via?.file, place?.via?.line], ["/etc/k/sub/one.conf", 2]);
  assert.deepEqual([place?.via?.via?.file, place?.via?.via?.line], ["main.conf", 2]);
});

Deno.test("include of a wildcard, reads the matches sorted; definitions go across files", () => {
  const { texts } = linesOf({
    "/etc/k/main.conf": "$A=1\ninclude conf.d/*.conf\nz $B\n",
    "/etc/k/conf.d/b.conf": "b $A\n$B=2\n",
    "/etc/k/conf.d/a.conf": "a\n",
    "/etc/k/conf.d/c.txt": "c\n",
  });
  assert.deepEqual(texts, ["a", "b 1", "z 2"]);
});

Deno.test("include of itself, is told and ends", () => {
  const { found, texts } = linesOf("a\ninclude main.conf\nb\n");
  assert.deepEqual([texts, found], [["a", "b"], ["2:9 include-loop"]]);
});

/**
 * Directive and pattern against keepalived 2.2.7 -t in a folder that holds `a.conf` alone: whether it ends
 * start-up.
 */
const CHECKS: readonly (readonly [pattern: string, fatal: string])[] = [
  ["*.none", "wa"],
  ["{a,b}.conf", "ba"],
  ["{c,b}.conf", "ba"],
  ["{a,b}*.conf", ""],
  ["b.conf", "mwa"],
  ["nodir/*.conf", "mwa"],
  [".", "rmwba"],
];

for (const [pattern, fatal] of CHECKS) {
  for (const letter of ["", "r", "m", "w", "b", "a"]) {
    const ends = letter !== "" && fatal.includes(letter);
    Deno.test(`include${letter} ${pattern}, ${ends ? "ends" : "does not end"} start-up (grammar §8)`, () => {
      const { found } = collectSeverities(`include${letter} d/${pattern}\n`);
      assert.equal(found.includes("error"), ends);
    });
  }
}

Deno.test("include with -e, has every check in force", () => {
  assert.deepEqual(collectSeverities("include b.conf\n", true).found, ["error"]);
});

Deno.test("include_check counts from where it stands and ends with its file", () => {
  const files = {
    "/etc/k/main.conf": "include sub.conf\ninclude nope1\n",
    "/etc/k/sub.conf": "include nope2\ninclude_check match\ninclude nope3\n",
  };
  assert.deepEqual(collectSeverities(files).found, ["warning", "error", "warning"]);
});

Deno.test("changeChecks() without words, puts all in force; signs change single ones", () => {
  assert.deepEqual(changeChecks([], NO_CHECKS), {
    read: true,
    match: true,
    wildcardMatch: true,
    braceMatch: true,
  });
  const some = changeChecks(["read", "match"], NO_CHECKS);
  assert.deepEqual(changeChecks(["-read", "+brace_match"], some), {
    read: false,
    match: true,
    wildcardMatch: false,
    braceMatch: true,
  });
});

Deno.test("braceAlternatives() nested and several", () => {
  assert.deepEqual(braceAlternatives("a{1,2}{x,y}"), ["a1x", "a1y", "a2x", "a2y"]);
  assert.deepEqual(braceAlternatives("{a,{b,c}}.conf"), ["a.conf", "b.conf", "a.conf", "c.conf"]);
  assert.deepEqual(braceAlternatives("plain"), ["plain"]);
});

Deno.test("globFiles() *, ?, sets and hidden names", () => {
  const files = memoryFiles({ "/d/a1": "", "/d/a2": "", "/d/b1": "", "/d/.h": "", "/d/s/a1": "" });
  const match = (pattern: string) => globFiles(files, "/d", pattern);
  assert.deepEqual(match("a*"), ["/d/a1", "/d/a2"]);
  assert.deepEqual(match("?1"), ["/d/a1", "/d/b1"]);
  assert.deepEqual(match("[!a]1"), ["/d/b1"]);
  assert.deepEqual(match(".*"), ["/d/.h"]);
  assert.deepEqual(match("*/a1"), ["/d/s/a1"]);
  assert.deepEqual(match("[z-a]"), []);
  assert.deepEqual(match("../d/a1"), ["/d/a1"]);
});

function collectSeverities(
  input: string | Readonly<Record<string, string>>,
  allConfig = false,
): { readonly found: readonly string[] } {
  const files = typeof input === "string"
    ? { "/etc/k/main.conf": input, "/etc/k/d/a.conf": "! x\n" }
    : input;
  return { found: linesOf(files, { allConfig }).severities };
}
