/** The language server: requests of an editor in, answers and findings out. */

import process from "node:process";
import {
  type CancellationToken,
  type Connection,
  createConnection,
  DidChangeWatchedFilesNotification,
  type InitializeResult,
  type Location,
  type LocationLink,
  LSPErrorCodes,
  ResponseError,
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
} from "../../src/editor/mod.ts";
import { findingsTeller } from "./findings.ts";
import { threadReader } from "./reader.ts";
import {
  abilitiesOf,
  type ClientAbilities,
  NO_ABILITIES,
  type Positions,
  toCompletion,
  toHover,
  toLink,
  toSymbol,
} from "./protocol.ts";
import { pathOf } from "./uri.ts";
import type { ReadingOptions } from "./reading.ts";
import { type Workspace, workspaceOf } from "./workspace.ts";
import { VERSION } from "../version.ts";

/** Serves one editor until it says goodbye or closes stdin; gives the exit code the protocol wants. */
export async function serve(options: ReadingOptions): Promise<number> {
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
  using reader = threadReader(options, {
    complain: (error) => connection.console.warn(`Cannot read in a thread: ${error}`),
  });
  const findings = findingsTeller(connection, { workspace, reader, abilities: () => abilities });
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
  return await promise;
}

function answerQuestions(
  connection: Connection,
  workspace: Workspace,
  abilities: () => ClientAbilities,
): void {
  /** Answers a question about a document; with nothing when it is not open, or nobody waits any more. */
  const about = <T>(
    { textDocument }: { readonly textDocument: { readonly uri: string } },
    token: CancellationToken,
    answer: (view: View, positions: Positions) => T,
  ): T | ResponseError | undefined => {
    if (token.isCancellationRequested) {
      return new ResponseError(LSPErrorCodes.RequestCancelled, "Cancelled");
    }
    const path = pathOf(textDocument.uri);
    const view = workspace.viewOf(path);
    return view && answer(view, workspace.positionsOf(path));
  };
  connection.onCompletion((params, token) =>
    about(
      params,
      token,
      (view, positions) =>
        completionsAt(view, positions.fromClient(params.position), params.context?.triggerCharacter)
          .map((item) => toCompletion(item, positions, abilities())),
    )
  );
  connection.onHover((params, token) =>
    about(params, token, (view, positions) => {
      const hover = hoverAt(view, positions.fromClient(params.position));
      return hover && toHover(hover, positions, abilities());
    })
  );
  connection.onDefinition((params, token) =>
    about(params, token, (view, positions) => {
      const targets = definitionAt(view, positions.fromClient(params.position));
      return targets && goTo(targets, positions, { workspace, links: abilities().links });
    })
  );
  connection.onDocumentSymbol((params, token) =>
    about(
      params,
      token,
      (view, positions) => symbolsOf(view).map((symbol) => toSymbol(symbol, positions)),
    )
  );
  connection.onDocumentFormatting((params, token) =>
    about(params, token, ({ text, path }, positions) =>
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
