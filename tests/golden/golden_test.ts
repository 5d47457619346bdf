/**
 * Golden cases: a folder each with `input.conf` (and the files it includes), what it means
 * (`expected.json`) and what is found (`diagnostics.txt`; what only follows from another finding, and is not
 * shown to people, is marked). `--update` after `--` (or `UPDATE_GOLDEN=1`) writes
 * the last two anew, for a human to read the difference.
 *
 * What it means is written as the difference from `usual.conf`, so that a keyword that a case has nothing to do with changes nothing
 * there (`difference.ts`).
 */

import assert from "node:assert/strict";
import {
  type Diagnostic,
  exitStatus,
  memoryFiles,
  renderDiagnostic,
} from "../../src/language/mod.ts";
import { Secret, toHex } from "../../src/net/mod.ts";
import { readConfig } from "../../src/document/config.ts";
import { differenceFrom, type Json } from "./difference.ts";

const HERE = new URL(".", import.meta.url).pathname;
const UPDATE = Deno.args.includes("--update") || Deno.env.get("UPDATE_GOLDEN") === "1";

for (const name of caseNames()) {
  Deno.test(`golden: ${name}, means and reports what is written down`, () => {
    const { json, findings } = readCase(name);
    if (UPDATE) {
      Deno.writeTextFileSync(`${HERE}${name}/expected.json`, json);
      Deno.writeTextFileSync(`${HERE}${name}/diagnostics.txt`, findings);
    }
    assert.equal(findings, Deno.readTextFileSync(`${HERE}${name}/diagnostics.txt`));
    assert.equal(json, Deno.readTextFileSync(`${HERE}${name}/expected.json`));
  });
}

const USUAL = asJson(
  readConfig(
    "/usual.conf",
    memoryFiles({ "/usual.conf": Deno.readTextFileSync(`${HERE}usual.conf`) }),
  )[0],
);

function caseNames(): readonly string[] {
  return Array.from(Deno.readDirSync(HERE)).filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => name).filter((name) => exists(`${HERE}${name}/input.conf`)).sort();
}

function readCase(name: string): { readonly json: string; readonly findings: string } {
  const directory = "/etc/keepalived";
  const files = Object.fromEntries(filesOf(`${HERE}${name}`, directory));
  const [config, diagnostics] = readConfig("input.conf", memoryFiles(files, { directory }));
  const shown = (each: Diagnostic) =>
    `${each.follows === true ? "follows: " : ""}${renderDiagnostic(each)}`;
  const lines = [...diagnostics.map(shown), `exit ${exitStatus(diagnostics)}`];
  return {
    json: `${JSON.stringify(differenceFrom(USUAL, asJson(config)) ?? {}, undefined, 2)}\n`,
    findings: lines.map((line) => `${line}\n`).join(""),
  };
}

/** Secrets are data of the tests: what must not be printed elsewhere is compared here. */
function asJson(config: unknown): Json {
  function bytes(this: unknown, key: string, value: unknown): unknown {
    const raw = typeof this === "object" && this !== null ? Reflect.get(this, key) : undefined;
    if (raw instanceof Secret) return toHex(raw.reveal());
    return value instanceof Uint8Array ? toHex(value) : value;
  }
  return JSON.parse(JSON.stringify(config, bytes));
}

function filesOf(folder: string, path: string): readonly (readonly [string, Uint8Array])[] {
  return Array.from(Deno.readDirSync(folder)).flatMap(({ name, isDirectory }) =>
    isDirectory
      ? filesOf(`${folder}/${name}`, `${path}/${name}`)
      : [[`${path}/${name}`, Deno.readFileSync(`${folder}/${name}`)] as const]
  );
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
