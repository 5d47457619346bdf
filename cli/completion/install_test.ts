import assert from "node:assert/strict";
import { isInstalled, newPlace, type Place, type Shell } from "./fixture.ts";
import { offersOf } from "./shells_fixture.ts";

/** What docs/FORMAT.md says about installation, in its order. */
const TEXT = Deno.readTextFileSync(new URL("../../docs/FORMAT.md", import.meta.url));
const COMPLETION = TEXT.slice(TEXT.indexOf("\n## Completion"));

const BASH_COMPLETION = "/usr/share/bash-completion/bash_completion";

function blocks(shell: Shell): readonly string[] {
  return Array.from(
    COMPLETION.matchAll(new RegExp(`\`\`\`${shell}\n(.*?)\`\`\``, "gs")),
    ([, block = ""]) => block,
  );
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Lines that show the script at work: a command, a file, a keyword. */
const LINES = ["holdfast expl", "holdfast -fFIL", "holdfast -nl explain advert"];
const OFFERS = [["explain"], ["-fFILE"], ["advert_int"]];

async function offersWithStartFiles(shell: Shell, place: Place): Promise<unknown> {
  return await offersOf(shell, place, { start: "", startFiles: true, lines: LINES });
}

Deno.test({
  name: "completion bash, put where docs/FORMAT.md says, is found (needs bash-completion)",
  ignore: !isInstalled("bash") || !isFile(BASH_COMPLETION),
  fn: async () => {
    await using place = await newPlace();
    await place.write(".bashrc", `source ${BASH_COMPLETION}\n`);
    await place.run("bash", ["-e"], blocks("bash")[0]);
    assert.deepEqual(await offersWithStartFiles("bash", place), OFFERS);
  },
});

Deno.test({
  name: "completion bash, sourced as docs/FORMAT.md says, needs no package (needs bash)",
  ignore: !isInstalled("bash"),
  fn: async () => {
    await using place = await newPlace();
    await place.write(".bashrc", blocks("bash")[1] ?? "");
    assert.deepEqual(await offersWithStartFiles("bash", place), OFFERS);
  },
});

Deno.test({
  name: "completion zsh, put where docs/FORMAT.md says, is found (needs zsh)",
  ignore: !isInstalled("zsh"),
  fn: async () => {
    await using place = await newPlace();
    const [install = "", startFile = ""] = blocks("zsh");
    await place.run("zsh", ["-f", "-e"], install);
    await place.write(".zshrc", startFile);
    assert.deepEqual(await offersWithStartFiles("zsh", place), OFFERS);
  },
});

Deno.test({
  name: "completion zsh, sourced behind compinit, works as well (needs zsh)",
  ignore: !isInstalled("zsh"),
  fn: async () => {
    await using place = await newPlace();
    const start = "autoload -Uz compinit && compinit\nsource <(holdfast completion zsh)\n";
    await place.write(".zshrc", start);
    assert.deepEqual(await offersWithStartFiles("zsh", place), OFFERS);
  },
});

Deno.test({
  name: "completion fish, put where docs/FORMAT.md says, is found (needs fish)",
  ignore: !isInstalled("fish"),
  fn: async () => {
    await using place = await newPlace();
    await place.run("fish", [], blocks("fish")[0]);
    assert.deepEqual(await offersWithStartFiles("fish", place), OFFERS);
  },
});
