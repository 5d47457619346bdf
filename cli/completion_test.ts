import assert from "node:assert/strict";
import { holdfast, output, PROGRAM } from "./process_fixture.ts";

const SCRIPTS = new Map<string, string>();

/** The script of a shell, asked for once. */
async function scriptOf(shell: string): Promise<string> {
  const known = SCRIPTS.get(shell);
  if (known !== undefined) return known;
  const { code, stdout, stderr } = await holdfast(["completion", shell]);
  assert.deepEqual([code, stderr], [0, ""]);
  SCRIPTS.set(shell, stdout);
  return stdout;
}

function isInstalled(shell: string): boolean {
  try {
    return new Deno.Command(shell, { args: ["--version"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}

for (const shell of ["bash", "zsh", "fish"]) {
  Deno.test({
    name: `completion ${shell}, has the syntax of ${shell} (needs ${shell})`,
    ignore: !isInstalled(shell),
    fn: async () => {
      const checked = await output(shell, ["-n"], await scriptOf(shell));
      assert.deepEqual(checked, { code: 0, stdout: "", stderr: "" });
    },
  });

  Deno.test(`completion ${shell}, offers every command and every option of the help text`, async () => {
    const script = await scriptOf(shell);
    const help = (await holdfast(["--help"])).stdout;
    const commands = Array.from(
      help.slice(help.indexOf("\nCommands:")).matchAll(/^ {2}([a-z]+) /gm),
      ([, name = ""]) => name,
    );
    assert.ok(commands.includes("fmt") && commands.includes("explain"));
    for (const command of ["", ...commands]) {
      const text = command === "" ? help : (await holdfast([command, "--help"])).stdout;
      assert.ok(script.includes(command));
      for (const [, option = ""] of text.matchAll(/^ {2}(?:-[A-Za-z], )?--([a-z][a-z-]+)/gm)) {
        assert.ok(script.includes(option), `${command} --${option}`);
      }
    }
  });
}

/** What bash offers for the last word. */
async function bashOffers(words: readonly string[]): Promise<readonly string[]> {
  const ask = [
    await scriptOf("bash"),
    `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})`,
    `COMP_CWORD=${words.length - 1}`,
    "_holdfast",
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ].join("\n");
  const { code, stdout, stderr } = await output("bash", ["--norc", "-s"], ask);
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout.split("\n").filter((line) => line !== "").sort();
}

const OFFERS: readonly (readonly [readonly string[], readonly string[]])[] = [
  [["holdfast", "expl"], ["explain"]],
  [["holdfast", "-f", "x.conf", "expl"], ["explain"]],
  [["holdfast", "-f", "fmt", "compl"], ["completion"]],
  [["holdfast", "--use"], ["--use-file"]],
  [["holdfast", "--signum", "REL"], ["RELOAD"]],
  [["holdfast", "--signum", "=", "REL"], ["RELOAD"]],
  [["holdfast", "-i", ""], []],
  [["holdfast", "fmt", "--"], ["--check", "--help", "--write"]],
  [["holdfast", "fmt", "--check", `${PROGRAM.slice(0, -1)}`], [PROGRAM]],
  [["holdfast", "fmt", "a", "b", `${PROGRAM.slice(0, -1)}`], [PROGRAM]],
  [["holdfast", "-f", `${PROGRAM.slice(0, -1)}`], [PROGRAM]],
  [["holdfast", "--config-test", "=", `${PROGRAM.slice(0, -1)}`], [PROGRAM]],
  [["holdfast", "-t", "expl"], ["explain"]],
  [["holdfast", "explain", "advert"], ["advert_int"]],
  [["holdfast", "explain", "duplicate-n"], ["duplicate-name"]],
  [["holdfast", "explain", "weight", "real_"], ["real_server"]],
  [["holdfast", "explain", "weight", "real_server", ""], []],
  [["holdfast", "completion", ""], ["bash", "fish", "zsh"]],
];

for (const [words, offers] of OFFERS) {
  const line = words.map((word) => word.replace(PROGRAM.slice(0, -1), "FIL")).join(" ");
  Deno.test({
    name: `completion bash, "${line}", offers what fits (needs bash)`,
    ignore: !isInstalled("bash"),
    fn: async () => assert.deepEqual(await bashOffers(words), offers),
  });
}

Deno.test({
  name: "completion bash, is what bash asks for holdfast (needs bash)",
  ignore: !isInstalled("bash"),
  fn: async () => {
    const ask = `${await scriptOf("bash")}\ncomplete -p holdfast\n`;
    const { stdout } = await output("bash", ["--norc", "-s"], ask);
    assert.equal(stdout, "complete -F _holdfast holdfast\n");
  },
});

Deno.test("completion of another shell, is refused with the shells there are", async () => {
  const { code, stderr } = await holdfast(["completion", "tcsh"]);
  assert.equal(code, 1);
  assert.match(stderr, /Allowed choices are bash, zsh, fish/);
});

Deno.test("explain, known and unknown, answers on stdout with 0 or on stderr with 1", async () => {
  const known = await holdfast(["explain", "advert_int", "vrrp_instance"]);
  assert.deepEqual([known.code, known.stderr], [0, ""]);
  assert.match(known.stdout, /^advert_int <seconds/);
  assert.deepEqual(await holdfast(["explain", "priorty"]), {
    code: 1,
    stdout: "",
    stderr: 'There is no keyword "priorty"; did you mean priority\n',
  });
});
