/** The language server: requests of an editor in, answers and findings out. */

import process from "node:process";
import {
  type Connection,
  createConnection,
  DidChangeWatchedFilesNotification,
  type InitializeResult,
  type Location,
  type LocationLink,
  TextDocumentSyncKind,
  type WatchDog,
} from "vscode-languageserver";
import { createProtocolConnection } from "vscode-languageserver/node";
import {
  completionsAt,
  definitionAt,
  formattingOf,
  hoverAt,
  symbolsOf,
  type Targets,
  type View,
  viewOf,
} from "../src/editor/mod.ts";
import { findingsTeller } from "./lsp_findings.ts";
import {
  abilitiesOf,
  type ClientAbilities,
  NO_ABILITIES,
  type Positions,
  toCompletion,
  toHover,
  toLink,
  toSymbol,
} from "./lsp_protocol.ts";
import { pathOf } from "./lsp_uri.ts";
import { type Workspace, workspaceOf } from "./lsp_workspace.ts";
import { VERSION } from "./version.ts";

/** How to serve. */
export interface ServeOptions {
  /** The files are for this machine. */
  readonly host: boolean;
  /** `-i`: id of `@ID` lines. */
  readonly configId?: string;
}

/** Serves one editor until it says goodbye or closes stdin; gives the exit code the protocol wants. */
export function serve(options: ServeOptions): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const watchDog: WatchDog = {
    shutdownReceived: false,
    initialize: () => {}, // an editor that dies closes stdin
    exit: resolve,
  };
  for (const end of ["end", "close"]) {
    process.stdin.on(end, () => resolve(watchDog.shutdownReceived ? 0 : 1));
  }
  const connection = createConnection(
    (logger) => createProtocolConnection(process.stdin, process.stdout, logger),
    watchDog,
  );
  const workspace = workspaceOf(options);
  let abilities = NO_ABILITIES;
  const findings = findingsTeller(connection, {
    workspace,
    host: options.host,
    abilities: () => abilities,
  });
  connection.onInitialize((params) => {
    abilities = abilitiesOf(params);
    return CAPABILITIES;
  });
  connection.onInitialized(() => {
    if (!abilities.watchedFiles) return;
    const watchers = [{ globPattern: "**/*.conf" }];
    // An editor that will not watch has findings that are renewed when somebody types.
    connection.client.register(DidChangeWatchedFilesNotification.type, { watchers })
      .catch(() => {});
  });
  connection.onDidChangeWatchedFiles(findings.refresh);
  workspace.documents.onDidChangeContent(findings.refresh);
  workspace.documents.onDidClose(findings.refresh);
  workspace.documents.onDidSave(() => {
    findings.forgetPrograms();
    findings.refresh();
  });
  answerQuestions(connection, workspace, () => abilities);
  workspace.documents.listen(connection);
  connection.listen();
  return promise;
}

function answerQuestions(
  connection: Connection,
  workspace: Workspace,
  abilities: () => ClientAbilities,
): void {
  /** Answers a question about a document; `undefined` when it is not open. */
  const about = <T>(
    { textDocument }: { readonly textDocument: { readonly uri: string } },
    answer: (view: View, positions: Positions) => T,
  ): T | undefined => {
    const path = pathOf(textDocument.uri);
    const view = workspace.documentOf(path) && viewOf(path, workspace.look());
    return view && answer(view, workspace.positionsOf(path));
  };
  connection.onCompletion((params) =>
    about(
      params,
      (view, positions) =>
        completionsAt(view, positions.fromClient(params.position), params.context?.triggerCharacter)
          .map((item) => toCompletion(item, positions, abilities())),
    )
  );
  connection.onHover((params) =>
    about(params, (view, positions) => {
      const hover = hoverAt(view, positions.fromClient(params.position));
      return hover && toHover(hover, positions, abilities());
    })
  );
  connection.onDefinition((params) =>
    about(params, (view, positions) => {
      const targets = definitionAt(view, positions.fromClient(params.position));
      return targets && goTo(targets, positions, { workspace, links: abilities().links });
    })
  );
  connection.onDocumentSymbol((params) =>
    about(
      params,
      (view, positions) => symbolsOf(view).map((symbol) => toSymbol(symbol, positions)),
    )
  );
  connection.onDocumentFormatting((params) =>
    about(params, ({ text, path }, positions) =>
      formattingOf(text, path)
        .map((edit) => ({ range: positions.range(edit.range), newText: edit.text })))
  );
}

function goTo(
  { range, locations }: Targets,
  positions: Positions,
  { workspace, links }: { readonly workspace: Workspace; readonly links: boolean },
): Location[] | LocationLink[] {
  const found = locations.map((location) => ({
    uri: workspace.uriOf(location.path),
    range: workspace.positionsOf(location.path).range(location.range),
  }));
  return links ? found.map((location) => toLink(location, positions.range(range))) : found;
}

const CAPABILITIES: InitializeResult = {
  capabilities: {
    positionEncoding: "utf-16",
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
    completionProvider: { triggerCharacters: [" ", "$", "{", "/"] },
    hoverProvider: true,
    definitionProvider: true,
    documentSymbolProvider: true,
    documentFormattingProvider: true,
  },
  serverInfo: { name: "holdfast", version: VERSION },
};
