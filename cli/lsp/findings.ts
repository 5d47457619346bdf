/** Telling an editor of findings, in all files that its documents belong to: always those of the newest texts. */

import type { Connection } from "vscode-languageserver";
import { type ClientAbilities, type Positions, toDiagnostic } from "./protocol.ts";
import type { EditorDiagnostic } from "../../src/editor/mod.ts";
import type { FindingsReader } from "./reader.ts";
import type { Found } from "./reading.ts";
import type { Workspace } from "./workspace.ts";

/** Tells an editor of findings. */
export interface FindingsTeller {
  /** Something changed. While one reading is under way, all that changes is left to one other, which begins when it ends. */
  readonly refresh: () => void;
  /** Forgets what this machine said of programs. */
  readonly forgetPrograms: () => void;
  /** What was told last of an open document; empty while its text is another one than then. */
  readonly findingsOf: (path: string) => readonly EditorDiagnostic[];
}

/** What a teller needs. */
export interface TellerOptions {
  readonly workspace: Workspace;
  readonly reader: FindingsReader;
  readonly abilities: () => ClientAbilities;
}

/** What a teller says goes out here. */
export interface TellerConnection {
  readonly sendDiagnostics: Connection["sendDiagnostics"];
  readonly console: Pick<Connection["console"], "error">;
  readonly tracer: Pick<Connection["tracer"], "log">;
}

/** A teller that has told nothing yet. */
export function findingsTeller(
  connection: TellerConnection,
  { workspace, reader, abilities }: TellerOptions,
): FindingsTeller {
  /** Paths with findings or a document, and what was said of those that are not open. */
  let told: ReadonlyMap<string, string | undefined> = new Map();
  let changed = false;
  let reading = false;
  let forgetPrograms = false;

  /** What was told last, and of which texts. */
  let last: { readonly found: Found; readonly texts: ReadonlyMap<string, string> } | undefined;

  const tell = (found: Found) => {
    const next = new Map<string, string | undefined>();
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
      if (document !== undefined) next.set(path, undefined);
      else {
        const text = JSON.stringify(diagnostics);
        if (diagnostics.length > 0) next.set(path, text);
        if (told.get(path) === text) continue;
      }
      connection.sendDiagnostics({
        uri: workspace.uriOf(path),
        diagnostics,
        ...(document && { version: document.version }),
      }).catch(() => {}); // the editor is gone, which the end of stdin tells as well
    }
    told = next;
  };

  /** Reads until nothing has changed since. Findings that are outdated when they come are not told. */
  const readOn = async () => {
    while (changed) {
      changed = false;
      const task = { texts: workspace.texts(), forgetPrograms };
      forgetPrograms = false;
      const begun = performance.now();
      const found = await reader.read(task);
      const took = `${Math.round(performance.now() - begun)} ms`;
      connection.tracer.log(
        changed ? `Read for ${took} what has changed since` : `Read for ${took}`,
      );
      if (changed) continue;
      last = { found, texts: task.texts };
      tell(found);
    }
  };

  const refresh = () => {
    changed = true;
    if (reading) return;
    reading = true;
    readOn()
      // A bug: the editor hears of it and keeps its server.
      .catch((error) =>
        connection.console.error(error instanceof Error ? `${error.stack}` : `${error}`)
      )
      .finally(() => {
        reading = false;
        if (changed) refresh();
      });
  };

  return {
    refresh,
    forgetPrograms: () => void (forgetPrograms = true),
    findingsOf: (path) => {
      const text = workspace.documentOf(path)?.getText();
      return text !== undefined && last?.texts.get(path) === text ? last.found.get(path) ?? [] : [];
    },
  };
}
