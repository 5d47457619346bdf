/** Completion for bash, version 4 or later; needs no other package. */

import type { CommandShape, Offers, OptionShape } from "./shape.ts";

/** The script: `~/.local/share/bash-completion/completions/holdfast`, or to be sourced. */
export function bashCompletion(program: CommandShape): string {
  const { commands } = program;
  const all = [program, ...commands];
  return `# Completion of holdfast for bash: source it, or put it as holdfast where bash-completion looks.
_holdfast() {
    # How readline sees the word at the cursor: bash lets one end at the "=" of --option=value.
    local cur=$2 IFS=$' \\t\\n'
    local words=() word option= value= attached= command= position=0 ended= i
    _holdfast_split
    for ((i = 1; i < \${#words[@]} - 1; i++)); do
        word=\${words[i]}
        if [[ $option ]]; then
            option=
        elif [[ $word == -- && ! $ended ]]; then
            ended=1
        elif [[ $word == -?* && ! $ended ]]; then
            _holdfast_option "$word"
            # Only what needs a value, and has none, takes the next word for it.
            case "$attached$command $option" in
${indent(16, [`${all.flatMap(needing).join(" | ")}) ;;`])}
                *) option= ;;
            esac
        else
            case "$command$position $word" in
${indent(16, [`${commands.map(({ name }) => quote(`0 ${name}`)).join(" | ")})`])}
                    command=$word ended= ;;
                *) ((++position)) ;;
            esac
        fi
    done

    word=\${words[i]}
    attached=
    if [[ $option ]]; then
        value=$word attached=1
    elif [[ $word == -?* && ! $ended ]]; then
        _holdfast_option "$word"
    fi
    COMPREPLY=()
    if [[ $attached ]]; then
        case "$command $option" in
${indent(12, all.flatMap(valueCases))}
        esac
    elif [[ $word == -* && ! $ended ]]; then
        case $command in
${indent(12, all.map((each) => `${quote(each.name)}) _holdfast_words ${quote(flags(each))} ;;`))}
        esac
    else
        case "$command $position" in
${indent(12, [programWords(program), ...commands.flatMap(argumentCases)])}
        esac
    fi
}

# The words up to the cursor, as the program will get them: what no blank parts is one word.
_holdfast_split() {
    local line=$COMP_LINE after=\${COMP_LINE:COMP_POINT} last=-1
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=\${COMP_WORDS[i]}
        if [[ $last -ge 0 && -n $word && $line != [[:blank:]]* ]]; then
            words[last]+=$word
        else
            words[++last]=$word
        fi
        line=\${line#*"$word"}
    done
    words[last]=\${words[last]%"\${after%%[[:blank:]]*}"}
}

# Reads the option of a word, and the value that is part of it.
_holdfast_option() {
    local letters= i
    option=$1 value= attached=
    case $1 in
        --*=*) option=\${1%%=*} value=\${1#*=} attached=1 ;;
        --*) ;;
        *)
            case $command in
${indent(16, all.map((each) => `${quote(each.name)}) letters=${quote(valueLetters(each))} ;;`))}
            esac
            for ((i = 1; i < \${#1}; i++)); do
                option=-\${1:i:1} value=\${1:i+1}
                [[ $letters == *"\${1:i:1}"* ]] && break
            done
            attached=\${value:+1}
            ;;
    esac
}

_holdfast_words() {
    local before=
    [[ $attached && $cur == -* ]] && before=\${cur%"$value"}
    mapfile -t COMPREPLY < <(compgen -W "$1" -P "$before" -- "\${cur#"$before"}")
}

_holdfast_files() {
    # readline completes them best, but where an option is before them in the same word.
    if [[ ! $attached || $cur != -* ]]; then
        compopt -o default
        return
    fi
    local before=\${cur%"$value"} i
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -P "$before" -- "$value")
    for i in "\${!COMPREPLY[@]}"; do
        if [[ -d \${COMPREPLY[i]#"$before"} ]]; then
            COMPREPLY[i]+=/
            compopt -o nospace
        fi
    done
}

complete -F _holdfast holdfast
`;
}

/** Options that take the next word when they have no value. */
function needing({ name, options }: CommandShape): readonly string[] {
  return options.filter(({ value }) => value !== undefined && !value.optional)
    .flatMap((option) => patternsOf(name, option));
}

function valueCases({ name, options }: CommandShape): readonly string[] {
  return options.flatMap((option) =>
    option.value === undefined || option.value.offers.kind === "nothing"
      ? []
      : [`${patternsOf(name, option).join(" | ")}) ${offer(option.value.offers)} ;;`]
  );
}

function patternsOf(command: string, { short, long }: OptionShape): readonly string[] {
  return [short, long].filter((flag) => flag !== undefined).map((flag) =>
    quote(`${command} ${flag}`)
  );
}

/** Letters behind which the rest of a word is a value. */
function valueLetters({ options }: CommandShape): string {
  return options.map(({ short, value }) => value === undefined ? "" : short?.slice(1) ?? "")
    .join("");
}

function programWords({ commands }: CommandShape): string {
  return `" 0") _holdfast_words ${quote(commands.map(({ name }) => name).join(" "))} ;;`;
}

function argumentCases({ name, arguments: all }: CommandShape): readonly string[] {
  return all.flatMap(({ offers, variadic }, index) =>
    offers.kind === "nothing"
      ? []
      : [`${variadic ? `"${name} "*` : quote(`${name} ${index}`)}) ${offer(offers)} ;;`]
  );
}

function offer(offers: Offers): string {
  switch (offers.kind) {
    case "nothing":
      return "";
    case "files":
      return "_holdfast_files";
    case "words":
      return `_holdfast_words ${quote(offers.words.join(" "))}`;
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
