/** One line of `virtual_routes` or `static_routes`. */

import {
  type Args,
  complain,
  complainOfLine,
  didYouMean,
  nearest,
  needWord,
  networkOf,
  nextWord,
  refuse,
  rowOf,
  type Table,
} from "../language/mod.ts";
import type { Word } from "../language/source/words.ts";
import { type Family, familyOf } from "../net/ip.ts";
import type { RoutePart } from "./route_values.ts";

/** A route or rule: its words, and those of them that only the machine can judge. */
export interface RouteEntry {
  readonly words: readonly string[];
  readonly interfaces: readonly Word[];
  readonly names: NonNullable<RoutePart["names"]>;
  /** Interfaces without which it cannot be there (`dev`, `iif`, `oif`); none with `no_track`. */
  readonly tracked: readonly string[];
  /** Group whose members fail with it. */
  readonly trackGroup?: Word;
}

/** An entry while it is read. */
export interface EntryDraft {
  readonly interfaces: Word[];
  readonly tracked: string[];
  readonly names: NonNullable<RoutePart["names"]>[number][];
  readonly seen: Set<string>;
  family: Family | undefined;
  trackGroup: Word | undefined;
}

const TYPES = [
  "unicast",
  "local",
  "broadcast",
  "multicast",
  "throw",
  "unreachable",
  "prohibit",
  "blackhole",
  "nat",
  "xresolve",
  "anycast",
];
const DESTINATIONS = ["default", "any", "all", "default6"];
const IPV6_ONLY = ["expires", "pref", "from"];

/** Options that tie an entry as a whole to an interface; a next hop may go without the others. */
const BINDING = ["dev", "oif", "iif"];

/** Protocol id of keepalived's routes and rules. */
const OWN_PROTOCOLS = ["keepalived", "18"];

/** Reads a route; `undefined` when it cannot be used, which is reported. */
export function readRoute(args: Args, options: Table): RouteEntry | undefined {
  const words = args.words.slice(args.at).map(({ text }) => text);
  const draft = emptyDraft();
  let destination = false;
  for (let word = nextWord(args); word !== undefined; word = nextWord(args)) {
    if (word.text === "to" || isType(word.text) || isForeignWord(word.text, options)) {
      const named = isType(word.text) || word.text === "to"
        ? needWord({ ...args, name: word.text }, "a destination")
        : word;
      if (named === undefined || !readDestination(args, named, { draft, options })) {
        return skipRest(args);
      }
      destination = true;
    } else if (!readOption(args, word, { draft, options })) return skipRest(args);
  }
  if (!destination) {
    complainOfLine(args, {
      severity: "error",
      code: "incomplete",
      message: "Cannot find the destination of this route",
      status: "general",
    });
    return undefined;
  }
  warnOfGroup(args, draft, "route");
  if (!draft.seen.has("no_track") && isForeign(draft.seen)) warnOfProtocol(args, "route");
  return entryOf(words, draft);
}

/** A draft of nothing. */
export function emptyDraft(): EntryDraft {
  return {
    interfaces: [],
    tracked: [],
    names: [],
    seen: new Set(),
    family: undefined,
    trackGroup: undefined,
  };
}

/** What a draft has become. */
export function entryOf(words: readonly string[], draft: EntryDraft): RouteEntry {
  const { interfaces, names, seen, trackGroup } = draft;
  const tracked = seen.has("no_track") ? [] : draft.tracked;
  return { words, interfaces, tracked, names, ...(trackGroup && { trackGroup }) };
}

/** Passes over the rest of a line that is refused. */
export function skipRest(args: Args): undefined {
  args.at = args.words.length;
  return undefined;
}

/** Takes what an option said into the draft; an address of another family is refused. */
export function takePart(
  args: Args,
  word: Word,
  { part, draft, what }: {
    readonly part: RoutePart;
    readonly draft: EntryDraft;
    readonly what: "route" | "rule";
  },
): boolean {
  draft.interfaces.push(...part.interfaces ?? []);
  if (BINDING.includes(word.text)) {
    draft.tracked.push(...(part.interfaces ?? []).map(({ text }) => text));
  }
  draft.names.push(...part.names ?? []);
  if (part.family === undefined) return true;
  draft.family ??= part.family;
  if (draft.family === part.family) return true;
  refuse(args, args.words[args.at - 1] ?? word, "", {
    code: "conflict",
    message: `Cannot mix IPv4 and IPv6 in one ${what}`,
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

/** No option of a route as a whole: `weight` is one of its next hops. */
function isForeignWord(word: string, options: Table): boolean {
  return word === "weight" || !Object.hasOwn(options, word);
}

/** A kind of route, by name or number. */
function isType(word: string): boolean {
  return TYPES.includes(word) || (/^\d{1,3}$/.test(word) && Number(word) <= 255);
}

function readDestination(
  args: Args,
  word: Word,
  { draft, options }: { readonly draft: EntryDraft; readonly options: Table },
): boolean {
  if (DESTINATIONS.includes(word.text)) {
    if (word.text === "default6") draft.family = "inet6";
    return true;
  }
  if (!/^[0-9a-fA-F.:]+(\/|$)/.test(word.text)) {
    unknownOption(args, word, options);
    return false;
  }
  const network = networkOf(args, word);
  return network !== undefined &&
    takePart(args, word, { part: { family: familyOf(network.address) }, draft, what: "route" });
}

function readOption(
  args: Args,
  word: Word,
  { draft, options }: { readonly draft: EntryDraft; readonly options: Table },
): boolean {
  const row = rowOf(options, word.text);
  const name = row?.kind === "alias" ? row.of : word.text;
  const target = row?.kind === "alias" ? rowOf(options, row.of) : row;
  if (target?.kind !== "value") return false;
  const deprecated = row?.deprecated;
  if (deprecated !== undefined) {
    complain(args, word, {
      severity: "warning",
      code: "deprecated",
      message: `Cannot recommend ${word.text} in ${args.name}: it is deprecated`,
      hint: `write ${deprecated}`,
      status: "deprecated",
    });
  }
  if (IPV6_ONLY.includes(name) && draft.family === "inet") {
    refuse(args, word, "", {
      code: "conflict",
      message: `Cannot use ${word.text} in an IPv4 route: it is for IPv6`,
    });
    return false;
  }
  if (name === "as") {
    refuse(args, word, "", {
      severity: "warning",
      code: "conflict",
      message: 'Cannot use "as to" in a route: it is for MPLS only and ignored',
    });
  }
  const option: Args = { ...args, name: word.text, missing: target.missing };
  const value = target.read(option);
  args.at = option.at;
  if (value === undefined) return name === "as";
  draft.seen.add(name);
  if (name === "protocol") draft.seen.add(`protocol ${args.words[args.at - 1]?.text}`);
  if (name === "track_group") draft.trackGroup = args.words[args.at - 1];
  const part: RoutePart = name === "inet" || name === "inet6"
    ? { family: name }
    : typeof value === "object"
    ? value as RoutePart
    : {};
  return takePart(args, word, { part, draft, what: "route" });
}

/** keepalived: leaves a static entry without an interface out of its group. */
export function warnOfGroup(
  args: Args,
  { seen, trackGroup }: EntryDraft,
  what: "route" | "rule",
): void {
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
export function isForeign(seen: ReadonlySet<string>): boolean {
  return seen.has("protocol") && !OWN_PROTOCOLS.some((own) => seen.has(`protocol ${own}`));
}

/** Reports that an entry with another protocol id cannot be tracked. */
export function warnOfProtocol(args: Args, what: "route" | "rule"): void {
  complainOfLine(args, {
    severity: "warning",
    code: "conflict",
    message: `Cannot notice the loss of a ${what} of another protocol: protocol is left out`,
    hint: "write no_track to keep it",
    status: "general",
  });
}
