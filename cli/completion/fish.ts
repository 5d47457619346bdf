/** Completion for fish, version 3.1 or later. */

import type { ArgumentShape, CommandShape, Offers, OptionShape } from "./shape.ts";

/** The script: `~/.config/fish/completions/holdfast.fish`. */
export function fishCompletion(program: CommandShape): string {
  const { commands } = program;
  const lines = [
    "complete -c holdfast -f",
    ...[program, ...commands].flatMap((command) =>
      command.options.flatMap((option) => optionLines(command, withoutClash(program, option)))
    ),
    ...commands.map(({ name, description }) =>
      `complete -c holdfast -n ${here("")} -a ${name} -d ${quote(description)}`
    ),
    ...commands.flatMap(({ name, arguments: all }) =>
      all.flatMap((argument, index) => argumentLines(name, { argument, index }))
    ),
  ];
  return `# Completion of holdfast for fish: put it into ~/.config/fish/completions/holdfast.fish.

# Whether the cursor is behind this command, or before any, and at its argument of this number.
function __holdfast_at -a at number
    set -l words (commandline -opc)
    set -e words[1]
    set -l options ${specs(program)}
    # The second time the last option misses its value, which is what the cursor is at.
    argparse -s $options -- $words 2>/dev/null
    or argparse -s $options -- $words '' 2>/dev/null
    or return
    test "$argv[1]" = "$at"
    or return
    set -e argv[1]
    switch "$at"
${commands.filter(({ options }) => options.length > 0).map(optionsCase).join("\n")}
        case '*'
            set options
    end
    if set -q options[1]
        argparse $options -- $argv 2>/dev/null
        or argparse $options -- $argv '' 2>/dev/null
        or return
    end
    test -z "$number"
    or test (count $argv) -eq "$number"
end

# Prints, for a word of switches, this letter and its value, what is before the value, and that.
function __holdfast_attached -a switches letter
    string match -rq -- "^(?<before>-[$switches]*$letter)(?<value>.+)" (commandline -ct)
    and printf '%s\\n' $before $value
end

# Prints files for a value in the word of its letter; fish knows what is before it.
function __holdfast_files
    set -l parts (__holdfast_attached $argv)
    and complete -C "'' $parts[2]"
end

# The same where the value is optional. To fish such a letter would be a switch among others.
function __holdfast_optional
    if test (commandline -ct) = -
        printf '%s\\n' -$argv[2]
    else if set -l parts (__holdfast_attached $argv)
        string replace -r '^' -- $parts[1] (complete -C "'' $parts[2]")
    end
end

${lines.map((line) => `${line}\n`).join("")}`;
}

function optionsCase(command: CommandShape): string {
  return `        case ${command.name}
            set options ${specs(command)}`;
}

/** Specifications for fish's argparse. */
function specs({ options }: CommandShape): string {
  return options.map(({ short, long, value }) => {
    const names = [short?.slice(1), long?.slice(2)].filter((name) => name !== undefined);
    return `${names.join("/")}${value === undefined ? "" : value.optional ? "=?" : "="}`;
  }).map(quote).join(" ");
}

/**
 * A letter that is a switch of a command and takes a value before any: fish, which asks for the place only afterwards, would take
 * every word that begins with it for a row of switches. The name of the option is still offered.
 */
function withoutClash(program: CommandShape, option: OptionShape): OptionShape {
  const clashes = option.value === undefined &&
    program.options.some(({ short, value }) =>
      short !== undefined && short === option.short && value !== undefined
    );
  return clashes && option.long !== undefined ? { ...option, short: undefined } : option;
}

function optionLines(command: CommandShape, option: OptionShape): readonly string[] {
  const { short, long, description, value } = option;
  const start = `complete -c holdfast -n ${here(command.name)}`;
  const end = `-d ${quote(description)}`;
  const name = long === undefined ? "" : ` -l ${long.slice(2)}`;
  if (short === undefined) return [`${start}${name}${taken(option)} ${end}`];
  const letter = short.slice(1);
  const attached = `${switches(command)} ${letter}`;
  if (value?.offers.kind !== "files") {
    return [`${start} -s ${letter}${name}${taken(option)} ${end}`];
  }
  return value.optional
    ? [
      `${start} -a '(__holdfast_optional ${attached})' ${end}`,
      `${start}${name}${taken(option)} ${end}`,
    ]
    : [`${start} -s ${letter}${name}${taken(option)} -a '(__holdfast_files ${attached})' ${end}`];
}

/** Says how a value is given. */
function taken({ value }: OptionShape): string {
  if (value === undefined) return "";
  const required = value.optional ? "" : value.offers.kind === "files" ? " -r" : " -x";
  return `${required}${offered(value.offers)}`;
}

/** Letters that take no value, as for brackets of a pattern. */
function switches({ options }: CommandShape): string {
  return options.map(({ short, value }) => value === undefined ? short?.slice(1) ?? "" : "")
    .join("");
}

function argumentLines(
  command: string,
  { argument, index }: { readonly argument: ArgumentShape; readonly index: number },
): readonly string[] {
  const words = offered(argument.offers);
  const at = argument.variadic ? here(command) : here(`${command} ${index}`);
  return words === "" ? [] : [`complete -c holdfast -n ${at}${words}`];
}

/** The condition of a place. */
function here(place: string): string {
  return quote(`__holdfast_at ${place}`.trimEnd());
}

function offered(offers: Offers): string {
  switch (offers.kind) {
    case "nothing":
      return "";
    case "files":
      return " -F";
    case "words":
      return ` -a ${quote(offers.words.join(" "))}`;
  }
}

/** In single quotes fish knows two escapes. */
function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, (character) => `\\${character}`)}'`;
}
