/** For tests: lint of a text held in memory. */

import { type Diagnostic, memoryFiles, type RuleName, toldOf } from "../../language/mod.ts";
import { recordFiles } from "../../language/source/recorded_files.ts";
import { readBound, type ReadOptions } from "../config.ts";
import { lint, type LintInput } from "./mod.ts";

/** What else is given. */
export interface LintTextOptions extends Pick<LintInput, "addresses" | "scripts"> {
  /** Text of the other node's file, `other.conf`. */
  readonly peer?: string;
  readonly off?: readonly RuleName[];
  readonly host?: ReadOptions["host"];
}

/** Findings of `own.conf` with this text, those that are shown. */
export function lintText(text: string, options: LintTextOptions = {}): readonly Diagnostic[] {
  return toldOf(allOfText(text, options));
}

/** All findings of it. */
export function allOfText(text: string, options: LintTextOptions = {}): readonly Diagnostic[] {
  const { peer, off = [], host, ...facts } = options;
  const files = memoryFiles({ "/own.conf": text, "/other.conf": peer ?? "" });
  const recorded = recordFiles(files);
  const own = readBound("own.conf", recorded.files, host === undefined ? {} : { host });
  return lint({
    ...own,
    ...facts,
    peers: peer === undefined ? [] : [{ path: "other.conf", ...readBound("other.conf", files) }],
  }, { off: new Set(off), files: ["own.conf"], lines: recorded.lines });
}

/** The same as `line:column severity rule: message`, of lint's rules or of the rules named. */
export function lintLines(
  text: string,
  rules: readonly RuleName[],
  options: LintTextOptions = {},
): readonly string[] {
  return lintText(text, options).filter(({ code }) => rules.includes(code))
    .map(({ line, column, severity, code, message }) =>
      `${line}:${column} ${severity} ${code}: ${message}`
    );
}

/**
 * A file with one instance that has no findings of lint; lines are added at the end of the block.
 */
export function instanceText(lines: readonly string[], name = "VI_1"): string {
  return [
    `vrrp_instance ${name} {`,
    "  interface eth0",
    "  virtual_router_id 51",
    "  virtual_ipaddress {",
    "    10.0.0.1/24",
    "  }",
    ...lines.map((line) => `  ${line}`),
    "}",
    "",
  ].join("\n");
}
