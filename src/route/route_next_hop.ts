/** `nexthop` of a route: one of several ways. */

import { type Args, complain, needWord, nextWord, peekWord, refuse } from "../language/mod.ts";
import { integerOf } from "../language/rows/values.ts";
import { familyOf } from "../net/ip.ts";
import { readEncapsulation } from "./route_encap.ts";
import { plainAddress, realms, type RoutePart } from "./route_values.ts";

const REALMS = realms({ text: "Realm ids" });

/** Reads one next hop, up to the next one or the end of the line. */
export function readNextHop(args: Args): RoutePart | undefined {
  let part: RoutePart = {};
  for (let option = peekWord(args); option !== undefined; option = peekWord(args)) {
    if (option.text === "nexthop") return part;
    nextWord(args);
    const more = readOption(args, option.text);
    if (more === "unknown") {
      complain(args, option, {
        severity: "error",
        code: "unknown-keyword",
        message: `Cannot use "${option.text}" in ${args.name}: unknown option`,
        status: "general",
      });
      args.at = args.words.length;
      return part;
    }
    if (more === undefined) return undefined;
    part = { ...part, ...more, interfaces: [...part.interfaces ?? [], ...more.interfaces ?? []] };
  }
  return part;
}

function readOption(args: Args, name: string): RoutePart | undefined | "unknown" {
  switch (name) {
    case "via":
      return readVia(args);
    case "dev":
    case "oif": {
      const word = needWord(args, "an interface");
      return word && { interfaces: [word] };
    }
    case "weight": {
      const word = needWord(args, "a number");
      const weight = word && integerOf(args, word, { min: 1, max: 256, junk: "refused" });
      return weight === undefined ? undefined : {};
    }
    case "onlink":
      return {};
    case "encap":
      return readEncapsulation(args);
    case "realms":
      return REALMS.read(args);
    default:
      return "unknown";
  }
}

function readVia(args: Args): RoutePart | undefined {
  const first = peekWord(args)?.text;
  if (first === "inet" || first === "inet6") nextWord(args);
  const word = needWord(args, "an address");
  const address = word && plainAddress(args, word);
  if (word === undefined || address === undefined) return undefined;
  const family = familyOf(address);
  return first === undefined || !first.startsWith("inet") || first === family
    ? { family }
    : refuse(args, word, `must be ${first}`, { code: "conflict" });
}
