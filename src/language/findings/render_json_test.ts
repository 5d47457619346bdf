import assert from "node:assert/strict";
import { type Diagnostic, renderDiagnostic } from "./diagnostic.ts";
import { renderFinding } from "./render.ts";
import { renderJson } from "./render_json.ts";
import { renderSarif } from "./render_sarif.ts";

const PLAIN: Diagnostic = {
  file: "/etc/keepalived/a b.conf",
  line: 3,
  column: 5,
  length: 2,
  severity: "info",
  code: "not-acted-on",
  message: "Cannot act on vmac yet",
  via: [],
};

const FULL: Diagnostic = {
  ...PLAIN,
  file: "conf.d/x.conf",
  severity: "error",
  code: "unknown-keyword",
  message: 'Cannot use keyword "prioriti" in vrrp_instance: unknown',
  hint: "did you mean priority",
  fix: "priority",
  status: "unknown-keyword",
  about: { kind: "lost", keyword: "priority" },
  via: [{ file: "main.conf", line: 1, column: 1 }],
};

Deno.test("renderJson() writes an array of findings with all fields", () => {
  assert.deepEqual(JSON.parse(renderJson([PLAIN, FULL])), [
    {
      file: "/etc/keepalived/a b.conf",
      line: 3,
      column: 5,
      endColumn: 7,
      severity: "info",
      rule: "not-acted-on",
      message: "Cannot act on vmac yet",
      hint: null,
      fix: null,
      status: null,
      more: 0,
      via: [],
    },
    {
      file: "conf.d/x.conf",
      line: 3,
      column: 5,
      endColumn: 7,
      severity: "error",
      rule: "unknown-keyword",
      message: 'Cannot use keyword "prioriti" in vrrp_instance: unknown',
      hint: "did you mean priority",
      fix: "priority",
      status: "unknown-keyword",
      more: 0,
      via: [{ file: "main.conf", line: 1, column: 1 }],
    },
  ]);
  assert.equal(renderJson([]), "[]\n");
});

/**
 * Required members and allowed values of the SARIF 2.1.0 schema, for the objects written here;
 * others are refused.
 */
interface Shape {
  readonly required: Readonly<Record<string, Check>>;
  readonly optional?: Readonly<Record<string, Check>>;
}

type Check = (value: unknown, path: string) => void;

const text: Check = (value, path) => assert.ok(typeof value === "string" && value !== "", path);
const from = (min: number): Check => (value, path) =>
  assert.ok(typeof value === "number" && Number.isInteger(value) && value >= min, path);
const oneOf = (...words: string[]): Check => (value, path) =>
  assert.ok(typeof value === "string" && words.includes(value), path);
const uri: Check = (value, path) =>
  assert.ok(
    typeof value === "string" && /^(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+$/.test(value),
    path,
  );
const list = (check: Check): Check => (value, path) => {
  assert.ok(Array.isArray(value), path);
  for (const [index, each] of value.entries()) check(each, `${path}[${index}]`);
};
const object = ({ required, optional = {} }: Shape): Check => (value, path) => {
  assert.ok(typeof value === "object" && value !== null, path);
  const entries = new Map(Object.entries(value));
  for (const name of Object.keys(required)) {
    assert.ok(entries.has(name), `${path}.${name} is missing`);
  }
  for (const [name, each] of entries) {
    const check = required[name] ?? optional[name];
    assert.ok(check, `${path}.${name} is unknown`);
    check(each, `${path}.${name}`);
  }
};

const MESSAGE = object({ required: { text } });
const REGION = object({
  required: { startLine: from(1), startColumn: from(1) },
  optional: { endColumn: from(1) },
});
const LOCATION = object({
  required: {
    physicalLocation: object({
      required: {
        artifactLocation: object({ required: { uri } }),
        region: REGION,
      },
    }),
  },
  optional: { message: MESSAGE },
});
const FIX = object({
  required: {
    artifactChanges: list(object({
      required: {
        artifactLocation: object({ required: { uri } }),
        replacements: list(object({
          required: { deletedRegion: REGION },
          optional: { insertedContent: MESSAGE },
        })),
      },
    })),
  },
  optional: { description: MESSAGE },
});
const SARIF = object({
  required: {
    $schema: uri,
    version: oneOf("2.1.0"),
    runs: list(object({
      required: {
        tool: object({
          required: {
            driver: object({
              required: {
                name: text,
                version: text,
                rules: list(
                  object({ required: { id: text, name: text, shortDescription: MESSAGE } }),
                ),
              },
            }),
          },
        }),
        columnKind: oneOf("utf16CodeUnits", "unicodeCodePoints"),
        results: list(object({
          required: {
            ruleId: text,
            ruleIndex: from(0),
            level: oneOf("none", "note", "warning", "error"),
            message: MESSAGE,
            locations: list(LOCATION),
          },
          optional: {
            relatedLocations: list(LOCATION),
            occurrenceCount: from(1),
            fixes: list(FIX),
          },
        })),
      },
    })),
  },
});

Deno.test("renderSarif() has the shape of SARIF 2.1.0, empty and not", () => {
  for (const findings of [[], [PLAIN, FULL]]) {
    SARIF(JSON.parse(renderSarif(findings, { version: "1.2.3" })), "log");
  }
});

Deno.test("a finding that stands for others, says in each format how many", () => {
  const several = { ...FULL, more: 41 };
  assert.equal(JSON.parse(renderJson([several]))[0].more, 41);
  const log = JSON.parse(renderSarif([several], { version: "1.2.3" }));
  SARIF(log, "log");
  assert.equal(log.runs[0].results[0].occurrenceCount, 42);
  assert.match(
    renderDiagnostic(several),
    /in vrrp_instance: unknown \(and 41 more\), did you mean/,
  );
  const shown = renderFinding(several, { lines: () => undefined, colour: false });
  assert.match(shown.split("\n")[0] ?? "", /unknown \(and 41 more\)$/);
});

Deno.test("renderSarif() names rules, levels and regions", () => {
  const log = JSON.parse(renderSarif([PLAIN, FULL], { version: "1.2.3" }));
  const [{ tool, results }] = log.runs;
  assert.deepEqual(tool.driver.rules, [
    {
      id: "not-acted-on",
      name: "NotActedOn",
      shortDescription: { text: "keepalived acts on this and holdfast does not yet" },
    },
    {
      id: "unknown-keyword",
      name: "UnknownKeyword",
      shortDescription: { text: "A word is no keyword of its block" },
    },
  ]);
  assert.deepEqual(results[1], {
    ruleId: "unknown-keyword",
    ruleIndex: 1,
    level: "error",
    message: {
      text: 'Cannot use keyword "prioriti" in vrrp_instance: unknown (did you mean priority)',
    },
    locations: [{
      physicalLocation: {
        artifactLocation: { uri: "conf.d/x.conf" },
        region: { startLine: 3, startColumn: 5, endColumn: 7 },
      },
    }],
    relatedLocations: [{
      physicalLocation: {
        artifactLocation: { uri: "main.conf" },
        region: { startLine: 1, startColumn: 1 },
      },
      message: { text: "Included or used here" },
    }],
    fixes: [{
      description: { text: "Write priority" },
      artifactChanges: [{
        artifactLocation: { uri: "conf.d/x.conf" },
        replacements: [{
          deletedRegion: { startLine: 3, startColumn: 5, endColumn: 7 },
          insertedContent: { text: "priority" },
        }],
      }],
    }],
  });
  assert.equal(
    results[0].locations[0].physicalLocation.artifactLocation.uri,
    "file:///etc/keepalived/a%20b.conf",
  );
});
