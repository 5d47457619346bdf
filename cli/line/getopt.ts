/**
 * Splits a command line as getopt_long(3) of the GNU C library does, which reads keepalived's: `-nlD`, `-f/path`,
 * `--use-file=/path`, `--use-f /path`, operands anywhere. Absent on purpose: `POSIXLY_CORRECT` and `-W`.
 */

/** An option as far as splitting needs it. */
export interface OptionForm {
  /** One character. */
  readonly short?: string;
  readonly long: string;
  /** What follows it. An optional value is part of the same word: `-tFILE`, `--config-test=FILE`. */
  readonly takes: "nothing" | "value" | "optional-value";
}

/** One finding on a command line, in its order. */
export type Word<Form> = WordOption<Form> | WordOperand | WordProblem<Form>;

/** An option; `spelled` is how it was written, without its value. */
export interface WordOption<Form> {
  readonly kind: "option";
  readonly spelled: string;
  readonly option: Form;
  /** Empty when an optional one is not given, and for options that take none. */
  readonly value: string;
}

/** A word that is no option. */
export interface WordOperand {
  readonly kind: "operand";
  readonly text: string;
  /** Where it stands in the argument vector. */
  readonly index: number;
}

/** What cannot be understood. */
export type WordProblem<Form> =
  | { readonly kind: "unknown"; readonly spelled: string }
  | { readonly kind: "ambiguous"; readonly spelled: string; readonly options: readonly Form[] }
  | { readonly kind: "value-missing"; readonly spelled: string; readonly option: Form }
  | { readonly kind: "value-unwanted"; readonly spelled: string; readonly option: Form };

/** The word after the one that is read, which is then used up; `undefined` at the end. */
type Next = () => string | undefined;

/** Splits `args`, one word after the other: who stops asking leaves the rest unread. */
export function* splitCommandLine<Form extends OptionForm>(
  args: readonly string[],
  options: readonly Form[],
): Generator<Word<Form>, void> {
  let index = 0;
  const next = () => args[++index];
  let onlyOperands = false;
  for (; index < args.length; index++) {
    const text = args[index] ?? "";
    if (onlyOperands || text === "-" || !text.startsWith("-")) {
      yield { kind: "operand", text, index };
    } else if (text === "--") onlyOperands = true;
    else if (text.startsWith("--")) yield longOption(text, options, next);
    else yield* shortOptions(text, options, next);
  }
}

function longOption<Form extends OptionForm>(
  text: string,
  options: readonly Form[],
  next: Next,
): Word<Form> {
  const equals = text.indexOf("=");
  const spelled = equals < 0 ? text : text.slice(0, equals);
  const attached = equals < 0 ? undefined : text.slice(equals + 1);
  const [option, ...others] = meantBy(spelled.slice("--".length), options);
  if (option === undefined) return { kind: "unknown", spelled };
  if (others.length > 0) return { kind: "ambiguous", spelled, options: [option, ...others] };
  switch (option.takes) {
    case "nothing":
      return attached === undefined
        ? { kind: "option", spelled, option, value: "" }
        : { kind: "value-unwanted", spelled, option };
    case "optional-value":
      return { kind: "option", spelled, option, value: attached ?? "" };
    case "value": {
      const value = attached ?? next();
      // keepalived, not getopt: an empty value of a long option is a missing one.
      return value === undefined || value === ""
        ? { kind: "value-missing", spelled, option }
        : { kind: "option", spelled, option, value };
    }
  }
}

/** The option of a name, else all that the name begins. */
function meantBy<Form extends OptionForm>(name: string, options: readonly Form[]): readonly Form[] {
  const exact = options.find(({ long }) => long === name);
  if (exact !== undefined) return [exact];
  return name === "" ? [] : options.filter(({ long }) => long.startsWith(name));
}

/** Letters behind one dash; the first that takes a value takes the rest of the word for it. */
function* shortOptions<Form extends OptionForm>(
  text: string,
  options: readonly Form[],
  next: Next,
): Generator<Word<Form>, void> {
  let rest = text.slice("-".length);
  while (rest !== "") {
    const [letter = ""] = rest;
    rest = rest.slice(letter.length);
    const spelled = `-${letter}`;
    const option = options.find(({ short }) => short === letter);
    if (option === undefined) yield { kind: "unknown", spelled };
    else if (option.takes === "nothing") yield { kind: "option", spelled, option, value: "" };
    else {
      const value = rest !== "" || option.takes === "optional-value" ? rest : next();
      yield value === undefined
        ? { kind: "value-missing", spelled, option }
        : { kind: "option", spelled, option, value };
      return;
    }
  }
}
