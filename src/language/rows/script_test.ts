import assert from "node:assert/strict";
import { collector, linesOf } from "../fixture.ts";
import { readScript } from "./script.ts";
import { splitWords } from "../source/words.ts";

/** The command of `notify COMMAND`, and the rules of what was found. */
function commandOf(command: string): readonly [readonly string[] | undefined, readonly string[]] {
  const [line] = linesOf(`notify ${command}`).lines;
  assert.ok(line);
  const { report, found } = collector();
  const args = { line, words: splitWords(line.text), at: 1, name: "notify", report };
  const script = readScript(args, { account: true });
  return [script?.argv, found.map(({ code }) => code)];
}

const DIRECT = [
  ['"/etc/notify.sh a b"', ["/etc/notify.sh", "a", "b"]],
  ['"killall -0 haproxy"', ["killall", "-0", "haproxy"]],
  ['"/usr/bin/curl -s http://127.0.0.1/?a=1&b=2;c"', [
    "/usr/bin/curl",
    "-s",
    "http://127.0.0.1/?a=1&b=2;c",
  ]],
  [`"/bin/sh -c 'a; b | c'"`, ["/bin/sh", "-c", "a; b | c"]],
] as const;

for (const [command, argv] of DIRECT) {
  Deno.test(`readScript() ${command}, is run as it is`, () => {
    assert.deepEqual(commandOf(command), [argv, []]);
  });
}

for (
  const text of [
    "ip addr add 1.1.1.1/32 dev lo; ip addr add 1.1.2.1/32 dev lo;",
    "ps ax | grep -q haproxy",
    "check.sh >/dev/null 2>&1",
    "a && b",
  ]
) {
  Deno.test(`readScript() ${text}, is run by a shell and told (seed 001)`, () => {
    assert.deepEqual(commandOf(`"${text}"`), [["/bin/sh", "-c", text], ["shell-command"]]);
  });
}

Deno.test("readScript() what begins with a redirection, is run by a shell as keepalived does", () => {
  const text = "</dev/tcp/127.0.0.1/80";
  assert.deepEqual(commandOf(`"${text}"`), [["/bin/sh", "-c", text], []]);
});
