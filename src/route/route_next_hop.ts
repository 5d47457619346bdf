/** `nexthop` of a route: one of several ways. */

import { type Args, complain, needWord, nextWord, peekWord, refuse } from "../language/mod.ts";
import { integerOf } from "../language/rows/values.ts";
import { familyOf } from "../net/ip.ts";
import { readEncapsulation } from "./route_encap.ts";
import { plainAddress, realms } from "./route_values.ts";
import type { HopFields, MachineWords, RouteFields, Said } from "./written.ts";

const REALMS = realms({ text: "Realm ids", to: (realms): HopFields => ({ realms }) });

/** Reads one next hop, up to the next one or the end of the line. */
export function readNextHop(args: Args): Said<RouteFields> | undefined {
  let hop: Said<HopFields> = { fields: {} };
  for (let option = peekWord(args); option !== undefined; option = peekWord(args)) {
    if (option.text === "nexthop") break;
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
      break;
    }
    if (more === undefined) return undefined;
    hop = {
      ...hop,
      ...more,
      fields: { ...hop.fields, ...more.fields },
      ...withWords(hop, more),
    };
  }
  const { fields, ...rest } = hop;
  return { ...rest, fields: { nextHops: [fields] } };
}

function withWords(before: MachineWords, more: MachineWords): MachineWords {
  return {
    interfaces: [...before.interfaces ?? [], ...more.interfaces ?? []],
    names: [...before.names ?? [], ...more.names ?? []],
  };
}

function readOption(args: Args, name: string): Said<HopFields> | undefined | "unknown" {
  switch (name) {
    case "via":
      return readVia(args);
    case "dev":
    case "oif": {
      const word = needWord(args, "an interface");
      return word && { interfaces: [word], fields: { device: word.text } };
    }
    case "weight": {
      const word = needWord(args, "a number");
      const weight = word && integerOf(args, word, { min: 1, max: 256, junk: "refused" });
      return weight === undefined ? undefined : { fields: { weight } };
    }
    case "onlink":
      return { fields: { onlink: true } };
    case "encap": {
      const encapsulation = readEncapsulation(args);
      return encapsulation && { fields: { encapsulation } };
    }
    case "realms":
      return REALMS.read(args);
    default:
      return "unknown";
  }
}

function readVia(args: Args): Said<HopFields> | undefined {
  const first = peekWord(args)?.text;
  if (first === "inet" || first === "inet6") nextWord(args);
  const word = needWord(args, "an address");
  const gateway = word && plainAddress(args, word);
  if (word === undefined || gateway === undefined) return undefined;
  const family = familyOf(gateway);
  return first === undefined || !first.startsWith("inet") || first === family
    ? { family, fields: { gateway } }
    : refuse(args, word, `must be ${first}`, { code: "conflict" });
}
