/** The language server: requests of an editor in, answers and findings out. */

import process from "node:process";
import {
  type CompletionParams,
  createConnection,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  type Location,
  type LocationLink,
  type TextDocumentPositionParams,
  TextDocuments,
  TextDocumentSyncKind,
  type WatchDog,
} from "vscode-languageserver";
import { createProtocolConnection } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { hostFacts, systemFiles } from "../src/daemon/source_files.ts";
import {
  completionsAt,
  definitionAt,
  diagnose,
  type EditorDiagnostic,
  formattingOf,
  hoverAt,
  overlay,
  rootOf,
  symbolsOf,
  type View,
  viewOf,
  type ViewOptions,
} from "../src/editor/mod.ts";
import {
  type ClientAbilities,
  type Positions,
  positionsOf,
  toCompletion,
  toDiagnostic,
  toHover,
  toLink,
  toSymbol,
} from "./lsp_protocol.ts";
import { pathOf, uriOf } from "./lsp_uri.ts";
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
  const documents = new TextDocuments(TextDocument);
  let abilities = NO_ABILITIES;
  let published: ReadonlyMap<string, string> = new Map();
  let refreshing = false;

  const look = (): ViewOptions & { readonly open: readonly string[] } => {
    const texts = new Map(
      documents.all().map((document) => [pathOf(document.uri), document.getText()] as const),
    );
    const { configId } = options;
    const disk = { ...systemFiles(configId === undefined ? {} : { configId }), randomSeed: 1 };
    return {
      files: overlay(disk, texts),
      open: [...texts.keys()],
      interfaces: [...hostFacts().interfaces],
    };
  };
  const documentOf = (path: string) =>
    documents.all().find((document) => pathOf(document.uri) === path);

  const publish = () => {
    refreshing = false;
    const of = (path: string) => positionsOf(documentOf(path));
    const found = findings(look(), options);
    const next = new Map<string, string>();
    for (const path of new Set([...found.keys(), ...published.keys()])) {
      const document = documentOf(path);
      const diagnostics = (found.get(path) ?? [])
        .map((finding) => toDiagnostic(finding, of(path), { of, abilities }));
      const shown = JSON.stringify(diagnostics);
      if (document !== undefined || diagnostics.length > 0) next.set(path, shown);
      if (document === undefined && published.get(path) === shown) continue;
      connection.sendDiagnostics({
        uri: document?.uri ?? uriOf(path),
        diagnostics,
        ...(document && { version: document.version }),
      }).catch(gone);
    }
    published = next;
  };
  /** Several changes that arrive together are looked at once. */
  const refresh = () => {
    if (refreshing) return;
    refreshing = true;
    setTimeout(publish, 0);
  };

  /** Answers a question about a document; `undefined` when it is not open. */
  const answer = <T>(
    { textDocument }: { readonly textDocument: { readonly uri: string } },
    question: (view: View, positions: Positions) => T,
  ): T | undefined => {
    const document = documents.get(textDocument.uri);
    const view = document && viewOf(pathOf(textDocument.uri), look());
    return view && question(view, positionsOf(document));
  };

  connection.onInitialize((params) => {
    abilities = abilitiesOf(params);
    return CAPABILITIES;
  });
  connection.onInitialized(() => {
    if (!abilities.watchedFiles) return;
    const watchers = [{ globPattern: "**/*.conf" }];
    connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch(gone);
  });
  connection.onDidChangeWatchedFiles(refresh);
  documents.onDidChangeContent(refresh);
  documents.onDidSave(refresh);
  documents.onDidClose(refresh);
  connection.onCompletion((params: CompletionParams) =>
    answer(
      params,
      (view, positions) =>
        completionsAt(view, positions.fromClient(params.position), params.context?.triggerCharacter)
          .map((item) => toCompletion(item, positions, abilities)),
    )
  );
  connection.onHover((params: TextDocumentPositionParams) =>
    answer(params, (view, positions) => {
      const hover = hoverAt(view, positions.fromClient(params.position));
      return hover && toHover(hover, positions, abilities);
    })
  );
  connection.onDefinition((params: TextDocumentPositionParams) =>
    answer(params, (view, positions): Location[] | LocationLink[] => {
      const found = definitionAt(view, positions.fromClient(params.position));
      if (found === undefined) return [];
      const locations = found.locations.map(({ path, range }) => {
        const document = documentOf(path);
        return {
          uri: document?.uri ?? uriOf(path),
          range: positionsOf(document).range(range),
        };
      });
      return abilities.links
        ? locations.map((location) => toLink(location, positions.range(found.range)))
        : locations;
    })
  );
  connection.onDocumentSymbol((params) =>
    answer(
      params,
      (view, positions) => symbolsOf(view).map((symbol) => toSymbol(symbol, positions)),
    )
  );
  connection.onDocumentFormatting((params) =>
    answer(params, ({ text, path }, positions) =>
      formattingOf(text, path)
        .map((edit) => ({ range: positions.range(edit.range), newText: edit.text })))
  );
  documents.listen(connection);
  connection.listen();
  return promise;
}

/** The editor is gone or does not want this: the end of stdin tells the former, nothing need follow from the latter. */
function gone(): void {}

/** The findings of all files that the open ones belong to, by path; every open file is among them. */
function findings(
  look: ViewOptions & { readonly open: readonly string[] },
  { host }: ServeOptions,
): ReadonlyMap<string, readonly EditorDiagnostic[]> {
  const { files, open } = look;
  const found = new Map<string, Map<string, EditorDiagnostic>>(
    open.map((path) => [path, new Map()]),
  );
  const options = host ? { host: hostFacts() } : {};
  for (const root of new Set(open.map((path) => rootOf(path, look)))) {
    for (const [path, list] of diagnose(root, files, options)) {
      const own = found.get(path) ?? new Map<string, EditorDiagnostic>();
      found.set(path, own);
      for (const finding of list) own.set(JSON.stringify(finding), finding);
    }
  }
  return new Map(Array.from(found, ([path, list]) => [path, [...list.values()]]));
}

const NO_ABILITIES: ClientAbilities = {
  snippets: false,
  markdown: false,
  relatedInformation: false,
  watchedFiles: false,
  links: false,
};

function abilitiesOf(
  { capabilities: { textDocument, workspace } }: InitializeParams,
): ClientAbilities {
  return {
    snippets: textDocument?.completion?.completionItem?.snippetSupport ?? false,
    markdown: textDocument?.hover?.contentFormat?.includes("markdown") ?? false,
    relatedInformation: textDocument?.publishDiagnostics?.relatedInformation ?? false,
    watchedFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
    links: textDocument?.definition?.linkSupport ?? false,
  };
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
