/** The language server: requests of an editor in, answers and findings out. */

import process from "node:process";
import {
  type CancellationToken,
  CodeActionKind,
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
  actionsFor,
  completionsAt,
  definitionAt,
  formattingOf,
  hoverAt,
  type Location as EditorLocation,
  occurrencesOf,
  renamableAt,
  renameAt,
  subjectAt,
  symbolsOf,
  type Targets,
  type View,
} from "../../src/editor/mod.ts";
import { type FindingsTeller, findingsTeller } from "./findings.ts";
import { threadReader } from "./reader.ts";
import {
  abilitiesOf,
  type ClientAbilities,
  NO_ABILITIES,
  type Positions,
  toCodeAction,
  toCompletion,
  toEdits,
  toHover,
  toLink,
  toSymbol,
  toWorkspaceEdit,
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
  const context = { workspace, findings, abilities: () => abilities };
  answerQuestions(connection, context);
  answerChanges(connection, context);
  workspace.documents.listen(connection);
  connection.listen();
  return await promise;
}

/** What answers need. */
interface Answering {
  readonly workspace: Workspace;
  readonly findings: FindingsTeller;
  readonly abilities: () => ClientAbilities;
}

/** Answers a question about a document; with nothing when it is not open, or nobody waits any more. */
type About = <T>(
  params: { readonly textDocument: { readonly uri: string } },
  token: CancellationToken,
  answer: (view: View, positions: Positions) => T,
) => T | ResponseError | undefined;

function aboutIn(workspace: Workspace): About {
  return ({ textDocument }, token, answer) => {
    if (token.isCancellationRequested) {
      return new ResponseError(LSPErrorCodes.RequestCancelled, "Cancelled");
    }
    const path = pathOf(textDocument.uri);
    const view = workspace.viewOf(path);
    return view && answer(view, workspace.positionsOf(path));
  };
}

function answerQuestions(
  connection: Connection,
  { workspace, abilities }: Answering,
): void {
  const about = aboutIn(workspace);
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
    about(
      params,
      token,
      ({ text, path }, positions) => toEdits(formattingOf(text, path), positions),
    )
  );
  connection.onReferences((params, token) =>
    about(params, token, (view, positions) => {
      const subject = subjectAt(view, positions.fromClient(params.position));
      if (subject?.kind !== "name" && subject?.kind !== "variable") return [];
      return occurrencesOf(view, subject)
        .filter(({ isDefinition }) => params.context.includeDeclaration || !isDefinition)
        .map((place) => locationOf(place, workspace));
    })
  );
}

/** Answers that change texts. */
function answerChanges(
  connection: Connection,
  { workspace, findings, abilities }: Answering,
): void {
  const about = aboutIn(workspace);
  connection.onCodeAction((params, token) =>
    about(params, token, ({ text, path }, positions) => {
      const { only } = params.context;
      if (!abilities().actions || only?.every((kind) => kind !== CodeActionKind.QuickFix)) {
        return [];
      }
      const range = {
        start: positions.fromClient(params.range.start),
        end: positions.fromClient(params.range.end),
      };
      return actionsFor(text, findings.findingsOf(path), range).map((action) =>
        toCodeAction(action, { path, places: workspace, abilities: abilities() })
      );
    })
  );
  connection.onPrepareRename((params, token) =>
    about(params, token, (view, positions) => {
      const found = renamableAt(view, positions.fromClient(params.position));
      return found && { range: positions.range(found.range), placeholder: found.name };
    })
  );
  connection.onRenameRequest((params, token) =>
    about(params, token, (view, positions) => {
      const renaming = renameAt(view, positions.fromClient(params.position), params.newName);
      return renaming.kind === "edits"
        ? toWorkspaceEdit(renaming.edits, workspace)
        : new ResponseError(LSPErrorCodes.RequestFailed, renaming.why);
    })
  );
}

function goTo(
  { range, locations }: Targets,
  positions: Positions,
  { workspace, links }: { readonly workspace: Workspace; readonly links: boolean },
): Location[] | LocationLink[] {
  const found = locations.map((location) => locationOf(location, workspace));
  return links ? found.map((location) => toLink(location, positions.range(range))) : found;
}

function locationOf({ path, range }: EditorLocation, workspace: Workspace): Location {
  return { uri: workspace.uriOf(path), range: workspace.positionsOf(path).range(range) };
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
    referencesProvider: true,
    renameProvider: { prepareProvider: true },
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
  },
  serverInfo: { name: "holdfast", version: VERSION },
};
