/** Reads the argument vector: what the program shall do, and what of the line it cannot do. */

import { splitCommandLine, type WordOption, type WordProblem } from "./getopt.ts";
import { type DaemonOption, DEFAULTS, OPTIONS, type RunOptions } from "./options.ts";

/** What a line asks for. */
export type Request =
  | {
    readonly kind: "run";
    readonly options: RunOptions;
    /** Operands, which are only mentioned (keepalived). */
    readonly ignored: readonly string[];
  }
  | {
    readonly kind: "subcommand";
    /** Options before its name. */
    readonly options: RunOptions;
    /** Its name and what follows it, which is its own to read. */
    readonly words: readonly string[];
  }
  | { readonly kind: "version" }
  | { readonly kind: "help" }
  | { readonly kind: "licenses" }
  | { readonly kind: "signal-number"; readonly name: string };

/** Why an option cannot be obeyed; `spelled` is how it was written. */
export type Complaint =
  | WordProblem<DaemonOption>
  | { readonly kind: "absent"; readonly spelled: string; readonly option: DaemonOption }
  | {
    readonly kind: "value-refused";
    readonly spelled: string;
    readonly value: string;
    /** What it must be. */
    readonly must: string;
  };

/** A command line, read. */
export interface CommandLine {
  readonly request: Request;
  /** All of them: reading goes on behind a bad option, up to one that is answered at once (keepalived). */
  readonly complaints: readonly Complaint[];
}

/** Reads the arguments; the first word that is no option is a subcommand if `isSubcommand` knows it. */
export function readCommandLine(
  args: readonly string[],
  isSubcommand: (word: string) => boolean,
): CommandLine {
  let options = DEFAULTS;
  const ignored: string[] = [];
  const complaints: Complaint[] = [];
  for (const word of splitCommandLine(args, OPTIONS)) {
    if (word.kind === "operand") {
      const words = args.slice(word.index);
      if (ignored.length === 0 && isSubcommand(word.text)) {
        return { request: { kind: "subcommand", options, words }, complaints };
      }
      ignored.push(word.text);
    } else {
      const meaning = word.kind === "option"
        ? meaningOf(word, options)
        : { kind: "complain", complaint: word } as const;
      if (meaning.kind === "answer") return { request: meaning.request, complaints };
      if (meaning.kind === "complain") complaints.push(meaning.complaint);
      else options = { ...options, ...meaning.fields };
    }
  }
  return { request: { kind: "run", options, ignored }, complaints };
}

/** What an option does to the reading of its line. */
type Meaning =
  | { readonly kind: "set"; readonly fields: Partial<RunOptions> }
  | { readonly kind: "answer"; readonly request: Request }
  | { readonly kind: "complain"; readonly complaint: Complaint };

function meaningOf(
  { option, spelled, value }: WordOption<DaemonOption>,
  before: RunOptions,
): Meaning {
  switch (option.kind) {
    case "switch":
      return { kind: "set", fields: option.set(before) };
    case "value": {
      const fields = option.read(value, before);
      return typeof fields === "string"
        ? { kind: "complain", complaint: { kind: "value-refused", spelled, value, must: fields } }
        : { kind: "set", fields };
    }
    case "end":
      return { kind: "answer", request: requestOf(option.answer, value) };
    case "absent":
      return { kind: "complain", complaint: { kind: "absent", spelled, option } };
  }
}

function requestOf(
  answer: "version" | "help" | "signal-number" | "licenses",
  value: string,
): Request {
  return answer === "signal-number" ? { kind: answer, name: value } : { kind: answer };
}
