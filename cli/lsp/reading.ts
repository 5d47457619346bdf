/** Reading for an editor: the findings of all files that its documents belong to. */

import { hostAddresses, scriptFacts } from "../../src/daemon/host/lint_facts.ts";
import { hostFacts, systemFiles } from "../../src/daemon/host/source_files.ts";
import {
  diagnose,
  type EditorDiagnostic,
  type Machine,
  overlay,
  rootOf,
} from "../../src/editor/mod.ts";
import type { SourceFiles } from "../../src/language/mod.ts";
import type { ScriptFact } from "../../src/document/lint/mod.ts";

/** What all readings of an editor share. */
export interface ReadingOptions {
  /** The files are for this machine. */
  readonly host: boolean;
  /** `-i`: id of `@ID` lines. */
  readonly configId?: string;
}

/** What to read. */
export interface ReadingTask {
  /** Texts of the open documents, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** Look at the programs of this machine again. */
  readonly forgetPrograms: boolean;
}

/** Findings by path; every open document is among them. */
export type Found = ReadonlyMap<string, readonly EditorDiagnostic[]>;

/** Gives a function that reads, and remembers what this machine said of programs. */
export function readingOf(options: ReadingOptions): (task: ReadingTask) => Promise<Found> {
  const { host, configId } = options;
  const scripts = new Map<string, ScriptFact>();
  return async ({ texts, forgetPrograms }) => {
    if (forgetPrograms) scripts.clear();
    const disk = systemFiles(configId === undefined ? {} : { configId });
    // The same number every time: findings must not change while nobody types.
    const files = overlay({ ...disk, randomSeed: 1 }, texts);
    const read = () => {
      const machine = host
        ? { facts: hostFacts(), addresses: hostAddresses(), scripts }
        : undefined;
      return diagnoseAll(files, [...texts.keys()], machine);
    };
    const { found, programs } = read();
    if (!host) return found;
    const unknown = [...programs].filter((program) => !scripts.has(program));
    const facts = await scriptFacts(unknown);
    for (const [program, fact] of facts) scripts.set(program, fact);
    return facts.size === 0 ? found : read().found;
  };
}

function diagnoseAll(
  files: SourceFiles,
  open: readonly string[],
  machine: Machine | undefined,
): { readonly found: Found; readonly programs: ReadonlySet<string> } {
  const found = new Map<string, Map<string, EditorDiagnostic>>(
    open.map((path) => [path, new Map()]),
  );
  const programs = new Set<string>();
  for (const root of new Set(open.map((path) => rootOf(path, { files, open })))) {
    const diagnosis = diagnose(root, files, machine);
    for (const program of diagnosis.programs) programs.add(program);
    for (const [path, list] of diagnosis.findings) {
      const own = found.get(path) ?? new Map<string, EditorDiagnostic>();
      found.set(path, own);
      for (const finding of list) own.set(JSON.stringify(finding), finding);
    }
  }
  const lists = Array.from(found, ([path, list]) => [path, [...list.values()]] as const);
  return { found: new Map(lists), programs };
}
