/**
 * One-line mistakes in a good file, made by rule rather than by hand, so that none is left out.
 */

/** A good file with one line changed. */
export interface Mutant {
  /** The line, from 1, and what was done to it. */
  readonly name: string;
  readonly text: string;
}

/** What is done to a line; `undefined`: there is nothing in it to do this to. */
type Mutation = (line: string) => string | undefined;

/** By name, what people do to a line. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "line lost": () => "",
  "line doubled": (line) => /[{}]/.test(line) ? undefined : `${line}\n${line}`,
  "last word lost": (line) => replaced(line, /^(\s*\S+.*?)\s+[^\s{}"]+"?(\s*\{)?$/, "$1$2"),
  "word misspelt": (line) => replaced(line, /^(\s*\w*)(\w)(?!\2)(\w)(?=\w*(?: |$))/, "$1$3$2"),
  "word in upper case": (line) =>
    replaced(line, /^\s*[a-z_]+(?= |$)/, (word) => word.toUpperCase()),
  "opening brace lost": (line) => replaced(line, / *\{$/, ""),
  "opening brace doubled": (line) => replaced(line, /\{$/, "{ {"),
  "closing brace lost": (line) => replaced(line, /\}$/, ""),
  "closing brace doubled": (line) => replaced(line, /\}$/, "}\n}"),
  "opening brace is a parenthesis": (line) => replaced(line, /\{$/, "("),
  "closing brace is a parenthesis": (line) => replaced(line, /\}$/, ")"),
  "opening brace of a name lost": (line) => replaced(line, /\$\{/, "$"),
  "closing brace of a name lost": (line) => replaced(line, /(\$\{\w+)\}/, "$1"),
  "name in braces misspelt": (line) => replaced(line, /\$\{/, "${x"),
  "unit behind a number": (line) => replaced(line, /(?<= )\d+$/, "$&s"),
  "number far too large": (line) => replaced(line, /(?<= )\d+$/, "99999999999"),
  "number negative": (line) => replaced(line, /(?<= )\d+$/, "-5"),
  "number is a word": (line) => replaced(line, /(?<= )\d+$/, "many"),
  "octet too large": (line) => replaced(line, /(\d+\.\d+\.\d+)\.\d+/, "$1.256"),
  "octet lost": (line) => replaced(line, /(\d+\.\d+\.\d+)\.\d+/, "$1"),
  "prefix too long": (line) => replaced(line, /\/\d+(?=$| dev)/, "/33"),
  "name misspelt": (line) => replaced(line, /^(\s*(?:\w+ )?)([a-zA-Z]\w*)$/, "$1x$2"),
  "quote not closed": (line) => replaced(line, /^(.*")[^"]*"$/, (all) => all.slice(0, -1)),
  "quote put before the last word": (line) => replaced(line, /(\S+)$/, '"$1', /[{}"]/),
  "semicolon at the end": (line) => replaced(line, /$/, ";", /[{}]/),
  "equals sign": (line) => replaced(line, /^(\s*\S+) (?=\S)/, "$1 = ", /[{}]/),
  "colon": (line) => replaced(line, /^(\s*\S+) (?=\S)/, "$1: ", /[{}]/),
  "word too many": (line) => replaced(line, /$/, " more", /[{}]/),
  "comment of another language": (line) => replaced(line, /$/, " // note", /[{}]/),
  "comment of another language, of two lines": (line) => `/* once\n${line} */`,
  "comment of another language before it": (line) => `/*\n * two lines\n */\n${line}`,
};

/** All mutants of a text, line by line. */
export function mutantsOf(text: string): readonly Mutant[] {
  const lines = text.replace(/\n$/, "").split("\n");
  return lines.flatMap((line, index) =>
    Object.entries(MUTATIONS).flatMap(([name, mutate]) => {
      const changed = mutate(line);
      if (changed === undefined || changed === line) return [];
      const text = `${lines.with(index, changed).join("\n")}\n`;
      return [{ name: `${index + 1} ${line.trim()}: ${name}`, text }];
    })
  );
}

function replaced(
  line: string,
  pattern: RegExp,
  by: string | ((found: string) => string),
  unless?: RegExp,
): string | undefined {
  if (!pattern.test(line) || unless?.test(line)) return undefined;
  return typeof by === "string" ? line.replace(pattern, by) : line.replace(pattern, by);
}
