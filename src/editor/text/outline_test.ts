import assert from "node:assert/strict";
import { type Block, blockAt, outlineOf, statementAt } from "./outline.ts";
import { piecesOf } from "./pieces.ts";
import { symbolsOf } from "../places/symbols.ts";

const path = (text: string, at: { readonly line: number; readonly character: number }) =>
  blockAt(outlineOf(text), at).kind.path;

Deno.test("blockAt() inside and around braces, gives the innermost block", () => {
  const text = "vrrp_instance A {\n  track_script {\n    chk\n  }\n}\n";
  assert.deepEqual(path(text, { line: 0, character: 16 }), []);
  assert.deepEqual(path(text, { line: 0, character: 17 }), ["vrrp_instance"]);
  assert.deepEqual(path(text, { line: 2, character: 4 }), ["vrrp_instance", "track_script"]);
  assert.deepEqual(path(text, { line: 3, character: 3 }), ["vrrp_instance"]);
  assert.deepEqual(path(text, { line: 5, character: 0 }), []);
});

Deno.test("outlineOf() block without its }, ends where the next one begins", () => {
  const text = "vrrp_instance A {\n  track_script {\n    chk\n\nvrrp_instance B {\n  state\n}\n";
  assert.deepEqual(path(text, { line: 3, character: 0 }), ["vrrp_instance", "track_script"]);
  assert.deepEqual(path(text, { line: 5, character: 2 }), ["vrrp_instance"]);
  const { statements } = outlineOf(text);
  assert.deepEqual(statements.map(({ words }) => words[1]?.text), ["A", "B"]);
  assert.deepEqual(statements.map(({ opens }) => opens?.closed), [false, true]);
});

Deno.test("outlineOf() } too much, is passed over", () => {
  const { statements } = outlineOf("global_defs {\n}\n}\nvrrp_instance A {\n}\n");
  assert.deepEqual(statements.map(({ name }) => name), ["global_defs", "vrrp_instance"]);
});

Deno.test("outlineOf() unknown word with a block, knows nothing inside and all after it", () => {
  const text = "nonsense {\n  state\n}\nvrrp_instance A {\n}\n";
  const [unknown, known] = outlineOf(text).statements;
  assert.equal(unknown?.row, undefined);
  assert.equal(unknown?.opens?.kind.table, undefined);
  assert.equal(known?.row?.kind, "block");
});

Deno.test("statementAt() two on one line, gives the touched one", () => {
  const outline = outlineOf("virtual_server 192.0.2.1 80 { delay_loop 1");
  const words = (character: number) =>
    statementAt(outline, { line: 0, character })?.words.map(({ text }) => text);
  assert.deepEqual(words(3), ["virtual_server", "192.0.2.1", "80"]);
  assert.deepEqual(words(40), ["delay_loop", "1"]);
  assert.equal(words(28), undefined);
});

Deno.test("outlineOf() 20,000 servers, has all their blocks", () => {
  const server = "real_server 192.0.2.2 80 {\nTCP_CHECK {\n}\n}\n";
  const text = `virtual_server 192.0.2.1 80 {\n${server.repeat(20_000)}}\n`;
  const count = (block: Block): number =>
    block.statements.reduce((sum, { opens }) => sum + 1 + (opens ? count(opens) : 0), 0);
  assert.equal(count(outlineOf(text)), 40_001);
});

Deno.test("outlineOf() 50,000 blocks in each other, is walked without a stack", () => {
  for (const word of ["a {\n", "vrrp_instance A {\n", "{\n"]) {
    const text = `${word.repeat(50_000)}state\n`;
    const outline = outlineOf(text);
    const at = { line: 50_000, character: 1 };
    assert.equal(blockAt(outline, at).kind.path.length <= 1, true);
    statementAt(outline, at);
    symbolsOf({ pieces: piecesOf(text), outline });
  }
});

Deno.test("symbolsOf() blocks, definitions and includes, nests them in file order", () => {
  const text = [
    "$VIP=192.0.2.1",
    "vrrp_instance A {",
    "  include more.conf",
    "  virtual_ipaddress {",
    "    $VIP",
    "  }",
    "}",
    "include rest.conf",
    "",
  ].join("\n");
  const symbols = symbolsOf({ pieces: piecesOf(text), outline: outlineOf(text) });
  const names = (list: typeof symbols): readonly unknown[] =>
    list.map(({ name, children }) => children.length === 0 ? name : [name, names(children)]);
  assert.deepEqual(names(symbols), [
    "$VIP",
    ["vrrp_instance A", ["include more.conf", "virtual_ipaddress"]],
    "include rest.conf",
  ]);
  assert.deepEqual(symbols[1]?.range, {
    start: { line: 1, character: 0 },
    end: { line: 6, character: 1 },
  });
  assert.deepEqual(symbols[1]?.selection.end, { line: 1, character: 15 });
});
