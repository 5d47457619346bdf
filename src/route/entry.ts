/** What entries of both kinds are read with: a draft, options by their rows, what is told of the whole. */

import {
  type Args,
  complain,
  complainOfLine,
  didYouMean,
  nearest,
  refuse,
  rowOf,
  type Table,
} from "../language/mod.ts";
import type { Word } from "../language/source/words.ts";
import type { Family } from "../net/ip.ts";
import { type CommonFields, type Said, withFields, type Written } from "./written.ts";

/** An entry while it is read. */
export interface Draft<F> {
  readonly what: "route" | "rule";
  readonly options: Table;
  readonly interfaces: Word[];
  readonly tracked: string[];
  readonly names: Written<F>["names"][number][];
  /** Options by the names of their rows. */
  readonly seen: Set<string>;
  fields: F;
  family: Family | undefined;
  trackGroup: Word | undefined;
}

/** Options that tie an entry as a whole to an interface; a next hop may go without the others. */
const BINDING = ["dev", "oif", "iif"];

/** Protocol id of keepalived's routes and rules. */
const OWN_PROTOCOLS = ["keepalived", "18"];

/** A draft of nothing. */
export function emptyDraft<F>(what: Draft<F>["what"], options: Table, fields: F): Draft<F> {
  return {
    what,
    options,
    interfaces: [],
    tracked: [],
    names: [],
    seen: new Set(),
    fields,
    family: undefined,
    trackGroup: undefined,
  };
}

/** What a draft has become; what concerns it as a whole is told. */
export function entryOf<F extends CommonFields>(args: Args, draft: Draft<F>): Written<F> {
  const { family, fields, interfaces, names, trackGroup } = draft;
  warnOfGroup(args, draft);
  const noTrack = fields.noTrack === true;
  if (!noTrack && isForeign(draft)) warnOfProtocol(args, draft);
  return {
    fields,
    interfaces,
    tracked: noTrack ? [] : draft.tracked,
    names,
    ...(family && { family }),
    ...(trackGroup && { trackGroup }),
  };
}

/** Passes over the rest of a line that is refused. */
export function skipRest(args: Args): undefined {
  args.at = args.words.length;
  return undefined;
}

/** Reads what stands behind the word of an option into the draft; `undefined` when that cannot be used. */
export function readOption<F extends CommonFields>(
  args: Args,
  word: Word,
  draft: Draft<F>,
): Said<F> | undefined {
  const row = rowOf(draft.options, word.text);
  const name = row?.kind === "alias" ? row.of : word.text;
  const target = row?.kind === "alias" ? rowOf(draft.options, row.of) : row;
  if (target?.kind !== "value") {
    unknownOption(args, word, draft.options);
    return undefined;
  }
  if (target.acts === false) {
    complain(args, word, {
      severity: "info",
      code: "not-acted-on",
      message:
        `Cannot act on ${word.text} of ${args.name} yet: holdfast knows it and leaves it out`,
    });
  }
  const option: Args = { ...args, name: word.text, missing: target.missing };
  const value = target.read(option);
  args.at = option.at;
  if (value === undefined) return undefined;
  draft.seen.add(name);
  const last = args.words[args.at - 1];
  if (name === "protocol") draft.seen.add(`protocol ${last?.text}`);
  if (name !== "track_group") return value as Said<F>;
  draft.trackGroup = last;
  return { fields: {} as F };
}

/** Takes what an option said into the draft; an address of another family is refused. */
export function take<F extends object>(
  args: Args,
  word: Word,
  { said, draft }: { readonly said: Said<F>; readonly draft: Draft<F> },
): boolean {
  const { interfaces = [], names = [], family, fields } = said;
  draft.interfaces.push(...interfaces);
  if (BINDING.includes(word.text)) draft.tracked.push(...interfaces.map(({ text }) => text));
  draft.names.push(...names);
  draft.fields = withFields(draft.fields, fields);
  if (family === undefined) return true;
  draft.family ??= family;
  if (draft.family === family) return true;
  refuse(args, args.words[args.at - 1] ?? word, "", {
    code: "conflict",
    message: `Cannot mix IPv4 and IPv6 in one ${draft.what}`,
  });
  return false;
}

/** Reports that a word is unknown in an entry. */
export function unknownOption(args: Args, word: Word, options: Table): void {
  const likely = nearest(word.text, Object.keys(options));
  refuse(args, word, "unknown option", {
    code: "unknown-keyword",
    message: `Cannot use "${word.text}" in ${args.name}: unknown option`,
    ...didYouMean(likely),
  });
}

/** keepalived: leaves a static entry without an interface out of its group. */
function warnOfGroup<F>(args: Args, { seen, trackGroup, what }: Draft<F>): void {
  if (trackGroup === undefined || seen.has("dev")) return;
  complain(args, trackGroup, {
    severity: "warning",
    code: "incomplete",
    message: `Cannot use track_group for a ${what} that names no interface`,
    hint: "write dev",
    status: "general",
  });
}

/** Whether an entry has the protocol id of somebody else. */
function isForeign<F>({ seen }: Draft<F>): boolean {
  return seen.has("protocol") && !OWN_PROTOCOLS.some((own) => seen.has(`protocol ${own}`));
}

/** Reports that an entry with another protocol id cannot be tracked. */
function warnOfProtocol<F>(args: Args, { what }: Draft<F>): void {
  complainOfLine(args, {
    severity: "warning",
    code: "conflict",
    message: `Cannot notice the loss of a ${what} of another protocol: protocol is left out`,
    hint: "write no_track to keep it",
    status: "general",
  });
}
