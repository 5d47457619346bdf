/** Against the real core, built with `cargo build --release`, and against one that wants for everything. */

import assert from "node:assert/strict";
import type { ScriptCommand } from "../../global/config.ts";
import type { LogLine } from "../../global/log.ts";
import { coreTest } from "../../../tests/data/core.ts";
import type { Answer, Call } from "../../native/mod.ts";
import { SECOND } from "../../net/micros.ts";
import { parseAccounts } from "./accounts.ts";
import { type Children, openChildren, type ScriptNews } from "./children.ts";

const LONG = 600 * SECOND;

/** Children, and what was logged. */
interface Lab {
  readonly children: Children;
  readonly lines: readonly string[];
  /** What comes of a question: all until it ends. */
  ask(command: ScriptCommand, timeout?: number, key?: string): Promise<readonly ScriptNews[]>;
  /** Closes the core. */
  close(): Promise<void>;
  readonly folder: string;
}

function withChildren(name: string, body: (lab: Lab) => Promise<void>): void {
  coreTest(name, {}, async (core) => {
    const folder = await Deno.makeTempDir();
    const lines: string[] = [];
    const log = ({ text }: Omit<LogLine, "kind">) => void lines.push(text);
    const accounts = parseAccounts("", "");
    const children = openChildren(core, { accounts, guarded: false, log });
    core.listen({
      packet: () => {},
      failed: (error) => void lines.push(error.message),
      event: (event) => {
        if (event.event === "child-late" || event.event === "child-ended") children.heard(event);
      },
    });
    const close = () => {
      core[Symbol.dispose]();
      return core.closed;
    };
    const ask: Lab["ask"] = (command, timeout = LONG, key = "key") =>
      new Promise((resolve) => {
        const all: ScriptNews[] = [];
        const hear = (news: ScriptNews) => {
          all.push(news);
          if (news.kind !== "late") resolve(all);
        };
        children.ask({ command, timeout, key, hear });
      });
    try {
      await body({ children, lines, ask, close, folder });
    } finally {
      await close();
      await Deno.remove(folder, { recursive: true });
    }
  });
}

function shell(script: string): ScriptCommand {
  return { argv: ["/bin/sh", "-c", script] };
}

/** Waits until a file has a line. */
async function lineOf(path: string): Promise<string> {
  for (;;) {
    const text = await Deno.readTextFile(path).catch(() => "");
    if (text.endsWith("\n")) return text.trim();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits until a process is gone. */
async function goneOf(pid: string): Promise<void> {
  for (;;) {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => ") Z");
    if (/\) [ZX]/.test(stat)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

withChildren("ask() a script that ends, gives its exit code", async ({ ask }) => {
  assert.deepEqual(await ask(shell("exit 3")), [{ kind: "exited", code: 3 }]);
});

withChildren("ask() a script killed by a signal, names it", async ({ ask }) => {
  assert.deepEqual(await ask(shell("kill -USR1 $$")), [{ kind: "signalled", signal: "SIGUSR1" }]);
});

withChildren("ask() a script past its timeout, is late at once and gone later", async ({ ask }) => {
  const news = await ask(shell("sleep 1000 & wait"), SECOND / 20);
  assert.deepEqual(news, [{ kind: "late" }, { kind: "gone" }]);
});

withChildren("ask() a program that does not exist, is told and not thrown", async ({ ask }) => {
  assert.deepEqual(await ask({ argv: ["/nonexistent/program"] }), [{
    kind: "not-started",
    reason: "Cannot run /nonexistent/program: No such file or directory",
  }]);
});

withChildren("ask() as an account that does not exist, is told and not run", async ({ ask }) => {
  const [news] = await ask({ argv: ["/bin/true"], user: "nobody2" });
  assert.match(news?.kind === "not-started" ? news.reason : "", /no such account/);
});

withChildren("dismiss() a script, ends it and nobody hears of it", async (lab) => {
  const { children, ask, folder } = lab;
  const heard: unknown[] = [];
  ask(shell(`echo $$ > ${folder}/pid; exec sleep 1000`), LONG, "a").then((news) =>
    heard.push(news)
  );
  const pid = await lineOf(`${folder}/pid`);
  children.dismiss("b");
  children.dismiss("a");
  await goneOf(pid);
  await ask(shell("exit 0"));
  assert.deepEqual(heard, []);
});

withChildren(
  "tell() a program that does not exist, is logged and the next one runs",
  async (lab) => {
    const { children, lines, folder } = lab;
    children.tell("A", [{ argv: ["/nonexistent/program"] }, shell(`echo told > ${folder}/told`)]);
    assert.equal(await children.end(LONG), true);
    assert.match(lines[0] ?? "", /Cannot run \/nonexistent\/program/);
    assert.equal(await Deno.readTextFile(`${folder}/told`), "told\n");
  },
);

withChildren("tell() quick scripts run in order, and one that hangs holds up none", async (lab) => {
  const { children, folder } = lab;
  const say = (word: string) => shell(`echo ${word} >> ${folder}/said`);
  children.tell("A", [
    say("first"),
    shell("exec sleep 1000"),
    say("second"),
    shell(`sleep 0.01; echo > ${folder}/last`),
  ]);
  await lineOf(`${folder}/said`);
  await new Promise<void>((resolve) => {
    const look = () => Deno.stat(`${folder}/last`).then(() => resolve(), () => setTimeout(look, 5));
    look();
  });
  assert.equal(await children.end(1), false);
  assert.equal(await Deno.readTextFile(`${folder}/said`), "first\nsecond\n");
});

withChildren(
  "tell() of one subject twice, the second waits no longer than its head start",
  async (lab) => {
    const { children, folder } = lab;
    children.tell("INSTANCE A", [shell("exec sleep 1000")]);
    children.tell("INSTANCE A", [shell(`echo backup > ${folder}/said`)]);
    assert.equal(await lineOf(`${folder}/said`), "backup");
    assert.equal(await children.end(1), false);
  },
);

withChildren(
  "tell() of one subject twice with a long head start, the second waits for the end of the first",
  async ({ children, folder }) => {
    children.tell("VS A", [shell(`sleep 0.3; echo down >> ${folder}/said`)], {
      headStart: 60 * SECOND,
    });
    children.tell("VS A", [shell(`echo up >> ${folder}/said; echo > ${folder}/last`)], {
      headStart: SECOND,
    });
    await lineOf(`${folder}/last`);
    assert.equal(await Deno.readTextFile(`${folder}/said`), "down\nup\n");
  },
);

withChildren(
  "end() a script that is asked, is ended at once; one that is told, when the core is closed",
  async (lab) => {
    const { children, ask, close, folder } = lab;
    const asked = ask(shell("exec sleep 1000"));
    children.tell("A", [shell(`echo $$ > ${folder}/pid; exec sleep 1000`)]);
    const pid = await lineOf(`${folder}/pid`);
    assert.equal(await children.end(SECOND / 5), false);
    assert.deepEqual(await asked, [{ kind: "signalled", signal: "SIGTERM" }]);
    assert.match(await Deno.readTextFile(`/proc/${pid}/stat`), /\) S/);
    await close();
    await goneOf(pid);
  },
);

/** A core that cannot start a child the first `failures` times, for want of `errno`. */
function wanting(failures: number, errno: number) {
  let left = failures;
  const started: string[] = [];
  const ask = (call: Call, answer: Answer) => {
    if (call.call !== "spawn") return;
    if (left > 0) {
      left -= 1;
      const message = "cannot run x: Too many open files (os error 24)";
      return answer({ result: "failed", status: 15, errno, message }, 0);
    }
    started.push(call.argv.join(" "));
    answer({ result: "done" }, 0);
    queueMicrotask(() =>
      children.heard({ event: "child-ended", child: call.child, exit: { kind: "exited", code: 0 } })
    );
  };
  const lines: string[] = [];
  const log = ({ text }: Omit<LogLine, "kind">) => void lines.push(text);
  const accounts = parseAccounts("", "");
  const children = openChildren({ ask, tell: () => {} }, { accounts, guarded: false, log });
  return { children, started, lines };
}

for (const errno of [11, 12, 23, 24]) {
  Deno.test(`ask() errno ${errno}, is a want of this host and not a result`, () => {
    const { children } = wanting(1, errno);
    const heard: ScriptNews[] = [];
    const hear = (news: ScriptNews) => void heard.push(news);
    children.ask({ command: { argv: ["x"] }, timeout: SECOND, key: "a", hear });
    assert.deepEqual(heard, [{ kind: "not-begun", reason: "Cannot run x: Too many open files" }]);
  });
}

Deno.test("tell() what this host cannot begin, is said once, tried again, and what comes later waits", async () => {
  const { children, started, lines } = wanting(3, 24);
  children.tell("A", [{ argv: ["first"] }]);
  children.tell("B", [{ argv: ["second"] }, { argv: ["third"] }]);
  while (started.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(started, ["first", "second", "third"]);
  assert.deepEqual(lines, ["Cannot run x: Too many open files, tries again"]);
  assert.equal(await children.end(LONG), true);
});

Deno.test("tell() of one subject again, waits for the end of what it was told before; another subject does not", async () => {
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (call: Call, answer: Answer) => {
    if (call.call !== "spawn") return;
    const { child } = call;
    started.push(call.argv.join(" "));
    ends.push(() =>
      children.heard({ event: "child-ended", child, exit: { kind: "exited", code: 0 } })
    );
    answer({ result: "done" }, 0);
  };
  const log = () => {};
  const accounts = parseAccounts("", "");
  const children = openChildren({ ask, tell: () => {} }, { accounts, guarded: false, log });
  // No head start ends meanwhile, as nothing but promises is waited for.
  const settled = async () => {
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  };
  children.tell("INSTANCE A", [{ argv: ["fault"] }]);
  children.tell("INSTANCE A", [{ argv: ["backup"] }]);
  children.tell("INSTANCE B", [{ argv: ["other"] }]);
  await settled();
  assert.deepEqual(started, ["fault", "other"]);
  ends[0]?.();
  await settled();
  assert.deepEqual(started, ["fault", "other", "backup"]);
  for (const end of ends.slice(1)) end();
  assert.equal(await children.end(LONG), true);
});
