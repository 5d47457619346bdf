/** One line of `virtual_rules` or `static_rules`. */

import { type Args, complainOfLine, nextWord, refuse, rowOf, type Table } from "../language/mod.ts";
import type { Word } from "../language/source/words.ts";
import {
  emptyDraft,
  type EntryDraft,
  entryOf,
  isForeign,
  type RouteEntry,
  skipRest,
  takePart,
  unknownOption,
  warnOfGroup,
  warnOfProtocol,
} from "./route_entry.ts";
import type { RoutePart } from "./route_values.ts";

const ACTIONS = ["table", "nop", "goto", "blackhole", "prohibit", "unreachable", "l3mdev"];

/** A rule while it is read. */
interface RuleDraft extends EntryDraft {
  action: string | undefined;
  preference: number | undefined;
  target: number | undefined;
}

/** Reads a rule; `undefined` when it cannot be used, which is reported. */
export function readRule(args: Args, options: Table): RouteEntry | undefined {
  const words = args.words.slice(args.at).map(({ text }) => text);
  const draft: RuleDraft = {
    ...emptyDraft(),
    action: undefined,
    preference: undefined,
    target: undefined,
  };
  for (let word = nextWord(args); word !== undefined; word = nextWord(args)) {
    if (!readOption(args, word, { draft, options })) return skipRest(args);
  }
  const why = draft.action === undefined
    ? "it says nothing to do, such as a table"
    : draft.target !== undefined && (draft.preference ?? 0) >= draft.target
    ? `its goto ${draft.target} is not behind its preference ${draft.preference ?? 0}`
    : undefined;
  if (why !== undefined) {
    complainOfLine(args, {
      severity: "error",
      code: "incomplete",
      message: `Cannot use this rule: ${why}`,
      status: "general",
    });
    return undefined;
  }
  if (draft.preference === undefined) {
    complainOfLine(args, {
      severity: "warning",
      code: "default-used",
      message: "Cannot find the preference of this rule: keepalived counts down from 16384",
      status: "general",
    });
  }
  warnOfGroup(args, draft, "rule");
  if (!draft.seen.has("no_track") && isForeign(draft.seen)) warnOfProtocol(args, "rule");
  return entryOf(words, draft);
}

function readOption(
  args: Args,
  word: Word,
  { draft, options }: { readonly draft: RuleDraft; readonly options: Table },
): boolean {
  const row = rowOf(options, word.text);
  const name = row?.kind === "alias" ? row.of : word.text;
  const target = row?.kind === "alias" ? rowOf(options, row.of) : row;
  if (target?.kind !== "value") {
    unknownOption(args, word, options);
    return false;
  }
  const option: Args = { ...args, name: word.text, missing: target.missing };
  const value = target.read(option);
  args.at = option.at;
  if (value === undefined) return false;
  const part: RoutePart = name === "inet" || name === "inet6"
    ? { family: name }
    : typeof value === "object"
    ? value as RoutePart
    : {};
  if (ACTIONS.includes(name) && !takeAction(args, word, { name, part, draft })) return false;
  draft.seen.add(name);
  if (name === "protocol") draft.seen.add(`protocol ${args.words[args.at - 1]?.text}`);
  if (name === "preference") draft.preference = part.number;
  if (name === "track_group") draft.trackGroup = args.words[args.at - 1];
  return takePart(args, word, { part, draft, what: "rule" });
}

function takeAction(
  args: Args,
  word: Word,
  { name, part, draft }: {
    readonly name: string;
    readonly part: RoutePart;
    readonly draft: RuleDraft;
  },
): boolean {
  if (draft.action !== undefined) {
    refuse(args, word, "", {
      code: "conflict",
      message: `Cannot use ${word.text} in this rule: it has ${draft.action} already`,
    });
    return false;
  }
  if (name === "table" && part.number === 0) {
    refuse(args, word, "", { code: "out-of-range", message: "Cannot look into table 0" });
    return false;
  }
  draft.action = word.text;
  if (name === "goto") draft.target = part.number;
  return true;
}
