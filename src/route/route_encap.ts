/** `encap` of a route or next hop: tunnels without a device. */

import {
  addressOf,
  type Args,
  complainAtEnd,
  needWord,
  nextWord,
  peekWord,
  refuse,
} from "../language/mod.ts";
import { integerOf } from "../language/rows/values.ts";
import type { RoutePart } from "./route_values.ts";

const TUNNEL_WORDS = {
  ip: { numbers: ["tos", "ttl"], family: "inet" },
  ip6: { numbers: ["tc", "hoplimit"], family: "inet6" },
} as const;

const KINDS = "must be ip, ip6, mpls or ila";

/** Reads what stands behind `encap`, up to the first word that is not part of it. */
export function readEncapsulation(args: Args): RoutePart | undefined {
  const kind = nextWord(args);
  if (kind === undefined) {
    complainAtEnd(args, {
      severity: "error",
      code: "missing-value",
      message: `Cannot read encap: ${KINDS}`,
      status: "general",
    });
    return undefined;
  }
  switch (kind.text) {
    case "ip":
    case "ip6":
      return readTunnel(args, kind.text);
    case "mpls":
      return readPattern(args, {
        pattern: /^\d{1,7}(\/\d{1,7})*$/,
        valid: (text) => text.split("/").every((label) => Number(label) < 2 ** 20),
        why: "must be labels of 0 to 1048575 like 100/200",
      });
    case "ila":
      return readPattern(args, {
        pattern: /^[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){3}$/,
        valid: () => true,
        why: "must be a locator of four groups like 1:2:3:4",
      });
    default:
      return refuse(args, kind, KINDS, { code: "not-a-choice" });
  }
}

function readTunnel(args: Args, kind: "ip" | "ip6"): RoutePart | undefined {
  const { numbers, family } = TUNNEL_WORDS[kind];
  let ends = 0;
  for (let option = peekWord(args); option !== undefined; option = peekWord(args)) {
    const name = option.text;
    const known = ["id", "dst", "src", "flags", ...numbers].includes(name);
    if (!known) break;
    nextWord(args);
    const value = needWord(args, name === "dst" || name === "src" ? "an address" : "a number");
    if (value === undefined) return undefined;
    const good = name === "dst" || name === "src"
      ? addressOf(args, value, family)
      : integerOf(args, value, { min: 0, max: name === "id" ? Number.MAX_SAFE_INTEGER : 65_535 });
    if (good === undefined) return undefined;
    if (name === "id" || name === "dst") ends++;
  }
  if (ends > 0) return {};
  complainAtEnd(args, {
    severity: "error",
    code: "missing-value",
    message: `Cannot read encap ${kind}: it needs an id or a dst`,
    status: "general",
  });
  return undefined;
}

function readPattern(
  args: Args,
  { pattern, valid, why }: {
    readonly pattern: RegExp;
    readonly valid: (text: string) => boolean;
    readonly why: string;
  },
): RoutePart | undefined {
  const value = nextWord(args);
  if (value === undefined) {
    complainAtEnd(args, {
      severity: "error",
      code: "missing-value",
      message: `Cannot read encap: ${why}`,
      status: "general",
    });
    return undefined;
  }
  return pattern.test(value.text) && valid(value.text) ? {} : refuse(args, value, why);
}
