/** An editor for tests of the language server: a client of the protocol over the server's pipes. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import {
  type ClientCapabilities,
  type CompletionItem,
  CompletionRequest,
  createMessageConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type MessageConnection,
  type Position,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  RegistrationRequest,
  ShutdownRequest,
  type TextDocumentContentChangeEvent,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { PROGRAM, RUN } from "../process_fixture.ts";
import { uriOf } from "./uri.ts";

/** Generous: the machine may be busy; nothing waits for it to pass. */
const LIMIT_MS = 60_000;

/** An editor with one server. */
export interface Editor {
  readonly server: ChildProcess;
  readonly connection: MessageConnection;
  readonly directory: string;
  readonly uri: (name: string) => string;
  /** Opens a document. */
  readonly open: (name: string, text: string) => Promise<void>;
  /** Edits an open document; with a range of characters only that part. */
  readonly change: (
    name: string,
    changes: readonly TextDocumentContentChangeEvent[],
  ) => Promise<void>;
  /** Waits for findings of a file that fit. */
  readonly findings: (
    name: string,
    fits: (diagnostics: readonly Diagnostic[]) => boolean,
  ) => Promise<readonly Diagnostic[]>;
  /** All findings that were told, in order. */
  readonly published: readonly PublishDiagnosticsParams[];
  /** What the client holds of an open document. */
  readonly text: (name: string) => string;
}

/** What an editor can do that shows everything as well as it can be. */
const ABLE: ClientCapabilities = {
  workspace: { didChangeWatchedFiles: { dynamicRegistration: true } },
  textDocument: {
    completion: { completionItem: { snippetSupport: true } },
    hover: { contentFormat: ["markdown", "plaintext"] },
    definition: { linkSupport: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } },
    publishDiagnostics: { relatedInformation: true },
  },
};

/** Another editor, or another server. */
export interface EditorOptions {
  readonly args?: readonly string[];
  readonly capabilities?: ClientCapabilities;
}

/** Runs `test` in an editor with files on the disk; says goodbye and looks at the exit code. */
export async function withEditor(
  files: Readonly<Record<string, string>>,
  test: (editor: Editor) => Promise<void>,
  { args = [], capabilities = ABLE }: EditorOptions = {},
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-lsp-" });
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
  const server = spawn(PROGRAM, [...RUN, "lsp", "--stdio", ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(server, "exit");
  const limit = setTimeout(() => server.kill("SIGKILL"), LIMIT_MS); // ends every wait for it
  try {
    const editor = connect(server, directory);
    await initialize(editor, capabilities);
    await test(editor);
    await editor.connection.sendRequest(ShutdownRequest.type);
    await editor.connection.sendNotification(ExitNotification.type);
    assert.deepEqual(await exited, [0, null]);
    editor.connection.dispose();
  } finally {
    clearTimeout(limit);
    if (server.exitCode === null) server.kill("SIGKILL");
    await exited;
    await Deno.remove(directory, { recursive: true });
  }
}

function connect(server: ChildProcess, directory: string): Editor {
  const { stdin, stdout } = server;
  if (stdin === null || stdout === null) throw new Error("the server has no pipes");
  const connection = createMessageConnection(stdout, stdin);
  const documents = new Map<string, TextDocument>();
  const published: PublishDiagnosticsParams[] = [];
  let wake: () => void = () => {};
  let closed = false;
  connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
    published.push(params);
    wake();
  });
  connection.onClose(() => {
    closed = true;
    wake();
  });
  connection.onRequest(RegistrationRequest.type, () => {});
  connection.listen();
  const uri = (name: string) => uriOf(join(directory, name));
  return {
    server,
    connection,
    directory,
    uri,
    open: async (name, text) => {
      const document = TextDocument.create(uri(name), "keepalived", 1, text);
      documents.set(name, document);
      await connection.sendNotification(DidOpenTextDocumentNotification.type, {
        textDocument: { uri: document.uri, languageId: "keepalived", version: 1, text },
      });
    },
    change: async (name, changes) => {
      const document = documents.get(name);
      assert(document);
      const version = document.version + 1;
      documents.set(name, TextDocument.update(document, [...changes], version));
      await connection.sendNotification(DidChangeTextDocumentNotification.type, {
        textDocument: { uri: document.uri, version },
        contentChanges: [...changes],
      });
    },
    findings: async (name, fits) => {
      for (;;) {
        const last = published.findLast((params) => params.uri === uri(name));
        if (last !== undefined && fits(last.diagnostics)) return last.diagnostics;
        if (closed) throw new Error(`no fitting findings for ${name}: ${JSON.stringify(last)}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    published,
    text: (name) => documents.get(name)?.getText() ?? "",
  };
}

async function initialize(
  { connection, directory }: Editor,
  capabilities: ClientCapabilities,
): Promise<void> {
  const result = await connection.sendRequest(InitializeRequest.type, {
    processId: Deno.pid,
    rootUri: uriOf(directory),
    capabilities,
  });
  assert.equal(result.capabilities.positionEncoding, "utf-16");
  assert.equal(result.serverInfo?.name, "holdfast");
  await connection.sendNotification(InitializedNotification.type, {});
}

/** The text without its `|`, and where that stood. */
export function marked(text: string): { readonly text: string; readonly at: Position } {
  const offset = text.indexOf("|");
  assert(offset >= 0);
  const plain = text.slice(0, offset) + text.slice(offset + 1);
  return {
    text: plain,
    at: TextDocument.create("x:", "keepalived", 1, plain).positionAt(offset),
  };
}

/** What the server offers at a position. */
export async function complete(
  editor: Editor,
  name: string,
  at: Position,
): Promise<CompletionItem[]> {
  const answer = await editor.connection.sendRequest(CompletionRequest.type, {
    textDocument: { uri: editor.uri(name) },
    position: at,
  });
  assert(answer !== null);
  return Array.isArray(answer) ? answer : answer.items;
}
