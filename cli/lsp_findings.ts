/** Telling an editor of findings, in all files that its documents belong to. */

import type { Connection } from "vscode-languageserver";
import { hostAddresses, scriptFacts } from "../src/daemon/lint_facts.ts";
import { hostFacts } from "../src/daemon/source_files.ts";
import {
  diagnose,
  type EditorDiagnostic,
  type Machine,
  rootOf,
  type ViewOptions,
} from "../src/editor/mod.ts";
import type { ScriptFact } from "../src/document/lint/mod.ts";
import { type ClientAbilities, type Positions, toDiagnostic } from "./lsp_protocol.ts";
import type { Workspace } from "./lsp_workspace.ts";

/** Tells an editor of findings. */
export interface FindingsTeller {
  /** Looks again, once for all changes that arrive together. */
  readonly refresh: () => void;
  /** Forgets what this machine said of programs. */
  readonly forgetPrograms: () => void;
}

/** What a teller needs. */
export interface TellerOptions {
  readonly workspace: Workspace;
  /** The files are for this machine. */
  readonly host: boolean;
  readonly abilities: () => ClientAbilities;
}

/** A teller that has told nothing yet. */
export function findingsTeller(connection: Connection, options: TellerOptions): FindingsTeller {
  const { workspace, host, abilities } = options;
  const scripts = new Map<string, ScriptFact>();
  let told: ReadonlyMap<string, string> = new Map();
  let waiting = false;

  const tell = () => {
    const machine = host ? { facts: hostFacts(), addresses: hostAddresses(), scripts } : undefined;
    const { found, programs } = diagnoseAll(workspace.look(), machine);
    if (host) learn(programs).catch(complain);
    const next = new Map<string, string>();
    const positions = new Map<string, Positions>();
    const places = {
      uriOf: workspace.uriOf,
      positionsOf: (path: string) => {
        const known = positions.get(path) ?? workspace.positionsOf(path);
        positions.set(path, known);
        return known;
      },
    };
    for (const path of new Set([...found.keys(), ...told.keys()])) {
      const document = workspace.documentOf(path);
      const diagnostics = (found.get(path) ?? []).map((finding) =>
        toDiagnostic(finding, { path, places, abilities: abilities() })
      );
      const text = JSON.stringify(diagnostics);
      if (document !== undefined || diagnostics.length > 0) next.set(path, text);
      if (document === undefined && told.get(path) === text) continue;
      connection.sendDiagnostics({
        uri: workspace.uriOf(path),
        diagnostics,
        ...(document && { version: document.version }),
      }).catch(() => {}); // the editor is gone, which the end of stdin tells as well
    }
    told = next;
  };

  /** Asks this machine for programs not asked for yet; looks again when it knew some. */
  const learn = async (programs: ReadonlySet<string>) => {
    const facts = await scriptFacts([...programs].filter((program) => !scripts.has(program)));
    for (const [program, fact] of facts) scripts.set(program, fact);
    if (facts.size > 0) refresh();
  };

  const refresh = () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      try {
        tell();
      } catch (error) {
        complain(error);
      }
    }, 0);
  };

  /** A bug: the editor hears of it and keeps its server. */
  const complain = (error: unknown) =>
    connection.console.error(error instanceof Error ? `${error.stack}` : String(error));

  return { refresh, forgetPrograms: () => scripts.clear() };
}

/** The findings of all files that the open ones belong to, by path; every open file is among them. */
function diagnoseAll(
  look: Required<ViewOptions>,
  machine: Machine | undefined,
): {
  readonly found: ReadonlyMap<string, readonly EditorDiagnostic[]>;
  readonly programs: ReadonlySet<string>;
} {
  const { files, open } = look;
  const found = new Map<string, Map<string, EditorDiagnostic>>(
    open.map((path) => [path, new Map()]),
  );
  const programs = new Set<string>();
  for (const root of new Set(open.map((path) => rootOf(path, look)))) {
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
