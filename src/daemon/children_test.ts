import assert from "node:assert/strict";
import { SECOND } from "../net/micros.ts";
import { parseAccounts } from "./accounts.ts";
import { openChildren } from "./children.ts";
import type { LogLine } from "../global/log.ts";

function children() {
  const lines: Omit<LogLine, "kind">[] = [];
  const accounts = parseAccounts("", "");
  return { lines, ...openChildren({ accounts, log: (line) => void lines.push(line) }) };
}

Deno.test("run() a script that ends, gives its exit code", async () => {
  const end = await children().run({ argv: ["/bin/sh", "-c", "exit 3"] });
  assert.deepEqual(end, { kind: "exited", code: 3 });
});

Deno.test("run() a script killed by a signal, names it", async () => {
  const end = await children().run({ argv: ["/bin/sh", "-c", "kill -USR1 $$"] });
  assert.deepEqual(end, { kind: "signalled", signal: "SIGUSR1" });
});

Deno.test("run() a script past its timeout, is ended with its whole group", async () => {
  const end = await children().run({ argv: ["/bin/sh", "-c", "sleep 1000 & wait"] }, SECOND / 20);
  assert.deepEqual(end, { kind: "timed-out" });
});

Deno.test("run() a program that does not exist, is reported and not thrown", async () => {
  const { run, lines } = children();
  const end = await run({ argv: ["/nonexistent/program"] });
  assert.equal(end.kind, "not-started");
  assert.match(lines[0]?.text ?? "", /Cannot run \/nonexistent\/program/);
});

Deno.test("run() LD_PRELOAD and IFS, are not inherited (cli.tsv script environment)", async () => {
  Deno.env.set("IFS", "x");
  const end = await children().run({
    argv: ["/bin/sh", "-c", 'test "$(env | grep -c ^IFS=)" = 0'],
  });
  Deno.env.delete("IFS");
  assert.deepEqual(end, { kind: "exited", code: 0 });
});

Deno.test("settled() with a script running on, says so after the limit", async () => {
  const { run, settled } = children();
  const end = run({ argv: ["/bin/sleep", "1000"] }, SECOND);
  assert.equal(await settled(SECOND / 100), false);
  await end;
  assert.equal(await settled(SECOND), true);
});

Deno.test("run() as an account that does not exist, is told and not run", async () => {
  const { run, lines } = children();
  const end = await run({ argv: ["/bin/true"], user: "nobody2" });
  assert.equal(end.kind, "not-started");
  assert.match(lines[0]?.text ?? "", /no such account/);
});
