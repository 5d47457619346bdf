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
import type { Encapsulation } from "../kernel/route.ts";
import { integerOf } from "../language/rows/values.ts";

/** By the words of each kind: the field they set. */
const TUNNEL_WORDS = {
  ip: { numbers: { id: "id", flags: "flags", tos: "tos", ttl: "ttl" }, family: "inet" },
  ip6: { numbers: { id: "id", flags: "flags", tc: "tos", hoplimit: "ttl" }, family: "inet6" },
} as const;

/** Addresses of a tunnel. */
const ENDS = { src: "source", dst: "destination" } as const;

const KINDS = "must be ip, ip6, mpls or ila";

/** Reads what stands behind `encap`, up to the first word that is not part of it. */
export function readEncapsulation(args: Args): Encapsulation | undefined {
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
    case "mpls": {
      const text = readPattern(args, {
        pattern: /^\d{1,7}(\/\d{1,7})*$/,
        valid: (text) => text.split("/").every((label) => Number(label) < 2 ** 20),
        why: "must be labels of 0 to 1048575 like 100/200",
      });
      return text === undefined ? undefined : { kind: "mpls", labels: text.split("/").map(Number) };
    }
    case "ila": {
      const text = readPattern(args, {
        pattern: /^[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){3}$/,
        valid: () => true,
        why: "must be a locator of four groups like 1:2:3:4",
      });
      if (text === undefined) return undefined;
      const groups = text.split(":").map((group) => group.padStart(4, "0").toLowerCase());
      return { kind: "ila", locator: groups.join("") };
    }
    default:
      return refuse(args, kind, KINDS, { code: "not-a-choice" });
  }
}

function readTunnel(args: Args, kind: "ip" | "ip6"): Encapsulation | undefined {
  const { numbers, family } = TUNNEL_WORDS[kind];
  let tunnel: Extract<Encapsulation, { readonly kind: "ip" | "ip6" }> = { kind };
  for (let option = peekWord(args); option !== undefined; option = peekWord(args)) {
    const name = option.text;
    const end = fieldOf(ENDS, name);
    const number = fieldOf(numbers, name);
    if (end === undefined && number === undefined) break;
    nextWord(args);
    const value = needWord(args, end === undefined ? "a number" : "an address");
    if (value === undefined) return undefined;
    if (end !== undefined) {
      const address = addressOf(args, value, family);
      if (address === undefined) return undefined;
      tunnel = { ...tunnel, [end]: address };
    } else if (number !== undefined) {
      const max = number === "id" ? Number.MAX_SAFE_INTEGER : 65_535;
      const read = integerOf(args, value, { min: 0, max });
      if (read === undefined) return undefined;
      tunnel = { ...tunnel, [number]: read };
    }
  }
  if (tunnel.id !== undefined || tunnel.destination !== undefined) return tunnel;
  complainAtEnd(args, {
    severity: "error",
    code: "missing-value",
    message: `Cannot read encap ${kind}: it needs an id or a dst`,
    status: "general",
  });
  return undefined;
}

function fieldOf<V extends string>(
  fields: Readonly<Record<string, V>>,
  word: string,
): V | undefined {
  return Object.hasOwn(fields, word) ? fields[word] : undefined;
}

/** The next word, when it looks right. */
function readPattern(
  args: Args,
  { pattern, valid, why }: {
    readonly pattern: RegExp;
    readonly valid: (text: string) => boolean;
    readonly why: string;
  },
): string | undefined {
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
  return pattern.test(value.text) && valid(value.text) ? value.text : refuse(args, value, why);
}
