/** Script commands: the program, its arguments and the account that runs it (grammar.md §10). */

import { complain, complainOfLine, needWord } from "./args.ts";
import { sliceLine } from "../findings/place.ts";
import type { Args } from "./table.ts";
import { splitShell, type Word } from "../source/words.ts";

/** A command as written. */
export interface ScriptWords {
  /** Program and arguments, at least one word. */
  readonly argv: readonly string[];
  readonly user?: string;
  readonly group?: string;
  /** It is a line for a shell, which `argv` begins with: its first word. */
  readonly byShell?: string;
}

/** The program a command begins with, as written. */
export function programOf({ byShell, argv }: ScriptWords): string {
  return byShell ?? argv[0] ?? "";
}

/** Reads a command; the words after it are an account, or without `account` its arguments. */
export function readScript(
  args: Args,
  options: { readonly account: boolean },
): ScriptWords | undefined {
  const first = needWord(args, "a command");
  if (first === undefined) return undefined;
  args.at = args.words.length;
  const { text } = sliceLine(args.line, first.start);
  const outer = splitShell(text, true);
  const [command, ...after] = outer.words;
  const inner = command && splitShell(command.text);
  if (!outer.ok || command === undefined || !inner?.ok || inner.words.length === 0) {
    const empty = outer.ok && inner?.ok === true;
    complain(args, { ...first, end: args.line.text.length }, {
      severity: "error",
      code: empty ? "missing-value" : "unterminated-quote",
      message: `Cannot read the command of ${args.name}: ${
        empty ? "it is empty" : "a quote is not closed"
      }`,
      // keepalived: takes an empty command nearly everywhere, and then cannot run it
      status: !empty ? "unmatched-quote" : NEVER_EMPTY.test(args.name) ? "general" : undefined,
    });
    return undefined;
  }
  const byShell = needsShell(inner.words) && { byShell: inner.words[0]?.text ?? "" };
  const argv = byShell ? viaShell(args, command.text) : inner.words.map(({ text }) => text);
  if (options.account) {
    warnOfLostWords(args, first, {
      lost: after.slice(2),
      why: "two words behind it are an account, the others are lost",
    });
    return { argv, ...byShell, ...accountOf(after) };
  }
  // They are meant, so they count.
  warnOfLostWords(args, first, { lost: after, why: "keepalived runs the first word alone" });
  return {
    argv: [...argv, ...after.flatMap((word) => unescape(word))],
    ...byShell,
  };
}

const NEVER_EMPTY = /^(startup_script|shutdown_script|misc_path)$/;

/** Words by which somebody means a shell: several commands, pipes, redirections. Inside a word, as in a URL, they mean nothing. */
const OPERATOR = /;$|^(\|\|?|&&?|;)$|^[0-9&]?[<>]/;

/** What no program begins with: keepalived looks for one of that name. Only a file to be opened it hands to a shell. */
const NO_PROGRAM = /^(?:[`(|&;>]|<(?![ \t]*\/))/;

function needsShell(words: readonly Pick<Word, "text" | "quoted">[]): boolean {
  const [first] = words;
  if (first !== undefined && NO_PROGRAM.test(first.text)) return false;
  return words.some(({ text, quoted }) => !quoted && OPERATOR.test(text));
}

/**
 * keepalived: its older releases and their forks hand every command to a shell; since 2.0 the words after a `;` are arguments
 * of the first program. Several commands in one string are meant as several commands, so a shell reads them.
 */
function viaShell(args: Args, text: string): readonly string[] {
  // What begins like `</dev/tcp/…` keepalived hands to a shell too.
  if (!OPERATOR.test(text.split(" ", 1)[0] ?? "")) {
    complainOfLine(args, {
      severity: "info",
      code: "shell-command",
      message: `Cannot run ${args.name} without a shell: it has several commands or a redirection`,
      hint: "keepalived 2 gives the rest to the first program as arguments: call a script instead",
    });
  }
  return ["/bin/sh", "-c", text];
}

/** `USER [GROUP]`. */
export function accountOf(words: readonly Pick<Word, "text">[]): Omit<ScriptWords, "argv"> {
  const [user, group] = words;
  return { ...(user && { user: user.text }), ...(group && { group: group.text }) };
}

/** Arguments outside quotes. `lost` has offsets behind the first word. */
function warnOfLostWords(
  args: Args,
  first: Word,
  { lost, why }: { readonly lost: readonly Word[]; readonly why: string },
): void {
  const last = lost.at(-1);
  if (lost[0] === undefined || last === undefined) return;
  const span: Word = { ...first, start: first.start + lost[0].start, end: first.start + last.end };
  complain(args, span, {
    severity: "warning",
    code: "extra-word",
    message: `Cannot take all words behind ${args.name} for its command: ${why}`,
    hint: "put the whole command in double quotes",
  });
}

function unescape(word: Word): readonly string[] {
  const { words, ok } = splitShell(word.text);
  return word.quoted || !ok ? [word.text] : words.map(({ text }) => text);
}
