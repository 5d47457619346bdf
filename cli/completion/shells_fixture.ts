/**
 * Asks shells what they offer at the end of lines. bash and zsh put all that fits into the line, by the keys that people
 * have for it; fish prints it.
 */

import assert from "node:assert/strict";
import type { Place, Shell } from "./fixture.ts";

/** A question to a shell. */
export interface Asking {
  /** Commands of the shell that come first. */
  readonly start: string;
  /** It reads its start files, as at a login. */
  readonly startFiles?: boolean;
  /** Lines as they are typed; the cursor is at their ends. */
  readonly lines: readonly string[];
}

/** For each line the words that would be there instead of its last. */
export async function offersOf(
  shell: Shell,
  place: Place,
  asking: Asking,
): Promise<readonly (readonly string[])[]> {
  const answers = await answersOf(shell, place, asking);
  return asking.lines.map((line, index) => {
    const answer = answers[index] ?? "";
    return words(shell === "fish" ? answer : inserted(line, answer))
      .map((word) => plain(line, word)).sort();
  });
}

/** For each line what it became; of fish, what it offers. */
export async function answersOf(
  shell: Shell,
  place: Place,
  asking: Asking,
): Promise<readonly string[]> {
  const answers = (await ASK[shell](place, asking)).split("\n").slice(0, -1);
  assert.equal(answers.length, asking.lines.length, answers.join("\n"));
  return answers;
}

/** Commands that make a shell use the script in this file. */
export function sourcing(shell: Shell, path: string): string {
  return `${shell === "zsh" ? "autoload -Uz compinit && compinit -D -u; " : ""}source ${path}`;
}

/** Prints an answer in a line each. */
const ASK: Readonly<Record<Shell, (place: Place, asking: Asking) => Promise<string>>> = {
  bash: askBash,
  zsh: askZsh,
  fish: askFish,
};

/** What there is instead of the last word; nothing if it is as it was. */
function inserted(line: string, after: string): string {
  const head = line.slice(0, line.search(/(?:\\.|[^\\ ])*$/));
  assert.ok(after.startsWith(head), `"${line}" became "${after}"`);
  return after === line ? "" : after.slice(head.length);
}

/** Splits at blanks that have no backslash before them. */
function words(text: string): readonly string[] {
  return (text.match(/(?:\\.|[^\\ ])+/g) ?? []).map((word) => word.replaceAll(/\\(.)/g, "$1"));
}

/**
 * Without what shells do differently: a mark behind folders and behind long options, and whether what is before the
 * value of `--option=value` belongs to it.
 */
function plain(line: string, word: string): string {
  const long = /--[^ =]+=(?=\S*$)/.exec(line)?.[0] ?? "";
  const value = long !== "" && word.startsWith(long) ? word.slice(long.length) : word;
  return value.replace(/[/=]$/, "");
}

/** bash reads keys from a pipe as well. */
async function askBash(place: Place, { start, startFiles, lines }: Asking): Promise<string> {
  const input = [
    start,
    String.raw`bind '"\C-xa": insert-completions'`,
    String.raw`bind -x '"\C-xp": printf "%s\n" "$READLINE_LINE" >&3; READLINE_LINE='`,
    lines.map((line) => `${line}\x18a\x18p`).join(""),
  ].join("\n");
  const options = startFiles ? "" : "--norc --noprofile";
  return await place.run(
    "bash",
    ["-c", `exec bash ${options} -i 3>&1 >/dev/null`],
    input,
  );
}

/** zsh wants a terminal: another zsh has it, and types when the line before is answered. */
async function askZsh(place: Place, { start, startFiles, lines }: Asking): Promise<string> {
  const setup = await place.write(".setup.zsh", `${start}\n${ZSH_KEYS}`);
  const typist = await place.write(".typist.zsh", ZSH_TYPIST);
  const shell = startFiles ? "zsh -i" : "zsh -f -i";
  return await place.run(
    "zsh",
    ["-f", typist, shell, setup],
    lines.map((line) => `${line}\n`).join(""),
  );
}

/** `^X^A` puts all matches into the line, writes it to descriptor 3, and tells the typist. */
const ZSH_KEYS = String.raw`
zstyle ':completion:*' completer _all_matches _complete
zstyle ':completion:*' insert yes
report() { zle complete-word; print -r -u3 -- "$BUFFER"; BUFFER=; print -n '\1' }
zle -N report
bindkey '\C-x\C-a' report
`;

const ZSH_TYPIST = String.raw`
exec 3>&1
zmodload zsh/zpty
zpty shell $1
zpty -w shell "stty -echo; source $2; print -n '\\1'"
zpty -r shell screen $'*\1*'
while IFS= read -r line; do
    zpty -w -n shell $line$'\C-x\C-a'
    zpty -r shell screen $'*\1*'
done
zpty -d shell
`;

async function askFish(place: Place, { start, startFiles, lines }: Asking): Promise<string> {
  const ask = `${start}
for line in $argv
    set -l offers (complete -C $line | string replace -r '\\t.*' '' | string replace -a ' ' '\\\\ ')
    echo "$offers"
end`;
  const options = startFiles ? [] : ["--no-config"];
  return await place.run("fish", [...options, "-c", ask, ...lines]);
}
