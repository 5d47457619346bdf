import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import {
  type CompletionItem,
  CompletionRequest,
  createMessageConnection,
  DefinitionRequest,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentFormattingRequest,
  DocumentSymbolRequest,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  type LocationLink,
  type MarkupContent,
  type MessageConnection,
  type Position,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  RegistrationRequest,
  ShutdownRequest,
  type TextDocumentContentChangeEvent,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { pathOf, uriOf } from "./lsp_uri.ts";

const MAIN = new URL("./main.ts", import.meta.url).pathname;
/** Generous: the machine may be busy; nothing waits for it to pass. */
const LIMIT_MS = 60_000;

/** An editor with one server. */
interface Editor {
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
  /** What the client holds of an open document. */
  readonly text: (name: string) => string;
}

/** Runs `test` in an editor with files on the disk; says goodbye and looks at the exit code. */
async function withEditor(
  files: Readonly<Record<string, string>>,
  test: (editor: Editor) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-lsp-" });
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
  const server = spawn(Deno.execPath(), ["run", "-A", "--no-prompt", MAIN, "lsp", "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(server, "exit");
  const limit = setTimeout(() => server.kill("SIGKILL"), LIMIT_MS);
  try {
    const editor = connect(server, directory);
    await initialize(editor);
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
  connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
    published.push(params);
    wake();
  });
  connection.onClose(() => wake());
  connection.onRequest(RegistrationRequest.type, () => {});
  connection.listen();
  const uri = (name: string) => uriOf(join(directory, name));
  let closed = false;
  connection.onClose(() => (closed = true));
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
    text: (name) => documents.get(name)?.getText() ?? "",
  };
}

async function initialize({ connection, directory }: Editor): Promise<void> {
  const result = await connection.sendRequest(InitializeRequest.type, {
    processId: Deno.pid,
    rootUri: uriOf(directory),
    capabilities: {
      workspace: { didChangeWatchedFiles: { dynamicRegistration: true } },
      textDocument: {
        completion: { completionItem: { snippetSupport: true } },
        hover: { contentFormat: ["markdown", "plaintext"] },
        definition: { linkSupport: true },
        publishDiagnostics: { relatedInformation: true },
      },
    },
  });
  assert.equal(result.capabilities.positionEncoding, "utf-16");
  assert.equal(result.serverInfo?.name, "holdfast");
  await connection.sendNotification(InitializedNotification.type, {});
}

/** The text without its `|`, and where that stood. */
function marked(text: string): { readonly text: string; readonly at: Position } {
  const offset = text.indexOf("|");
  assert(offset >= 0);
  const plain = text.slice(0, offset) + text.slice(offset + 1);
  return {
    text: plain,
    at: TextDocument.create("x:", "keepalived", 1, plain).positionAt(offset),
  };
}

async function complete(editor: Editor, name: string, at: Position): Promise<CompletionItem[]> {
  const answer = await editor.connection.sendRequest(CompletionRequest.type, {
    textDocument: { uri: editor.uri(name) },
    position: at,
  });
  assert(answer !== null);
  return Array.isArray(answer) ? answer : answer.items;
}

const INSTANCE = `vrrp_script chk {
    script "/usr/bin/true"
}

vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 100
    virtual_ipaddress {
        192.0.2.10/24
    }
    track_script {
        chk
    }
}
`;

const FILE = "keepalived.conf";
const clean = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.every(({ severity }) => severity !== 1);
const has = (code: string) => (diagnostics: readonly Diagnostic[]) =>
  diagnostics.some((diagnostic) => diagnostic.code === code);

Deno.test("lsp, misspelt keyword while typing, is found and goes when put right", () =>
  withEditor({}, async (editor) => {
    await editor.open(FILE, INSTANCE);
    await editor.findings(FILE, clean);
    const at = editor.text(FILE).indexOf("priority") + "prior".length;
    const document = TextDocument.create("x:", "keepalived", 1, INSTANCE);
    const start = document.positionAt(at);
    const end = document.positionAt(at + 1);
    await editor.change(FILE, [{ range: { start, end }, text: "" }]);
    const [finding, ...others] = await editor.findings(FILE, has("unknown-keyword"));
    assert.deepEqual(others, []);
    assert.deepEqual(finding?.range, {
      start: { line: 8, character: 4 },
      end: { line: 8, character: 11 },
    });
    assert.match(String(finding?.message), /"priorty" in vrrp_instance.*did you mean priority/);
    await editor.change(FILE, [{ range: { start, end: start }, text: "i" }]);
    assert.equal(editor.text(FILE), INSTANCE);
    await editor.findings(FILE, clean);
  }));

Deno.test("lsp, text before a finding outside ASCII, counts UTF-16 units", () =>
  withEditor({}, async (editor) => {
    await editor.open(FILE, `global_defs {\n  router_id "𝄞é" nonsense\n  routter_id x\n}\n`);
    const found = await editor.findings(FILE, has("unknown-keyword"));
    const extra = found.find(({ code }) => code === "extra-word");
    assert.deepEqual(extra?.range, {
      start: { line: 1, character: 18 },
      end: { line: 1, character: 26 },
    });
  }));

Deno.test("lsp, completion in a block, offers its keywords with shape and snippet", () =>
  withEditor({}, async (editor) => {
    const { text, at } = marked(INSTANCE.replace("priority 100", "adv|"));
    await editor.open(FILE, text);
    const items = await complete(editor, FILE, at);
    const item = items.find(({ label }) => label === "advert_int");
    assert.equal(item?.detail, "advert_int <seconds 0.01 to 255>");
    assert.deepEqual(item?.textEdit, {
      range: { start: { line: 8, character: 4 }, end: { line: 8, character: 7 } },
      newText: "advert_int ${1:1}",
    });
    assert(!items.some(({ label }) => label === "real_server"));
  }));

Deno.test("lsp, completion of values and names, takes them from rows and files", () =>
  withEditor({
    [FILE]: "include conf.d/*.conf\n",
    "conf.d/scripts.conf": "vrrp_script from_disk {\n  script /usr/bin/true\n}\n",
  }, async (editor) => {
    await editor.open("conf.d/unsaved.conf", "vrrp_script unsaved {\n  script /usr/bin/true\n}\n");
    const lists: [string, string, readonly string[]][] = [
      ["a.conf", "virtual_server 192.0.2.1 80 {\n  lb_algo |\n}\n", ["rr", "wrr", "mh"]],
      ["b.conf", "vrrp_instance A {\n  state |\n}\n", ["MASTER", "BACKUP"]],
      ["c.conf", "vrrp_instance A {\n  accept\n  strict_mode o|\n}\n", ["on", "off"]],
    ];
    for (const [name, source, expected] of lists) {
      const { text, at } = marked(source);
      await editor.open(name, text);
      const labels = (await complete(editor, name, at)).map(({ label }) => label);
      for (const label of expected) assert(labels.includes(label), `${source}: ${labels}`);
    }
    const { text, at } = marked(
      "include conf.d/*.conf\nvrrp_instance A {\n  track_script {\n    |\n  }\n}\n",
    );
    await editor.open(FILE, text);
    const labels = (await complete(editor, FILE, at)).map(({ label }) => label);
    assert(labels.includes("from_disk"), String(labels));
    // A file that only the editor has matches no pattern: it is not on the disk yet.
    assert(!labels.includes("unsaved"), String(labels));
  }));

Deno.test("lsp, hover, tells meaning, range and default", () =>
  withEditor({}, async (editor) => {
    const { text, at } = marked(INSTANCE.replace("priority 100", "advert|_int 1"));
    await editor.open(FILE, text);
    const hover = await editor.connection.sendRequest(HoverRequest.type, {
      textDocument: { uri: editor.uri(FILE) },
      position: at,
    });
    const { kind, value } = hover?.contents as MarkupContent;
    assert.equal(kind, "markdown");
    assert.match(value, /advert_int <seconds 0\.01 to 255>/);
    assert.match(value, /Default: 1\\?\./);
    assert.deepEqual(hover?.range, {
      start: { line: 8, character: 4 },
      end: { line: 8, character: 14 },
    });
  }));

Deno.test("lsp, definition of a name, leads into the included file as the editor has it", () =>
  withEditor({
    [FILE]: "include conf.d/*.conf\n",
    "conf.d/10.conf": "vrrp_script chk {\n  script /usr/bin/true\n}\n",
  }, async (editor) => {
    await editor.open("conf.d/10.conf", `# one line more\n${INSTANCE.split("\n\n")[0]}\n`);
    const { text, at } = marked(
      "include conf.d/*.conf\nvrrp_instance A {\n  track_script {\n    ch|k\n  }\n}\n",
    );
    await editor.open(FILE, text);
    const ask = (position: Position) =>
      editor.connection.sendRequest(DefinitionRequest.type, {
        textDocument: { uri: editor.uri(FILE) },
        position,
      }) as Promise<LocationLink[]>;
    const [link, ...others] = await ask(at);
    assert.deepEqual(others, []);
    assert.equal(link?.targetUri, editor.uri("conf.d/10.conf"));
    assert.deepEqual(link?.targetRange.start, { line: 1, character: 12 });
    const [file] = await ask({ line: 0, character: 12 });
    assert.equal(file?.targetUri, editor.uri("conf.d/10.conf"));
  }));

Deno.test("lsp, included file with a mistake, is told where it stands and goes when closed", () =>
  withEditor({
    [FILE]: "include conf.d/*.conf\n",
    "conf.d/10.conf": "vrrp_script chk {\n  script /usr/bin/true\n}\n",
  }, async (editor) => {
    await editor.open(FILE, "include conf.d/*.conf\n");
    await editor.findings(FILE, clean);
    await editor.open("conf.d/10.conf", "vrrp_script chk {\n  skript /usr/bin/true\n}\n");
    const found = await editor.findings("conf.d/10.conf", has("unknown-keyword"));
    const finding = found.find(({ code }) => code === "unknown-keyword");
    assert.equal(finding?.relatedInformation?.[0]?.location.uri, editor.uri(FILE));
    await editor.connection.sendNotification(DidCloseTextDocumentNotification.type, {
      textDocument: { uri: editor.uri("conf.d/10.conf") },
    });
    await editor.findings("conf.d/10.conf", clean);
  }));

Deno.test("lsp, included file changed on the disk, is read again", () =>
  withEditor({
    [FILE]: "include conf.d/*.conf\n",
    "conf.d/10.conf": "vrrp_script chk {\n  script /usr/bin/true\n}\n",
  }, async (editor) => {
    await editor.open(FILE, "include conf.d/*.conf\n");
    await editor.findings(FILE, clean);
    await Deno.writeTextFile(join(editor.directory, "conf.d/10.conf"), "nonsense\n");
    await editor.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
      changes: [{ uri: editor.uri("conf.d/10.conf"), type: 2 }],
    });
    await editor.findings("conf.d/10.conf", has("unknown-keyword"));
  }));

Deno.test("lsp, formatting, edits the document into the layout of holdfast fmt", () =>
  withEditor({}, async (editor) => {
    await editor.open(FILE, INSTANCE.replaceAll(/^ +/gm, "").replace("{\nstate", "\n{\nstate"));
    const format = async () =>
      await editor.connection.sendRequest(DocumentFormattingRequest.type, {
        textDocument: { uri: editor.uri(FILE) },
        options: { tabSize: 4, insertSpaces: true },
      }) ?? [];
    const edits = await format();
    assert(edits.length > 0);
    await editor.change(FILE, edits.map(({ range, newText }) => ({ range, text: newText })));
    assert.equal(editor.text(FILE), INSTANCE);
    assert.deepEqual(await format(), []);
  }));

Deno.test("lsp, outline, has blocks in blocks", () =>
  withEditor({}, async (editor) => {
    await editor.open(FILE, INSTANCE);
    const symbols = await editor.connection.sendRequest(DocumentSymbolRequest.type, {
      textDocument: { uri: editor.uri(FILE) },
    });
    assert.deepEqual(symbols?.map(({ name }) => name), ["vrrp_script chk", "vrrp_instance VI_1"]);
  }));

Deno.test("lsp, documents in pieces and no text at all, are answered", () =>
  withEditor({}, async (editor) => {
    const broken = ["", "}", "{{{", "vrrp_instance", '"', "$", "include ", "\u{d800}\0 {", "@"];
    for (const [index, text] of broken.entries()) {
      const name = `${index}.conf`;
      await editor.open(name, text);
      const position = { line: 0, character: text.length };
      const textDocument = { uri: editor.uri(name) };
      await complete(editor, name, position);
      await editor.connection.sendRequest(HoverRequest.type, { textDocument, position });
      await editor.connection.sendRequest(DefinitionRequest.type, { textDocument, position });
      await editor.connection.sendRequest(DocumentSymbolRequest.type, { textDocument });
      await editor.findings(name, () => true);
    }
  }));

Deno.test("lsp, an editor that goes without a word, ends the server with 1", async () => {
  const server = spawn(Deno.execPath(), ["run", "-A", "--no-prompt", MAIN, "lsp"], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  const exited = once(server, "exit");
  server.stdin?.end();
  assert.deepEqual(await exited, [1, null]);
});

Deno.test("uriOf(), path with blanks and signs, comes back from pathOf()", () => {
  for (const path of ["/etc/keepalived/keepalived.conf", "/a b/ü#%?.conf", "/"]) {
    assert.equal(pathOf(uriOf(path)), path);
  }
});

Deno.test("pathOf(), document without a file, gives a path that no file has", () => {
  assert.equal(pathOf("untitled:Untitled-1"), "/untitled:Untitled-1");
  assert.equal(pathOf("file:///%"), "/file:\\\\\\%");
});
