/** What may be meant by a name that nothing bears: an interface of the machine, a block of the file. */

import { type Diagnostic, nearest, type Node } from "../language/mod.ts";
import { ofText } from "../language/source/known_texts.ts";

/** What bears names. */
export interface Bearers {
  readonly tree: readonly Node[];
  /** Interfaces of the machine; absent: not known. */
  readonly interfaces: ReadonlySet<string> | undefined;
}

/** Adds what may be meant to findings of names. */
export function withNameHints(
  diagnostics: readonly Diagnostic[],
  { tree, interfaces }: Bearers,
): readonly Diagnostic[] {
  const known = new Map<string, readonly string[]>();
  const namesOf = (blocks: readonly string[]) =>
    ofText(
      known,
      blocks.join(" "),
      () => tree.flatMap(({ name, words }) => blocks.includes(name) ? words[1]?.text ?? [] : []),
    );
  return diagnostics.map((each): Diagnostic => {
    const { about } = each;
    const hint = about?.kind === "interface"
      ? interfaceHint(about.name, interfaces ?? new Set()) ?? each.hint ?? listed(interfaces)
      : about?.kind === "refers"
      ? likely(about.name, namesOf(about.blocks)) ?? each.hint
      : each.hint;
    return hint === each.hint || hint === undefined ? each : { ...each, hint };
  });
}

/** `eth0:1` is what ifconfig calls an address of `eth0`: no interface has a `:` in its name. */
function interfaceHint(name: string, interfaces: ReadonlySet<string>): string | undefined {
  const [, base] = /^([^:]+):.*$/.exec(name) ?? [];
  if (base !== undefined) return `write ${base}: ${name} is an alias, a label of its addresses`;
  return likely(name, [...interfaces]);
}

function listed(interfaces: ReadonlySet<string> = new Set()): string | undefined {
  const own = [...interfaces].filter((each) => each !== "lo").sort();
  const more = own.length > MAX_LISTED ? ` and ${own.length - MAX_LISTED} more` : "";
  return own.length === 0
    ? undefined
    : `this machine has ${own.slice(0, MAX_LISTED).join(", ")}${more}`;
}

/** Interfaces that are listed. */
const MAX_LISTED = 6;

/** Of more names than these some resemble every word, and each comparison takes time. */
const MAX_COMPARED = 1_000;

/** A name that differs in more than its numbers: `eth1` is not a misspelt `eth0`. */
function likely(name: string, candidates: readonly string[]): string | undefined {
  if (candidates.length > MAX_COMPARED) return undefined;
  const plain = withoutNumbers(name);
  const unlike = candidates.filter((each) => withoutNumbers(each) !== plain);
  const meant = nearest(name, unlike);
  return meant && `did you mean ${meant}`;
}

function withoutNumbers(name: string): string {
  return name.replaceAll(/\d+/g, "0");
}
