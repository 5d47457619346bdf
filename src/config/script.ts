/** Script commands: the program, its arguments and the account that runs it (grammar.md §10). */

import { complain, complainOfLine, needWord } from "./args.ts";
import { sliceLine } from "./place.ts";
import type { Args } from "./table.ts";
import { splitShell, type Word } from "./words.ts";

/** A command as written. */
export interface ScriptWords {
  /** Program and arguments, at least one word. */
  readonly argv: readonly string[];
  readonly user?: string;
  readonly group?: string;
  /** A leading `:` of the group: also the account's supplementary groups. */
  readonly supplementary: boolean;
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
  if (!outer.ok || !inner?.ok || inner.words.length === 0) {
    complain(args, { ...first, end: args.line.text.length }, {
      severity: "error",
      code: "unterminated-quote",
      message: `Cannot read the command of ${args.name}: a quote is not closed or it is empty`,
      status: "unmatched-quote",
    });
    return undefined;
  }
  const argv = inner.words.map((word) => word.text);
  if (options.account) return { argv, ...accountOf(after) };
  if (after.length > 0) warnOfLostArguments(args);
  return { argv: [...argv, ...after.flatMap((word) => unescape(word))], supplementary: false };
}

/** `USER [:][GROUP]`. */
export function accountOf(words: readonly Pick<Word, "text">[]): Omit<ScriptWords, "argv"> {
  const [user, group] = words;
  const name = group?.text.replace(/^:/, "");
  return {
    ...(user && { user: user.text }),
    ...(name && { group: name }),
    supplementary: group?.text.startsWith(":") ?? false,
  };
}

/** keepalived: runs the first word alone, so arguments outside quotes are lost. They are meant, so they count. */
function warnOfLostArguments(args: Args): void {
  complainOfLine(args, {
    severity: "warning",
    code: "extra-word",
    message:
      `Cannot share the arguments of ${args.name} with keepalived: it runs the first word alone`,
    hint: "put the whole command in double quotes",
  });
}

function unescape(word: Word): readonly string[] {
  const { words, ok } = splitShell(word.text);
  return word.quoted || !ok ? [word.text] : words.map(({ text }) => text);
}
