import assert from "node:assert/strict";
import { HoverRequest, LSPErrorCodes } from "vscode-languageserver/node";
import { type Editor, withEditor } from "./fixture.ts";

const FILE = "keepalived.conf";

/** A file of 19,000 lines, in which a reading takes longer than a key. */
const LARGE = Array.from(
  { length: 1_250 },
  (_, index) =>
    `virtual_server 10.0.${index >> 8}.${index & 255} 80 {\n    lb_algo rr\n    lb_kind NAT\n` +
    Array.from(
      { length: 4 },
      (_, real) => `    real_server 192.0.2.${real + 1} 80 {\n        weight 1\n    }\n`,
    ).join("") + "}\n",
).join("");

/** Types into the first line, one key after the other, and does not wait. */
async function type(editor: Editor, word: string): Promise<void> {
  for (const [character, text] of [...word].entries()) {
    const at = { line: 0, character };
    await editor.change(FILE, [{ range: { start: at, end: at }, text }]);
  }
}

Deno.test("lsp, keys faster than readings, are read together and the newest is told", () =>
  withEditor({}, async (editor) => {
    const { connection, published } = editor;
    let readings = 0;
    connection.onNotification("$/logTrace", () => void readings++);
    await connection.sendNotification("$/setTrace", { value: "messages" });
    await editor.open(FILE, `\n${LARGE}`);
    await editor.findings(FILE, () => true);
    const before = readings;
    const word = "nonsense".repeat(40);
    await type(editor, word);
    const found = await editor.findings(
      FILE,
      (list) => list[0]?.range.end.character === word.length,
    );
    assert.equal(found[0]?.code, "unknown-keyword");
    const versions = published.map(({ version }) => version ?? 0);
    assert.deepEqual(versions, versions.toSorted((a, b) => a - b));
    assert.equal(versions.at(-1), 1 + word.length);
    // Without waiting, all keys take about as long as one reading.
    const count = readings - before;
    assert(count > 0 && count < word.length / 4, `${count} readings for ${word.length} keys`);
  }));

Deno.test("lsp, question between keys, is answered for the text it was asked in", () =>
  withEditor({}, async (editor) => {
    await editor.open(FILE, `\n${LARGE}`);
    const top = { line: 0, character: 0 };
    const asked = [];
    for (let line = 0; line < 3; line++) {
      asked.push(editor.connection.sendRequest(HoverRequest.type, {
        textDocument: { uri: editor.uri(FILE) },
        position: { line: 2, character: 6 },
      }));
      await editor.change(FILE, [{ range: { start: top, end: top }, text: "\n" }]);
    }
    // At first lb_algo stands there, then the virtual_server above it, then nothing.
    const starts = (await Promise.all(asked)).map((hover) => hover?.range?.start.character);
    assert.deepEqual(starts, [4, 0, undefined]);
  }));

Deno.test("lsp, question cancelled before its turn, is not answered", () =>
  withEditor({}, async ({ server, connection, uri, open, findings }) => {
    await open(FILE, LARGE);
    await findings(FILE, () => true);
    const answered = new Promise<string>((resolve) => {
      let heard = "";
      server.stdout?.on("data", (bytes: Uint8Array) => {
        heard += new TextDecoder().decode(bytes);
        const answer = /\{[^{]*"id":"cancelled".*\}/.exec(heard);
        if (answer !== null) resolve(answer[0]);
      });
    });
    const params = { textDocument: { uri: uri(FILE) }, position: { line: 1, character: 6 } };
    // One write: the server has both before it looks at the first.
    server.stdin?.write(
      frame({ id: "cancelled", method: "textDocument/hover", params }) +
        frame({ method: "$/cancelRequest", params: { id: "cancelled" } }),
    );
    const { error } = JSON.parse(await answered);
    assert.equal(error?.code, LSPErrorCodes.RequestCancelled);
    assert(await connection.sendRequest(HoverRequest.type, params) !== null);
  }));

function frame(message: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify({ jsonrpc: "2.0", ...message });
  return `Content-Length: ${new TextEncoder().encode(text).length}\r\n\r\n${text}`;
}
