/** Completion for zsh. */

import type { ArgumentShape, CommandShape, Offers, OptionShape, ValueShape } from "./shape.ts";

/** The script: a file `_holdfast` in a folder of `$fpath`, or to be sourced after `compinit`. */
export function zshCompletion(program: CommandShape): string {
  const { commands } = program;
  return `#compdef holdfast
# Completion of holdfast for zsh: put it as _holdfast into a folder of $fpath, or source it.
_holdfast() {
    local curcontext=$curcontext state ret=1
    local -a line commands
    typeset -A opt_args
    _arguments -s -S -C \\
${
    lines(8, [
      ...program.options.flatMap(optionSpecs),
      // Behind a command the options are its own.
      `'(-):command:->command'`,
      `'(-)*::argument:->argument'`,
    ])
  } && ret=0
    case $state in
        command)
            commands=(
${commands.map((each) => `                ${quote(`${each.name}:${each.description}`)}`).join("\n")}
            )
            _describe command commands && ret=0
            ;;
        argument)
            curcontext=\${curcontext%:*:*}:holdfast-$line[1]:
            case $line[1] in
${commands.map(commandCase).join("\n")}
            esac
            ;;
    esac
    return ret
}

if [[ $funcstack[1] == _holdfast ]]; then
    _holdfast "$@"
else
    compdef _holdfast holdfast
fi
`;
}

function commandCase(command: CommandShape): string {
  const specs = [
    ...command.options.flatMap(optionSpecs),
    ...command.arguments.map(argumentSpec),
  ];
  return `                ${command.name})
                    _arguments -s -S \\
${lines(24, specs)} && ret=0
                    ;;`;
}

/** One specification per spelling; after it neither is offered, unless it may be repeated. */
function optionSpecs(
  { short, long, description, value, repeatable }: OptionShape,
): readonly string[] {
  const flags = [short, long].filter((flag) => flag !== undefined);
  const rest = `[${bracketed(description)}]${
    value === undefined
      ? ""
      : `${value.optional ? "::" : ":"}${coloned(value.name)}:${action(value.offers)}`
  }`;
  return flags.map((flag) => {
    const before = repeatable ? "*" : `(${flags.join(" ")})`;
    return quote(`${before}${flag}${value === undefined ? "" : where(flag, value)}${rest}`);
  });
}

/** Where the value is: in the same word, or in that or the next. */
function where(flag: string, { optional }: ValueShape): string {
  return flag.startsWith("--") ? optional ? "=-" : "=" : optional ? "-" : "+";
}

function argumentSpec({ name, variadic, offers }: ArgumentShape): string {
  return quote(`${variadic ? "*" : ""}:${coloned(name)}:${action(offers)}`);
}

function action(offers: Offers): string {
  switch (offers.kind) {
    case "nothing":
      return "";
    case "files":
      return "_files";
    case "words":
      return `(${offers.words.join(" ")})`;
  }
}

function bracketed(text: string): string {
  return text.replaceAll(/[[\]\\:]/g, (character) => `\\${character}`);
}

function coloned(text: string): string {
  return text.replaceAll(/[\\:]/g, (character) => `\\${character}`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function lines(by: number, specs: readonly string[]): string {
  return specs.map((spec) => " ".repeat(by) + spec).join(" \\\n");
}
