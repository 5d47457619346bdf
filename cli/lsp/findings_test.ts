import assert from "node:assert/strict";
import { type PublishDiagnosticsParams, TextDocuments } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { findingsTeller, type TellerConnection } from "./findings.ts";
import { NO_ABILITIES, positionsOf } from "./protocol.ts";
import type { Found, ReadingTask } from "./reading.ts";
import { uriOf } from "./uri.ts";

const FILE = "/keepalived.conf";

/** A reader that answers when the test says so, and an editor with one document. */
function desk() {
  const tasks: (ReadingTask & PromiseWithResolvers<Found>)[] = [];
  const told: PublishDiagnosticsParams[] = [];
  const logged: string[] = [];
  const errors: string[] = [];
  let document = TextDocument.create(uriOf(FILE), "keepalived", 0, "");
  const connection: TellerConnection = {
    sendDiagnostics: (params) => {
      told.push(params);
      return Promise.resolve();
    },
    console: { error: (message) => void errors.push(message) },
    tracer: { log: (message) => void logged.push(String(message)) },
  };
  const teller = findingsTeller(connection, {
    workspace: {
      documents: new TextDocuments(TextDocument),
      texts: () => new Map([[FILE, document.getText()]]),
      viewOf: () => undefined,
      documentOf: (path) => path === FILE ? document : undefined,
      positionsOf: () => positionsOf(document),
      uriOf,
    },
    reader: {
      read: (task) => {
        const asked = { ...task, ...Promise.withResolvers<Found>() };
        tasks.push(asked);
        return asked.promise;
      },
    },
    abilities: () => NO_ABILITIES,
  });
  return {
    teller,
    tasks,
    told,
    logged,
    errors,
    type: (text: string) => {
      document = TextDocument.create(document.uri, "keepalived", document.version + 1, text);
      teller.refresh();
    },
    /** Ends a reading with one finding, and lets follow what follows. */
    answer: async (index: number, message = "found") => {
      const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
      const finding = { range, severity: "error", code: "x", message, related: [] } as const;
      tasks[index]?.resolve(new Map([[FILE, [finding]]]));
      await settled();
    },
  };
}

/** All promises that can be kept are kept before the next turn of the loop. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("findingsTeller() many changes during a reading, makes one other of the newest text", async () => {
  const { teller, tasks, told, type, answer, logged } = desk();
  type("0");
  for (let key = 1; key <= 1000; key++) type(String(key));
  teller.refresh();
  assert.deepEqual(tasks.map(({ texts }) => texts.get(FILE)), ["0"]);
  await answer(0);
  assert.equal(told.length, 0); // outdated: the editor has another text
  assert.deepEqual(tasks.map(({ texts }) => texts.get(FILE)), ["0", "1000"]);
  await answer(1, "of the newest");
  assert.deepEqual(told.map(({ version }) => version), [1001]);
  assert.deepEqual(told[0]?.diagnostics.map(({ message }) => message), ["of the newest"]);
  assert.equal(tasks.length, 2);
  assert.deepEqual(logged.map((text) => text.includes("has changed since")), [true, false]);
});

Deno.test("findingsTeller() change when nothing is read, is read at once", async () => {
  const { tasks, told, type, answer } = desk();
  for (let key = 0; key < 3; key++) {
    type(String(key));
    assert.equal(tasks.length, key + 1);
    await answer(key);
    assert.equal(told.length, key + 1);
  }
});

Deno.test("findingsTeller() programs to be forgotten, are forgotten by the next reading only", async () => {
  const { teller, tasks, type, answer } = desk();
  teller.forgetPrograms();
  type("a");
  await answer(0);
  type("b");
  assert.deepEqual(tasks.map(({ forgetPrograms }) => forgetPrograms), [true, false]);
});

Deno.test("findingsTeller() reading that fails, is told and does not stop the next", async () => {
  const { tasks, told, errors, type, answer } = desk();
  type("a");
  type("b");
  tasks[0]?.reject(new Error("broken"));
  await settled();
  assert.match(errors.join(), /broken/);
  assert.deepEqual(tasks.map(({ texts }) => texts.get(FILE)), ["a", "b"]);
  await answer(1);
  assert.deepEqual(told.map(({ version }) => version), [2]);
});
