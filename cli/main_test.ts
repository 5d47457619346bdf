import assert from "node:assert/strict";
import { type Ended, holdfast, output } from "./process_fixture.ts";

/** Runs in a folder with a fine configuration, `ok`, and one with an error, `bad`. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/ok`, "global_defs {\nrouter_id a\n}\n");
    await Deno.writeTextFile(`${folder}/bad`, "global_defs {\nroutr_id a\n}\n");
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A program's answer to a command line in which `@` stands for the folder. */
interface Answer extends Ended {
  /** Lines in the file `log` of the folder; absent: there is none. */
  readonly logged: number | undefined;
}

async function answer(
  run: (args: readonly string[]) => Promise<Ended>,
  args: readonly string[],
): Promise<Answer> {
  return await inFolder(async (folder) => {
    const ended = await run(args.map((arg) => arg.replace("@", `${folder}/`)));
    try {
      const log = await Deno.readTextFile(`${folder}/log`);
      return { ...ended, logged: log.trimEnd().split("\n").length };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      return { ...ended, logged: undefined };
    }
  });
}

/** Arguments after `-t`, exit code, lines logged to the file: the same for Debian's keepalived 2.2.7. */
const LINES: readonly (readonly [readonly string[], number, number?])[] = [
  [["-f", "@ok"], 0],
  [["-f", "@bad"], 5],
  [["-f@bad"], 5],
  [["-nlDf@bad"], 5],
  [["-nf", "@bad"], 5],
  [["--use-file=@bad"], 5],
  [["--use-file", "@bad"], 5],
  [["--use-f=@bad"], 5],
  [["--dont-f", "--use=@bad"], 5],
  [["-f", "@ok", "-f", "@bad"], 5],
  [["-f", "@bad", "-f", "@ok"], 0],
  [["-t@log", "-f", "@bad"], 5, 1],
  [["--config-test=@log", "-f", "@bad"], 5, 1],
  [["--config-t=@log", "-f", "@bad"], 5, 1],
  [["-t@log", "-t", "-f", "@bad"], 5, 1],
  [["@log", "-f", "@bad"], 5],
  [["--config-test", "@log", "-f", "@bad"], 5],
  [["--config-test=", "-f", "@bad"], 5],
  [["x", "-f", "@bad", "y"], 5],
  [["-", "-f", "@bad"], 5],
  [["-f", "@bad", "--", "-z"], 5],
  [["-f", "@ok", "--dont-re"], 1],
  [["-f", "@ok", "--vrr"], 1],
  [["-f", "@ok", "--vrrp"], 0],
  [["-f", "@ok", "--no"], 1],
  [["-f", "@ok", "--no-"], 0],
  [["-f", "@ok", "--al"], 1],
  [["-f", "@ok", "--v"], 1],
  [["-f", "@ok", "--nope"], 1],
  [["-f", "@ok", "--vrrp=3"], 1],
  [["-f", "@ok", "--=3"], 1],
  [["-f", "@ok", "--USE-FILE=x"], 1],
  [["-f", "@ok", "-z"], 1],
  [["-f", "@ok", "-nz"], 1],
  [["-f", "@ok", "-n-"], 1],
  [["-f", "@ok", "-n=3"], 1],
  [["-f"], 1],
  [["-nf"], 1],
  [["--use-file"], 1],
  [["--use-file="], 1],
  [["--use-file", ""], 1],
  [["--pid=", "-f", "@ok"], 1],
  [["-v"], 0],
  [["-v", "--nope"], 0],
  [["--nope", "-v"], 0],
  [["--ver"], 0],
  [["--version=3"], 1],
  [["-h"], 0],
  [["-hv", "x"], 0],
  [["--signum=RELOAD"], 0],
  [["--signum", "RELOAD", "--nope"], 0],
  [["--signum=FOO"], 1],
  [["--signum=reload"], 1],
  [["--signum"], 1],
];

function isInstalled(program: string): boolean {
  try {
    return new Deno.Command(program, { args: ["-v"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}

/**
 * Whether a program gave no answer. keepalived 2.2.7 names a long option without its value by an index that is never
 * set then, so what its stack happens to hold decides between a garbled name and SIGSEGV.
 */
function isCrash({ signal }: Ended): boolean {
  return signal === "SIGSEGV" || signal === "SIGBUS" || signal === "SIGABRT";
}

Deno.test("isCrash() of a program ended by SIGSEGV or by itself, tells them apart", async () => {
  const ends = ["kill -SEGV $$", "exit 139"].map((text) => output("/bin/sh", ["-c", text]));
  assert.deepEqual((await Promise.all(ends)).map(isCrash), [true, false]);
});

const KEEPALIVED = "/usr/sbin/keepalived";
const COMPARED = isInstalled(KEEPALIVED);

for (const [args, code, logged] of LINES) {
  const line = ["-t", ...args].join(" ");
  Deno.test(`main() ${line}, exits with ${code}`, async () => {
    const ours = await answer(holdfast, ["-t", ...args]);
    assert.deepEqual([ours.code, ours.logged], [code, logged], ours.stderr);
  });
  Deno.test({
    name: `main() ${line}, ends as keepalived does (needs keepalived)`,
    ignore: !COMPARED,
    fn: async () => {
      const theirs = await answer((all) => output(KEEPALIVED, all), ["-t", ...args]);
      if (isCrash(theirs)) return;
      assert.deepEqual([theirs.code, theirs.logged], [code, logged], theirs.stderr);
    },
  });
}

Deno.test("main() an operand, is mentioned", async () => {
  const { code, stderr } = await answer(holdfast, ["-t", "x", "-f", "@ok", "--", "-y"]);
  assert.deepEqual([code, stderr], [0, "Ignored arguments: x -y\n"]);
});

Deno.test("main() a misspelt subcommand, is told and no daemon is started", async () => {
  const { code, stdout, stderr } = await answer(holdfast, ["chekc", "@bad"]);
  assert.deepEqual([code, stdout, stderr], [
    1,
    "",
    "Cannot run chekc: there is no such command, did you mean check\n",
  ]);
});

Deno.test("main() a line that begins with what is no command, is told and no daemon is started", async () => {
  const { code, stdout, stderr } = await answer(holdfast, ["frobnicate", "-f", "@bad"]);
  assert.deepEqual([code, stdout, stderr], [
    1,
    "",
    'Cannot run frobnicate: there is no such command, "holdfast --help" lists them\n',
  ]);
});

Deno.test("main() help of what is no command, is told", async () => {
  const { code, stdout, stderr } = await answer(holdfast, ["help", "nosuch"]);
  assert.deepEqual([code, stdout, stderr], [
    1,
    "",
    "Cannot tell how nosuch is used: there is no such command\n",
  ]);
});

Deno.test("main() a start in the background that fails, is told on the terminal", async () => {
  const { code, stdout, stderr } = await answer(holdfast, ["-f", "@ok", "-p", "@nope/x.pid"]);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^Cannot start: the log says why, and "holdfast -n -l"/);
});

Deno.test("main() bad options, are told all and nothing is done", async () => {
  const { code, stdout, stderr } = await answer(holdfast, ["-zt", "-f", "@bad", "-S", "8"]);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.equal(
    stderr,
    "Cannot use -z: there is no such option\n" +
      'Cannot set -S to "8": must be 0 to 7, local0 to local7, user or daemon\n',
  );
});

Deno.test("main() bad options before a subcommand, keep it from running", async () => {
  const { code, stdout, stderr } = await answer(holdfast, ["--nope", "check", "@bad"]);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.equal(stderr, "Cannot use --nope: there is no such option\n");
});

Deno.test("main() -v, writes to stderr as keepalived does", async () => {
  const { stdout, stderr } = await answer(holdfast, ["-v"]);
  assert.equal(stdout, "");
  assert.match(stderr, /^holdfast v\d.* Keepalived v/);
});

Deno.test("main() --signum, prints the number (cli.tsv)", async () => {
  const { stdout } = await answer(holdfast, ["--signum=STATS_CLEAR"]);
  assert.equal(stdout, "63\n");
});

Deno.test("main() help, lists all options and commands on stdout", async () => {
  const { code, stdout, stderr } = await answer(holdfast, ["help"]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^ {2}-f, --use-file <file> +configuration file; default: \/etc/m);
  assert.match(stdout, /^ {2}-h, --help +print this help and exit$/m);
  assert.match(stdout, /^ {2}fmt \[options\] \[file\.\.\.\]/m);
});

Deno.test("main() --help, lists what is used most and where the rest is told", async () => {
  const { code, stdout, stderr } = await answer(holdfast, ["--help"]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^ {2}-f, --use-file <file> +configuration file$/m);
  assert.match(stdout, /"holdfast help" lists all options/);
});

Deno.test("main() help of a subcommand, is its own", async () => {
  const { code, stdout } = await answer(holdfast, ["help", "fmt"]);
  assert.equal(code, 0);
  assert.match(stdout, /^Usage: holdfast fmt \[options\] \[file\.\.\.\]/);
});

Deno.test("main() options before a subcommand, are its options too", async () => {
  const file = await answer(holdfast, ["-f", "@bad", "check", "--format", "json"]);
  assert.equal(file.code, 5);
  assert.match(file.stdout, /routr_id/);
  const own = await answer(holdfast, ["-f", "@bad", "check", "@ok", "--format", "json"]);
  assert.equal(own.code, 0);
});

Deno.test("main() -e and -i before check or after it, mean the same", async () => {
  const include = await Deno.makeTempFile();
  const node = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(include, "include nope.conf\n");
    await Deno.writeTextFile(node, "@node7 foo\n");
    const code = async (...args: readonly string[]) => (await holdfast(args)).code;
    assert.equal(await code("check", include), 0);
    assert.equal(await code("-e", "check", include), 6);
    assert.equal(await code("check", "-e", include), 6);
    assert.equal(await code("check", node), 0);
    assert.equal(await code("-i", "node7", "check", node), 5);
    assert.equal(await code("check", "--config-id=node7", node), 5);
  } finally {
    await Deno.remove(include);
    await Deno.remove(node);
  }
});

for (const line of [[], ["-n", "-l"], ["-D"]]) {
  Deno.test({
    name: `main() ${
      line.join(" ") || "without a word"
    }, without a configuration, says what to do first`,
    ignore: isThere("/etc/keepalived/keepalived.conf"),
    fn: async () => {
      const { code, stdout, stderr } = await answer(holdfast, line);
      assert.deepEqual([code, stdout], [6, ""]);
      assert.equal(stderr.trimEnd().split("\n").length, 3);
      assert.match(stderr, /holdfast example > /);
    },
  });
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
