import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import {
  CodeAction,
  CodeActionRequest,
  DefinitionRequest,
  type Diagnostic,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidSaveTextDocumentNotification,
  DocumentFormattingRequest,
  DocumentSymbolRequest,
  HoverRequest,
  type Location,
  type LocationLink,
  type MarkupContent,
  type Position,
  PrepareRenameRequest,
  ReferencesRequest,
  RenameRequest,
  type TextEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { PROGRAM, RUN } from "../process_fixture.ts";
import { complete, marked, withEditor } from "./fixture.ts";
import { pathOf, uriOf } from "./uri.ts";

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
  const server = spawn(PROGRAM, [...RUN, "lsp"], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  const exited = once(server, "exit");
  server.stdin?.end();
  assert.deepEqual(await exited, [1, null]);
});

Deno.test("lsp, --host, asks this machine for interfaces and programs", () =>
  withEditor({ "chk.sh": "#!/bin/sh\n" }, async (editor) => {
    const program = join(editor.directory, "chk.sh");
    const text = INSTANCE.replace("/usr/bin/true", program).replace("eth0", "no-such-if0");
    await editor.open(FILE, text);
    await editor.findings(FILE, has("interface-missing"));
    await editor.findings(FILE, has("script-not-executable"));
    await Deno.chmod(program, 0o755);
    await editor.connection.sendNotification(DidSaveTextDocumentNotification.type, {
      textDocument: { uri: editor.uri(FILE) },
    });
    await editor.findings(FILE, (found) => !has("script-not-executable")(found));
  }, { args: ["--host"] }));

Deno.test("lsp, -i, reads the lines of that configuration id", () =>
  withEditor({}, async (editor) => {
    await editor.open(FILE, "@node7 nonsense\n@^node7 other\n");
    const found = await editor.findings(FILE, has("unknown-keyword"));
    assert.deepEqual(found.map(({ range }) => range.start), [{ line: 0, character: 7 }]);
  }, { args: ["-i", "node7"] }));

Deno.test("lsp, client that can do little, gets plain text and plain places", () =>
  withEditor({}, async (editor) => {
    const { text, at } = marked(INSTANCE.replace("        chk", "        c|hk"));
    await editor.open(FILE, text);
    const textDocument = { uri: editor.uri(FILE) };
    const places = await editor.connection.sendRequest(DefinitionRequest.type, {
      textDocument,
      position: at,
    }) as Location[];
    assert.deepEqual(places, [{
      uri: editor.uri(FILE),
      range: { start: { line: 0, character: 12 }, end: { line: 0, character: 15 } },
    }]);
    const hover = await editor.connection.sendRequest(HoverRequest.type, {
      textDocument,
      position: { line: 8, character: 6 },
    });
    const { kind, value } = hover?.contents as MarkupContent;
    assert.equal(kind, "plaintext");
    assert.match(value, /^priority <number 1 to 255>\n\nBase priority; 255 marks/);
    const items = await complete(editor, FILE, { line: 8, character: 4 });
    const item = items.find(({ label }) => label === "virtual_ipaddress");
    assert.equal(item?.insertTextFormat, 1);
    assert.deepEqual(item?.textEdit, {
      range: { start: { line: 8, character: 4 }, end: { line: 8, character: 12 } },
      newText: "virtual_ipaddress",
    });
  }, { capabilities: {} }));

Deno.test("lsp, a CR alone, ends a line for the editor only", () =>
  withEditor({}, async (editor) => {
    const { text, at } = marked("vrrp_instance A {\n  # one\rtwo\n  pri|orty 1\n}\n");
    assert.equal(at.line, 3);
    await editor.open(FILE, text);
    const found = await editor.findings(FILE, has("unknown-keyword"));
    const unknown = found.find(({ code }) => code === "unknown-keyword");
    assert.deepEqual(unknown?.range, {
      start: { line: 3, character: 2 },
      end: { line: 3, character: 9 },
    });
    const items = await complete(editor, FILE, at);
    const item = items.find(({ label }) => label === "priority");
    assert.deepEqual((item?.textEdit as TextEdit).range, unknown?.range);
  }));

Deno.test("uriOf(), path with blanks and signs, comes back from pathOf()", () => {
  for (const path of ["/etc/keepalived/keepalived.conf", "/a b/ü#%?.conf", "/"]) {
    assert.equal(pathOf(uriOf(path)), path);
  }
});

Deno.test("pathOf(), document without a file, gives a path that no file has", () => {
  assert.equal(pathOf("untitled:Untitled-1"), "/untitled:Untitled-1");
  assert.equal(pathOf("file:///%"), "/file:\\\\\\%");
});

Deno.test("lsp, quick fix of a misspelt keyword, writes the right one; of another text there is none", () =>
  withEditor({}, async (editor) => {
    await editor.open(FILE, INSTANCE.replace("priority", "prioriti"));
    const [finding] = await editor.findings(FILE, has("unknown-keyword"));
    assert.ok(finding);
    const ask = () =>
      editor.connection.sendRequest(CodeActionRequest.type, {
        textDocument: { uri: editor.uri(FILE) },
        range: finding.range,
        context: { diagnostics: [finding] },
      });
    const [action, ...others] = await ask() ?? [];
    assert.deepEqual(others, []);
    assert.ok(action !== undefined && CodeAction.is(action));
    assert.deepEqual([action.title, action.kind, action.isPreferred], [
      "Write priority",
      "quickfix",
      true,
    ]);
    assert.deepEqual(action.edit?.changes?.[editor.uri(FILE)], [
      { range: finding.range, newText: "priority" },
    ]);
    await editor.change(FILE, [{ text: INSTANCE }]);
    await editor.findings(FILE, clean);
    assert.deepEqual(await ask(), []);
  }));

Deno.test("lsp, rename and references across files, change and find what is open and what is not", () =>
  withEditor({
    [FILE]: "include conf.d/*.conf\n",
    "conf.d/scripts.conf": "vrrp_script chk {\n  script /usr/bin/true\n}\n",
  }, async (editor) => {
    const { text, at } = marked(
      "include conf.d/*.conf\nvrrp_instance A {\n  track_script {\n    ch|k\n  }\n}\n",
    );
    await editor.open(FILE, text);
    const place = { textDocument: { uri: editor.uri(FILE) }, position: at };
    const prepared = await editor.connection.sendRequest(PrepareRenameRequest.type, place);
    assert.deepEqual(prepared, {
      range: { start: { line: 3, character: 4 }, end: { line: 3, character: 7 } },
      placeholder: "chk",
    });
    const edit = await editor.connection.sendRequest(RenameRequest.type, {
      ...place,
      newName: "web",
    });
    const lines = Object.entries(edit?.changes ?? {}).map(([uri, edits]) =>
      [uri, ...edits.map(({ range, newText }) => `${range.start.line} ${newText}`)].join(" ")
    );
    assert.deepEqual(lines.toSorted(), [
      `${editor.uri("conf.d/scripts.conf")} 0 web`,
      `${editor.uri(FILE)} 3 web`,
    ]);
    const found = await editor.connection.sendRequest(ReferencesRequest.type, {
      ...place,
      context: { includeDeclaration: false },
    });
    assert.deepEqual(found?.map(({ uri, range }) => [uri, range.start.line]), [
      [editor.uri(FILE), 3],
    ]);
    const refused = await editor.connection.sendRequest(RenameRequest.type, {
      ...place,
      newName: "a b",
    }).catch((error) => error.message);
    assert.equal(refused, "Cannot name it a b: a name is one word");
  }));
