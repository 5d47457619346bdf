/**
 * Formatting changes nothing that is read: shown on the corpus, the golden cases, variants of both with
 * another layout or broken at random, and on soups of everything the language knows.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import { layOut } from "../language/format/format_layout.ts";
import { type Diagnostic, memoryFiles } from "../language/mod.ts";
import { decodeText, encodeText } from "../language/source/text.ts";
import { readConfig } from "./config.ts";
import { formatConfig } from "./format.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const CORPUS = `${ROOT}../shared/corpus`;
const IDS = ["node1", "high", "low"];

/** What is found, without where and without what the indentation says, which is what changes. */
function withoutPlaces(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ severity, code, message, hint, status, via }) =>
    JSON.stringify([
      severity,
      code,
      message.replaceAll(/in line \d+/g, "in line N"),
      hint?.startsWith("by the indentation") ? undefined : hint,
      status,
      via.length,
    ])
  ).sort();
}

/** Reads a text as a main file; `part` can be included. */
function reading(text: string, configId: string): unknown {
  const files = memoryFiles({
    "/etc/keepalived/a.conf": encodeText(text),
    "/etc/keepalived/part": "$P=80 \\\n  x\nglobal_defs { router_id P }\n",
  }, { directory: "/etc/keepalived", configId });
  const [config, diagnostics] = readConfig("a.conf", files);
  return { config, findings: withoutPlaces(diagnostics) };
}

const bare = (text: string) => text.replaceAll(/[ \t\n]|\r(?=\n|$)/g, "");

/** Lays a text out and compares what both say; braces that do not match are no excuse here. */
function assertSame(text: string): void {
  const formatted = layOut(text);
  for (const id of IDS) assert.deepEqual(reading(formatted, id), reading(text, id));
  assert.equal(layOut(formatted), formatted, "formatting again changes nothing");
}

/** Nothing but blanks and line ends may come or go; a comment may pass a brace. */
function assertNothingLost(text: string): void {
  const sorted = (of: string) => Array.from(bare(of)).sort().join("");
  assert.equal(sorted(layOut(text)), sorted(text));
}

function samples(): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  const visit = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      // Text of other languages, and braces that do not match, are laid out as well as can be.
      if (name.startsWith("mistake_")) continue;
      if (isDirectory) visit(path);
      else if (name.endsWith(".conf")) {
        found.push([path.slice(ROOT.length), decodeText(Deno.readFileSync(path))]);
      }
    }
  };
  visit(`${ROOT}tests/golden`);
  if (hasCorpus()) visit(CORPUS);
  return found.sort();
}

function hasCorpus(): boolean {
  try {
    return Deno.statSync(CORPUS).isDirectory;
  } catch {
    return false;
  }
}

const SAMPLES = samples();

Deno.test({
  name: "layOut() corpus, reads the same (needs ../shared/corpus)",
  ignore: !hasCorpus(),
  fn() {
    const corpus = SAMPLES.filter(([path]) => path.includes("corpus"));
    assert.ok(corpus.length > 0);
    for (const [path, text] of corpus) {
      assertSame(text);
      assertNothingLost(text);
      assert.notEqual(formatConfig(text, path).refused, "unsafe");
    }
  },
});

Deno.test("layOut() golden cases, read the same", () => {
  const golden = SAMPLES.filter(([path]) => !path.includes("corpus"));
  assert.ok(golden.length > 10);
  for (const [path, text] of golden) {
    assertSame(text);
    assertNothingLost(text);
    assert.equal(formatConfig(text, path).refused, undefined);
  }
});

/** Changes of layout that mean nothing to keepalived, applied by a stream of choices. */
function withOtherLayout(text: string, choose: () => number): string {
  return `${text}\n`.split(/\r?\n/).flatMap((line) => {
    if (/["'\\$@~#!]|include/.test(line)) return [line];
    const blanks = line.replaceAll(/[ \t]+/g, () => [" ", "\t", "   "][choose() % 3] ?? " ");
    switch (choose() % 4) {
      case 0:
        return blanks.replace("{", "\n{").split("\n");
      case 1:
        return [blanks.replace(/[ \t]+\{/, "{")];
      case 2:
        return [blanks === "" ? "" : `${blanks}\r`];
      default:
        return [blanks];
    }
  }).join("\n");
}

/** The same with comments and empty lines added. */
function withComments(text: string, choose: () => number): string {
  return text.split("\n").flatMap((line) => {
    if (/["'\\$@~#!]|include/.test(line)) return [line];
    return choose() % 3 === 0 ? [`${line}  # a comment {`, "! another }", ""] : ["", line, "\t"];
  }).join("\n");
}

const sample = fc.constantFrom(...SAMPLES.map(([, text]) => text));
const choices = fc.array(fc.nat({ max: 1000 }), { minLength: 50, maxLength: 50 });

Deno.test("layOut() another layout of a sample, gives what the sample gives", () => {
  fc.assert(
    fc.property(sample, choices, (text, numbers) => {
      let at = 0;
      const variant = withOtherLayout(text, () => numbers[at++ % numbers.length] ?? 0);
      assertSame(variant);
      assert.equal(layOut(variant), layOut(text));
    }),
    { numRuns: 150 },
  );
});

Deno.test("layOut() comments put into a sample, are kept and change nothing", () => {
  fc.assert(
    fc.property(sample, choices, (text, numbers) => {
      let at = 0;
      const variant = withComments(text, () => numbers[at++ % numbers.length] ?? 0);
      assertSame(variant);
      assertNothingLost(variant);
    }),
    { numRuns: 100 },
  );
});

/** Everything that is special in a line or at its ends. */
const SPECIAL = [
  "{",
  "}",
  '"',
  "'",
  "\\",
  "#",
  "!",
  "$A",
  "${A}",
  "$A=",
  "$B=x",
  "@high ",
  "@^low ",
  "~SEQ(i, 2) ",
  "~LST({A, B}, {1, 2}) ",
  "include part",
  "include_check",
  "${_HASH}",
  "${_BANG}",
  "${_RANDOM 1 9}",
  "\n",
  "\n\n",
  "\r\n",
  "\r",
  "\0",
  "\t",
  "  ",
  " \\\n",
  "x".repeat(1018),
  "é".repeat(506),
  " ".repeat(1015),
  "\udc80",
];

Deno.test("layOut() a sample with pieces put in or taken out, reads the same", () => {
  const edits = fc.array(
    fc.record({ at: fc.nat(), cut: fc.nat({ max: 6 }), put: fc.constantFrom("", ...SPECIAL) }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(sample, edits, (text, list) => {
      let broken = text;
      for (const { at, cut, put } of list) {
        const index = at % (broken.length + 1);
        broken = broken.slice(0, index) + put + broken.slice(index + cut);
      }
      assertSame(broken);
      assertNothingLost(broken);
    }),
    { numRuns: 400 },
  );
});

const WORDS = [
  "global_defs",
  "vrrp_instance VI_1 {",
  "state MASTER",
  "interface eth0",
  "virtual_router_id 5",
  "priority 100",
  "virtual_ipaddress {",
  "10.0.0.1/24  dev eth0",
  "notify_master \"/bin/x  'a b'\"  root",
  "virtual_server 10.0.0.1 80",
  "real_server 10.0.0.2 80{",
  "TCP_CHECK {",
  "connect_timeout 3",
  "$A",
  "a",
  "# comment",
  " ",
  "}",
];

Deno.test("layOut() soup of words and special pieces, reads the same", () => {
  const soup = fc.array(
    fc.oneof(
      fc.constantFrom(...WORDS),
      fc.constantFrom(...SPECIAL),
      fc.constantFrom("\n", " ", "\n", "{", "}"),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(soup, (pieces) => {
      const text = pieces.join("");
      assertSame(text);
      assertNothingLost(text);
    }),
    { numRuns: 1500 },
  );
});

Deno.test("formatConfig() any bytes, never throws and gives bytes that read the same", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = decodeText(bytes);
      assert.deepEqual(encodeText(text), bytes);
      const { text: formatted, refused } = formatConfig(text, "a.conf");
      if (refused !== undefined) assert.deepEqual(encodeText(formatted), bytes);
      assertSame(text);
    }),
    { numRuns: 500 },
  );
});
