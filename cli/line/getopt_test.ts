import assert from "node:assert/strict";
import fc from "fast-check";
import { type OptionForm, splitCommandLine } from "./getopt.ts";

const FORMS: readonly OptionForm[] = [
  { short: "n", long: "dont-fork", takes: "nothing" },
  { short: "l", long: "log-console", takes: "nothing" },
  { short: "V", long: "vrrp", takes: "nothing" },
  { short: "r", long: "vrrp_pid", takes: "value" },
  { short: "f", long: "use-file", takes: "value" },
  { short: "t", long: "config-test", takes: "optional-value" },
];

/** What was found, one text each: `name=value` of options, `"operand"`, the kind of a problem and how it was written. */
function split(...args: readonly string[]): readonly string[] {
  return Array.from(splitCommandLine(args, FORMS), (word) => {
    switch (word.kind) {
      case "option":
        return word.value === "" ? word.option.long : `${word.option.long}=${word.value}`;
      case "operand":
        return `"${word.text}"@${word.index}`;
      default:
        return `${word.kind} ${word.spelled}`;
    }
  });
}

/** Rule of getopt_long(3), arguments, what is found. cli/main_test.ts asks keepalived. */
const RULES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["an option", ["-n"], ["dont-fork"]],
  ["a long option", ["--dont-fork"], ["dont-fork"]],
  ["letters behind one dash", ["-nl"], ["dont-fork", "log-console"]],
  ["a value in the same word", ["-f/x"], ["use-file=/x"]],
  ["a value that begins with =", ["-f=/x"], ["use-file==/x"]],
  ["a value in the next word", ["-f", "/x"], ["use-file=/x"]],
  ["a value behind letters", ["-nf/x"], ["dont-fork", "use-file=/x"]],
  ["a value behind letters, in the next word", ["-nf", "/x"], ["dont-fork", "use-file=/x"]],
  ["a value that looks like an option", ["-f", "-n"], ["use-file=-n"]],
  ["a value that is two dashes", ["-f", "--", "-n"], ["use-file=--", "dont-fork"]],
  ["a long value behind =", ["--use-file=/x=y"], ["use-file=/x=y"]],
  ["a long value in the next word", ["--use-file", "/x"], ["use-file=/x"]],
  ["an empty value of a letter", ["-f", "", "-n"], ["use-file", "dont-fork"]],
  ["an empty value of a long option", ["--use-file="], ["value-missing --use-file"]],
  ["an empty word for a long option", ["--use-file", ""], ["value-missing --use-file"]],
  ["an optional value left out", ["-t", "x"], ["config-test", `"x"@1`]],
  ["an optional value in the same word", ["-tx"], ["config-test=x"]],
  ["an optional value of letters", ["-tnf", "x"], ["config-test=nf", `"x"@1`]],
  ["an optional long value left out", ["--config-test", "x"], ["config-test", `"x"@1`]],
  ["an optional long value behind =", ["--config-test=x"], ["config-test=x"]],
  ["an optional long value, empty", ["--config-test="], ["config-test"]],
  ["a value missing at the end", ["-n", "-f"], ["dont-fork", "value-missing -f"]],
  ["a value missing behind letters", ["-nf"], ["dont-fork", "value-missing -f"]],
  ["a long value missing", ["--use-file"], ["value-missing --use-file"]],
  ["a value nobody wants", ["--dont-fork=3"], ["value-unwanted --dont-fork"]],
  ["an abbreviation", ["--dont"], ["dont-fork"]],
  ["an abbreviation with a value", ["--use=/x"], ["use-file=/x"]],
  ["an abbreviation of two", ["--vrr"], ["ambiguous --vrr"]],
  ["a name that begins another", ["--vrrp"], ["vrrp"]],
  ["a name in other case", ["--VRRP"], ["unknown --VRRP"]],
  ["a long name behind one dash", ["-nope"], [
    "dont-fork",
    "unknown -o",
    "unknown -p",
    "unknown -e",
  ]],
  ["an unknown letter among others", ["-nzl"], ["dont-fork", "unknown -z", "log-console"]],
  ["an unknown letter of more than one byte", ["-é"], ["unknown -é"]],
  ["a dash among letters", ["-n-"], ["dont-fork", "unknown --"]],
  ["an unknown name", ["--nope=3", "-n"], ["unknown --nope", "dont-fork"]],
  ["no name at all", ["--=3"], ["unknown --"]],
  ["options behind operands", ["x", "-n", "y"], [`"x"@0`, "dont-fork", `"y"@2`]],
  ["two dashes", ["-n", "--", "-l", "--"], ["dont-fork", `"-l"@2`, `"--"@3`]],
  ["one dash", ["-", "-n"], [`"-"@0`, "dont-fork"]],
  ["an empty word", ["", "-n"], [`""@0`, "dont-fork"]],
  ["nothing", [], []],
];

for (const [rule, args, found] of RULES) {
  Deno.test(`splitCommandLine() ${rule}, is read as getopt_long does: ${args.join(" ")}`, () => {
    assert.deepEqual(split(...args), found);
  });
}

/** Words that mean something, and what they mean. */
interface Phrase {
  readonly words: readonly string[];
  readonly found: string;
}

function phrase(words: readonly string[], found: string): Phrase {
  return { words, found };
}

const PHRASE: fc.Arbitrary<Phrase> = fc.string({ minLength: 1, unit: "binary" }).chain((text) =>
  fc.constantFrom(
    phrase(["-n"], "dont-fork"),
    phrase(["--log"], "log-console"),
    phrase([`-f${text}`], `use-file=${text}`),
    phrase(["-f", text], `use-file=${text}`),
    phrase([`--use-file=${text}`], `use-file=${text}`),
    phrase(["--use", text], `use-file=${text}`),
    phrase(["-t"], "config-test"),
    phrase([`-t${text}`], `config-test=${text}`),
    phrase([`--c=${text}`], `config-test=${text}`),
    phrase([`/${text}`], `"/${text}"`),
  )
);

Deno.test("splitCommandLine() words in any spelling and order, gives what they mean", () => {
  fc.assert(fc.property(fc.array(PHRASE), fc.array(fc.string()), (phrases, operands) => {
    const words = phrases.flatMap(({ words }) => words);
    const found = split(...words, "--", ...operands).map((each) => each.replace(/"@\d+$/, '"'));
    assert.deepEqual(found, [
      ...phrases.map((each) => each.found),
      ...operands.map((text) => `"${text}"`),
    ]);
  }));
});

Deno.test("splitCommandLine() who stops asking, is read no further", () => {
  const [first] = splitCommandLine(["-n", "x"], FORMS);
  assert.equal(first?.kind, "option");
});
