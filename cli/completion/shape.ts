/**
 * What can be typed after `holdfast`, taken from the commander program and the table of the daemon's options, so that
 * completion cannot rot.
 */

import type { Argument, Command, Option } from "commander";
import { OPTIONS } from "../line/options.ts";
import { ALL_RULES } from "../../src/language/mod.ts";
import { blockNames, explainable } from "../../src/document/explain/explain.ts";

/** A command and what may follow it. */
export interface CommandShape {
  /** Empty for the program itself. */
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionShape[];
  readonly arguments: readonly ArgumentShape[];
  readonly commands: readonly CommandShape[];
}

/** An option: its spellings with their dashes, and its value. */
export interface OptionShape {
  readonly short: string | undefined;
  readonly long: string | undefined;
  readonly description: string;
  /** It makes sense to give it again. */
  readonly repeatable: boolean;
  /** Absent for a switch. */
  readonly value: ValueShape | undefined;
}

/** A value of an option. */
export interface ValueShape {
  readonly name: string;
  /** Then it is part of the same word: `-tFILE`, `--config-test=FILE`. */
  readonly optional: boolean;
  readonly offers: Offers;
}

/** An argument. */
export interface ArgumentShape {
  readonly name: string;
  readonly variadic: boolean;
  readonly offers: Offers;
}

/** What can be offered for a value. */
export type Offers =
  | { readonly kind: "nothing" }
  | { readonly kind: "files" }
  | { readonly kind: "words"; readonly words: readonly string[] };

const NOTHING: Offers = { kind: "nothing" };
const FILES: Offers = { kind: "files" };

/** Values that are known by the name they have in the help text. */
const WORDS: Readonly<Record<string, () => readonly string[]>> = {
  keyword: explainable,
  block: () => blockNames().filter((name) => name !== "(root)"),
  rule: () => Object.keys(ALL_RULES),
};

const FILE_NAMES: ReadonlySet<string> = new Set(["file", "log", "path", "directory"]);

/** Shape of a program with all its commands. */
export function shapeOf(program: Command): CommandShape {
  const commands = program.createHelp().visibleCommands(program);
  const names = commands.map((each) => each.name());
  return {
    ...commandShape(program, { name: "", siblings: names }),
    commands: commands.map((each) => commandShape(each, { name: each.name(), siblings: names })),
  };
}

/** `siblings` are the commands that `help` can be asked about. */
function commandShape(
  command: Command,
  { name, siblings }: { readonly name: string; readonly siblings: readonly string[] },
): CommandShape {
  return {
    name,
    description: command.description(),
    options: command.createHelp().visibleOptions(command).map(optionShape),
    arguments: command.registeredArguments.map((each) => argumentShape(each, siblings)),
    commands: [],
  };
}

function optionShape(option: Option): OptionShape {
  const takes = option.required || option.optional;
  const name = /[<[]([^>\]]*)[>\]]/.exec(option.flags)?.[1] ?? "";
  const row = OPTIONS.find(({ flags }) => flags === option.flags);
  const words = option.argChoices ?? (row !== undefined && "words" in row ? row.words : undefined);
  return {
    short: option.short,
    long: option.long,
    description: option.description,
    repeatable: Array.isArray(option.defaultValue) ||
      (row?.kind === "switch" && row.repeatable === true),
    value: takes
      ? {
        name,
        optional: option.optional,
        offers: words === undefined ? offersFor(name) : { kind: "words", words },
      }
      : undefined,
  };
}

function argumentShape(argument: Argument, siblings: readonly string[]): ArgumentShape {
  const name = argument.name();
  const words = name === "command" ? siblings : argument.argChoices;
  const offers: Offers = words === undefined ? offersFor(name) : { kind: "words", words };
  return { name, variadic: argument.variadic, offers };
}

function offersFor(name: string): Offers {
  if (FILE_NAMES.has(name)) return FILES;
  const words = WORDS[name];
  return words === undefined ? NOTHING : { kind: "words", words: words() };
}
