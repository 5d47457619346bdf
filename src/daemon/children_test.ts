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

const LONG = 60 * SECOND;

/** A folder for what scripts leave, removed afterwards. */
async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function shell(script: string) {
  return { argv: ["/bin/sh", "-c", script] };
}

Deno.test("ask() a script that ends, gives its exit code", async () => {
  const end = await children().ask(shell("exit 3"), LONG);
  assert.deepEqual(end, { kind: "exited", code: 3 });
});

Deno.test("ask() a script killed by a signal, names it", async () => {
  const end = await children().ask(shell("kill -USR1 $$"), LONG);
  assert.deepEqual(end, { kind: "signalled", signal: "SIGUSR1" });
});

Deno.test("ask() a script past its timeout, is ended with its whole group", async () => {
  const end = await children().ask(shell("sleep 1000 & wait"), SECOND / 20);
  assert.deepEqual(end, { kind: "timed-out" });
});

Deno.test("ask() a program that does not exist, is told and not thrown", async () => {
  const end = await children().ask({ argv: ["/nonexistent/program"] }, LONG);
  assert.match(end.kind === "not-started" ? end.reason : end.kind, /Cannot run \/nonexistent/);
});

Deno.test("ask() LD_PRELOAD and IFS, are not inherited (cli.tsv script environment)", async () => {
  Deno.env.set("IFS", "x");
  const end = await children().ask(shell('test "$(env | grep -c ^IFS=)" = 0'), LONG);
  Deno.env.delete("IFS");
  assert.deepEqual(end, { kind: "exited", code: 0 });
});

Deno.test("ask() as an account that does not exist, is told and not run", async () => {
  const end = await children().ask({ argv: ["/bin/true"], user: "nobody2" }, LONG);
  assert.match(end.kind === "not-started" ? end.reason : end.kind, /no such account/);
});

Deno.test("tell() a program that does not exist, is logged and the next one runs", async () => {
  await withFolder(async (folder) => {
    const { tell, end, lines } = children();
    tell([{ argv: ["/nonexistent/program"] }, shell(`echo told > ${folder}/told`)]);
    assert.equal(await end(LONG), true);
    assert.match(lines[0]?.text ?? "", /Cannot run \/nonexistent\/program/);
    assert.equal(await Deno.readTextFile(`${folder}/told`), "told\n");
  });
});

Deno.test("tell() quick scripts run in order, and one that hangs holds up none", async () => {
  await withFolder(async (folder) => {
    const { tell, end } = children();
    const say = (word: string) => shell(`echo ${word} >> ${folder}/said`);
    tell([say("first"), shell("sleep 1000"), say("second"), say("third")]);
    assert.equal(await end(SECOND / 2), false);
    assert.equal(await Deno.readTextFile(`${folder}/said`), "first\nsecond\nthird\n");
  });
});

Deno.test("end() a script that is asked, is ended at once; one that is told, after the limit", async () => {
  const { ask, tell, end } = children();
  const asked = ask(shell("exec sleep 1000"), LONG);
  tell([shell("exec sleep 1000")]);
  const before = performance.now();
  assert.equal(await end(SECOND / 5), false);
  assert.ok(performance.now() - before < 10_000);
  assert.deepEqual(await asked, { kind: "signalled", signal: "SIGTERM" });
  assert.equal(await end(LONG), true);
});
