/** Completion for bash, version 4 or later; needs no other package. */

import type { CommandShape, Offers, OptionShape } from "./completion_shape.ts";

/** The script to source. */
export function bashCompletion(program: CommandShape): string {
  const { commands } = program;
  const all = [program, ...commands];
  return `# Completion of holdfast for bash: source it, or put it into /etc/bash_completion.d.
_holdfast() {
    local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command= position=0 i attached=
    # bash makes a word of the "=" in --option=value.
    [[ $cur == = || $prev == = ]] && attached=1
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=\${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$command \${COMP_WORDS[i]}" in
${indent(12, all.flatMap(skipValues))}
            *" -"* | *" =") ;;
${indent(12, commandCases(commands))}
            *) ((++position)) ;;
        esac
    done
    COMPREPLY=()
    case "$command $prev" in
${indent(8, all.flatMap(optionValues))}
    esac
    if [[ $cur == -* ]]; then
        case $command in
${indent(12, all.map((each) => `${quote(each.name)}) _holdfast_words ${quote(flags(each))} ;;`))}
        esac
        return
    fi
    case "$command $position" in
${indent(8, [programWords(program), ...commands.flatMap(argumentCases)])}
    esac
}

_holdfast_words() {
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_holdfast_files() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}

complete -F _holdfast holdfast
`;
}

/** Words that follow an option that needs a value are values. */
function skipValues({ name, options }: CommandShape): readonly string[] {
  const patterns = options.filter(({ value }) => value !== undefined && !value.optional)
    .flatMap((option) => patternsOf(name, option));
  return patterns.length === 0 ? [] : [
    `${patterns.join(" | ")}) ((++i)); if [[ \${COMP_WORDS[i]} == = ]]; then ((++i)); fi ;;`,
  ];
}

function commandCases(commands: readonly CommandShape[]): readonly string[] {
  const patterns = commands.map(({ name }) => quote(` ${name}`));
  return patterns.length === 0 ? [] : [`${patterns.join(" | ")}) command=\${COMP_WORDS[i]} ;;`];
}

function optionValues({ name, options }: CommandShape): readonly string[] {
  return options.flatMap((option) => {
    if (option.value === undefined) return [];
    const patterns = patternsOf(name, option).join(" | ");
    const { offers, optional } = option.value;
    if (!optional) return [`${patterns}) ${offer(offers)}return ;;`];
    return offers.kind === "nothing"
      ? []
      : [`${patterns}) if [[ $attached ]]; then ${offer(offers)}return; fi ;;`];
  });
}

function patternsOf(command: string, { short, long }: OptionShape): readonly string[] {
  return [short, long].filter((flag) => flag !== undefined).map((flag) =>
    quote(`${command} ${flag}`)
  );
}

function programWords({ commands }: CommandShape): string {
  return `" 0") _holdfast_words ${quote(commands.map(({ name }) => name).join(" "))} ;;`;
}

function argumentCases({ name, arguments: all }: CommandShape): readonly string[] {
  return all.flatMap(({ offers, variadic }, index) =>
    offers.kind === "nothing"
      ? []
      : [`${variadic ? `"${name} "*` : quote(`${name} ${index}`)}) ${offer(offers)};;`]
  );
}

function offer(offers: Offers): string {
  switch (offers.kind) {
    case "nothing":
      return "";
    case "files":
      return "_holdfast_files; ";
    case "words":
      return `_holdfast_words ${quote(offers.words.join(" "))}; `;
  }
}

function flags({ options }: CommandShape): string {
  return options.flatMap(({ short, long }) => [short, long]).filter((flag) => flag !== undefined)
    .join(" ");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function indent(by: number, lines: readonly string[]): string {
  return lines.map((line) => " ".repeat(by) + line).join("\n");
}
