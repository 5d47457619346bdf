/** Completion for fish. */

import type { CommandShape, Offers, OptionShape } from "./completion_shape.ts";

/** The script: \`~/.config/fish/completions/holdfast.fish\`. */
export function fishCompletion(program: CommandShape): string {
  const names = program.commands.map(({ name }) => name);
  const outside = quote(`not __fish_seen_subcommand_from ${names.join(" ")}`);
  const lines = [
    "# Completion of holdfast for fish: put it into ~/.config/fish/completions/holdfast.fish.",
    "complete -c holdfast -f",
    ...program.options.map((option) => optionLine(outside, option)),
    ...program.commands.flatMap((command) => commandLines(command, outside)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function commandLines(command: CommandShape, outside: string): readonly string[] {
  const { name, description, options, arguments: all } = command;
  const here = `__fish_seen_subcommand_from ${name}`;
  return [
    `complete -c holdfast -n ${outside} -a ${name} -d ${quote(description)}`,
    ...options.map((option) => optionLine(quote(here), option)),
    ...all.flatMap(({ offers, variadic }, index) => {
      const words = offered(offers);
      if (words === "") return [];
      // The words before the cursor: holdfast, the command, and arguments that came before this one.
      const nth = `test (count (commandline -opc | string match -v -- '-*')) -eq ${index + 2}`;
      return [`complete -c holdfast -n ${quote(variadic ? here : `${here}; and ${nth}`)}${words}`];
    }),
  ];
}

function optionLine(condition: string, { short, long, description, value }: OptionShape): string {
  const takes = value === undefined
    ? ""
    : value.optional
    ? offered(value.offers)
    : `${value.offers.kind === "files" ? " -r" : " -x"}${offered(value.offers)}`;
  return [
    `complete -c holdfast -n ${condition}`,
    ...(short === undefined ? [] : [` -s ${short.slice(1)}`]),
    ...(long === undefined ? [] : [` -l ${long.slice(2)}`]),
    takes,
    ` -d ${quote(description)}`,
  ].join("");
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
