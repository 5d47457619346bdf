/** What may be meant by a name that nothing bears: an interface of the machine, a block of the file. */

import {
  type Diagnostic,
  didYouMean,
  type Finding,
  nearest,
  type Node,
} from "../../language/mod.ts";
import { ofText } from "../../language/source/known_texts.ts";

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
    const meant = about?.kind === "interface"
      ? interfaceMeant(about.name, interfaces ?? new Set())
      : about?.kind === "refers"
      ? didYouMean(likely(about.name, namesOf(about.blocks)))
      : {};
    if (meant.hint !== undefined) return { ...each, ...definedOf(meant) };
    if (about?.kind !== "interface" || each.hint !== undefined) return each;
    return { ...each, ...definedOf({ hint: listed(interfaces) }) };
  });
}

/** `eth0:1` is what ifconfig calls an address of `eth0`: no interface has a `:` in its name. */
function interfaceMeant(name: string, interfaces: ReadonlySet<string>): Meant {
  const [, base] = /^([^:]+):.*$/.exec(name) ?? [];
  if (base === undefined) return didYouMean(likely(name, [...interfaces]));
  return { hint: `write ${base}`, fix: base };
}

type Meant = Pick<Finding, "hint" | "fix">;

/** Without what is not said. */
function definedOf({ hint, fix }: Meant): Pick<Diagnostic, "hint" | "fix"> {
  return { ...(hint !== undefined && { hint }), ...(fix !== undefined && { fix }) };
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
  return nearest(name, unlike);
}

function withoutNumbers(name: string): string {
  return name.replaceAll(/\d+/g, "0");
}
