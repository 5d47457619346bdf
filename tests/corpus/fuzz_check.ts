/** What must hold for any bytes: no throw, findings in order and in place, secrets kept. */

import { type Diagnostic, exitStatus, memoryFiles, preprocess } from "../../src/language/mod.ts";
import { decodeText } from "../../src/language/source/text.ts";
import { readConfig } from "../../src/document/config.ts";

const PATH = "/case/main.conf";

/** What reading an input was like. */
export interface Reading {
  /** What must not be; empty when all is well. */
  readonly wrong: readonly string[];
  readonly kilobytes: number;
  /** Lines after includes, sequences and definitions, thousands. */
  readonly lines: number;
  readonly milliseconds: number;
  /** Sequences may go round a million times, without a line of their own. */
  readonly goesRound: boolean;
}

/** Reads an input. */
export function readInput(bytes: Uint8Array, now: () => number): Reading {
  const files = memoryFiles({ [PATH]: bytes }, { directory: "/case" });
  const kilobytes = bytes.length / 1024;
  const goesRound = /~(SEQ|LST)/.test(decodeText(bytes));
  const host = {
    interfaces: new Set(["eth0"]),
    hasProgram: () => true,
    hasAccount: (user: string) => user === "root",
  };
  try {
    const lines = preprocess(files, { path: PATH, allConfig: false, report: () => {} }).length;
    const begun = now();
    const [, diagnostics] = readConfig(PATH, files, { host });
    const milliseconds = now() - begun;
    exitStatus(diagnostics);
    const text = decodeText(bytes);
    const wrong = [
      ...misplaced(diagnostics, text),
      ...disordered(diagnostics),
      ...disclosed(diagnostics, text),
    ];
    return { wrong, kilobytes, lines: lines / 1000, milliseconds, goesRound };
  } catch (error) {
    const why = error instanceof Error ? error.stack ?? error.message : String(error);
    return { wrong: [`thrown: ${why}`], kilobytes, lines: 0, milliseconds: 0, goesRound };
  }
}

/** Findings outside the text. */
function misplaced(diagnostics: readonly Diagnostic[], text: string): readonly string[] {
  const lines = text.split("\n");
  return diagnostics.flatMap(({ file, line, column, length, message }) => {
    const width = lines[line - 1]?.length;
    const good = file === PATH && length >= 1 && column >= 1 &&
      (width === undefined ? line === 1 && text === "" : column <= width + 1);
    return good ? [] : [`outside the text: ${file}:${line}:${column}+${length} ${message}`];
  });
}

function disordered(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.flatMap((one, index) => {
    const next = diagnostics[index + 1];
    if (next === undefined || next.file !== one.file) return [];
    const good = one.line < next.line || (one.line === next.line && one.column <= next.column);
    return good
      ? []
      : [`out of order: ${one.line}:${one.column} before ${next.line}:${next.column}`];
  });
}

/** Words behind `auth_pass` that stand nowhere else and in a message all the same. */
function disclosed(diagnostics: readonly Diagnostic[], text: string): readonly string[] {
  const said = diagnostics.map(({ message, hint }) => `${message} ${hint ?? ""}`).join("\n");
  return [...text.matchAll(/^[ \t]*auth_pass[ \t]+([A-Za-z0-9]{5,40})[ \t]*$/gm)].flatMap(
    (match) => {
      const secret = match[1] ?? "";
      const elsewhere = text.split(secret).length > 2;
      return !elsewhere && said.includes(secret) ? [`a secret is told: ${secret}`] : [];
    },
  );
}
