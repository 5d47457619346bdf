/** One line of `virtual_routes` or `static_routes`. */

import { ROUTE_TYPE } from "../kernel/route.ts";
import {
  type Args,
  complain,
  complainOfLine,
  needWord,
  networkOf,
  nextWord,
  refuse,
  rowOf,
  type Table,
} from "../language/mod.ts";
import type { Word } from "../language/source/words.ts";
import { familyOf } from "../net/ip.ts";
import {
  type Draft,
  emptyDraft,
  entryOf,
  readOption,
  skipRest,
  take,
  unknownOption,
} from "./entry.ts";
import { prefixOf } from "./route_values.ts";
import type { RouteFields, WrittenRoute } from "./written.ts";

const DESTINATIONS = ["default", "any", "all", "default6"];
const IPV6_ONLY = ["expires", "pref", "from"];

/** Reads a route; `undefined` when it cannot be used, which is reported. */
export function readRoute(args: Args, options: Table): WrittenRoute | undefined {
  const draft = emptyDraft<RouteFields>("route", options, {});
  for (let word = nextWord(args); word !== undefined; word = nextWord(args)) {
    const type = typeOf(word);
    if (word.text === "to" || type !== undefined || isForeignWord(word.text, options)) {
      if (type !== undefined) draft.fields = { ...draft.fields, type };
      const named = type !== undefined || word.text === "to"
        ? needWord({ ...args, name: word.text }, "a destination")
        : word;
      if (named === undefined || !readDestination(args, named, draft)) return skipRest(args);
    } else if (!readRouteOption(args, word, draft)) return skipRest(args);
  }
  if (draft.fields.destination === undefined) {
    complainOfLine(args, {
      severity: "error",
      code: "incomplete",
      message: "Cannot find the destination of this route",
      status: "general",
    });
    return undefined;
  }
  return entryOf(args, draft);
}

/** No option of a route as a whole: `weight` is one of its next hops. */
function isForeignWord(word: string, options: Table): boolean {
  return word === "weight" || !Object.hasOwn(options, word);
}

/** A kind of route, by name or number. */
function typeOf({ text }: Word): number | undefined {
  if (Object.hasOwn(ROUTE_TYPE, text)) return ROUTE_TYPE[text as keyof typeof ROUTE_TYPE];
  return /^\d{1,3}$/.test(text) && Number(text) <= 255 ? Number(text) : undefined;
}

function readDestination(args: Args, word: Word, draft: Draft<RouteFields>): boolean {
  if (DESTINATIONS.includes(word.text)) {
    if (word.text === "default6") draft.family = "inet6";
    draft.fields = { ...draft.fields, destination: "default" };
    return true;
  }
  if (!/^[0-9a-fA-F.:]+(\/|$)/.test(word.text)) {
    unknownOption(args, word, draft.options);
    return false;
  }
  const network = networkOf(args, word);
  if (network === undefined) return false;
  const fields: RouteFields = { destination: prefixOf(network) };
  return take(args, word, { said: { family: familyOf(network.address), fields }, draft });
}

function readRouteOption(args: Args, word: Word, draft: Draft<RouteFields>): boolean {
  const row = rowOf(draft.options, word.text);
  const name = row?.kind === "alias" ? row.of : word.text;
  if (row?.deprecated !== undefined) {
    complain(args, word, {
      severity: "warning",
      code: "deprecated",
      message: `Cannot recommend ${word.text} in ${args.name}: it is deprecated`,
      hint: `write ${row.deprecated}`,
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
  const said = readOption(args, word, draft);
  return said === undefined ? name === "as" : take(args, word, { said, draft });
}
