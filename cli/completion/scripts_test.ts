import assert from "node:assert/strict";
import { isInstalled, scriptOf, SHELLS } from "./fixture.ts";
import { holdfast, output } from "../process_fixture.ts";

for (const shell of SHELLS) {
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
    const help = (await holdfast(["help"])).stdout;
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

Deno.test("completion of another shell, is refused with the shells there are", async () => {
  const { code, stderr } = await holdfast(["completion", "tcsh"]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^Cannot run completion: there is no shell .*: must be bash, zsh or fish; "holdfast help completion"/,
  );
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
