/**
 * Findings as SARIF 2.1.0 (OASIS), which code hosts and editors read. Only rules that found
 * something are listed.
 */

import type { Diagnostic, Severity } from "./diagnostic.ts";
import { ALL_RULES, type RuleName } from "./rules.ts";

/** Where the format is described; readers compare this text. */
const SCHEMA =
  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** SARIF's words (§3.27.10). */
const LEVEL: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  info: "note",
};

/** One run as a SARIF log, one JSON text with a line end. */
export function renderSarif(
  diagnostics: readonly Diagnostic[],
  tool: { readonly version: string },
): string {
  const names = [...new Set(diagnostics.map(({ code }) => code))].sort();
  const log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [{
      tool: { driver: { name: "holdfast", version: tool.version, rules: names.map(ruleOf) } },
      columnKind: "utf16CodeUnits",
      results: diagnostics.map((diagnostic) => resultOf(diagnostic, names)),
    }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf(name: RuleName): object {
  return { id: name, name: pascalCase(name), shortDescription: { text: ALL_RULES[name] } };
}

function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function resultOf(diagnostic: Diagnostic, names: readonly RuleName[]): object {
  const { code, severity, message, hint, fix, column, length, more, via } = diagnostic;
  return {
    ruleId: code,
    ruleIndex: names.indexOf(code),
    level: LEVEL[severity],
    message: { text: hint === undefined ? message : `${message} (${hint})` },
    locations: [locationOf(diagnostic, column + length)],
    ...(fix !== undefined && { fixes: [fixOf(diagnostic, fix)] }),
    ...(more !== undefined && { occurrenceCount: more + 1 }),
    ...(via.length > 0 && {
      relatedLocations: via.map((at) => ({
        ...locationOf(at, undefined),
        message: { text: "Included or used here" },
      })),
    }),
  };
}

/** §3.29. */
interface PhysicalLocation {
  readonly artifactLocation: object;
  readonly region: object;
}

/** §3.55: one replacement in one file. */
function fixOf({ file, line, column, length }: Diagnostic, text: string): object {
  const { physicalLocation } = locationOf({ file, line, column }, column + length);
  const { artifactLocation, region } = physicalLocation;
  const replacements = [{ deletedRegion: region, insertedContent: { text } }];
  return {
    description: { text: `Write ${text}` },
    artifactChanges: [{ artifactLocation, replacements }],
  };
}

function locationOf(
  { file, line, column }: Diagnostic["via"][number],
  endColumn: number | undefined,
): { readonly physicalLocation: PhysicalLocation } {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: {
        startLine: line,
        startColumn: column,
        ...(endColumn !== undefined && { endColumn }),
      },
    },
  };
}

/** A path as URI reference (RFC 3986), `file:` when absolute. */
function uriOf(path: string): string {
  const encoded = path.split("/").map(encodePart).join("/");
  if (path.startsWith("/")) return `file://${encoded}`;
  return /^[^/]*:/.test(encoded) ? `./${encoded}` : encoded; // the first part must not look like a scheme
}

/** Percent-encodes; a lone surrogate, a byte that was no UTF-8, becomes that byte again. */
function encodePart(part: string): string {
  return Array.from(
    part,
    (character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0xd800 || code > 0xdfff) return encodeURIComponent(character);
      return code >= 0xdc80 && code <= 0xdcff
        ? `%${(code - 0xdc00).toString(16).toUpperCase()}`
        : "%EF%BF%BD";
    },
  ).join("");
}
