/**
 * Reads what `nft -j list ruleset` prints (libnftables-json(5)). What is not understood is unknown, never
 * taken for a match or for none.
 */

import {
  all,
  any,
  type Chain,
  type Hook,
  not,
  type Packet,
  type Rule,
  stateAmong,
  type Trit,
  type Verdict,
} from "./ruleset.ts";
import { isBetween, isInterface, isWithin, protocolNumber } from "./values.ts";

type Json = Readonly<Record<string, unknown>>;

/** Chains of a ruleset. Text that is none gives `undefined`. */
export function parseNft(text: string): readonly Chain[] | undefined {
  let entries: readonly unknown[];
  try {
    const value: unknown = JSON.parse(text);
    const list = isJson(value) ? value["nftables"] : undefined;
    if (!Array.isArray(list)) return undefined;
    entries = list;
  } catch {
    return undefined;
  }
  const of = (kind: string) =>
    entries.flatMap((each) => isJson(each) && isJson(each[kind]) ? [each[kind] as Json] : []);
  const sets = new Map(
    [...of("set"), ...of("map")].map((set) => [`${tableOf(set)} @${set["name"]}`, set] as const),
  );
  const rules = Map.groupBy(of("rule"), (rule) => `${tableOf(rule)} ${rule["chain"]}`);
  return of("chain").map((chain): Chain => {
    const key = `${tableOf(chain)} ${chain["name"]}`;
    const { hook, prio, policy, dev } = chain;
    const family = chain["family"];
    return {
      key,
      name: `chain ${chain["name"]} of ${tableOf(chain)} (nftables)`,
      tool: "nft",
      family: family === "ip" || family === "ip6" || family === "netdev" ? family : "inet",
      table: `${chain["table"]}`,
      chain: `${chain["name"]}`,
      ...(typeof hook === "string" && family !== "arp" && family !== "bridge" && {
        hook: {
          at: hook as Hook,
          priority: Number(prio ?? 0),
          ...(typeof dev === "string" && { device: dev }),
        },
      }),
      policy: policy === "drop" ? "drop" : "accept",
      rules: (rules.get(key) ?? []).map((rule) => ruleOf(rule, sets)),
    };
  });
}

function tableOf({ family, table }: Json): string {
  return `${family} ${table}`;
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function ruleOf(rule: Json, sets: ReadonlyMap<string, Json>): Rule {
  const expressions = Array.isArray(rule["expr"]) ? rule["expr"].filter(isJson) : [];
  const table = tableOf(rule);
  const matches = expressions.flatMap((each) => matchOf(each, { table, sets }));
  const verdicts = expressions.flatMap((each) => verdictOf(each, { table, sets }));
  const [verdict] = verdicts;
  return {
    text: expressions.map(expressionText).join(" "),
    matches: (packet) => all(matches.map((match) => match(packet))),
    ...(verdict !== undefined && { verdict }),
  };
}

/** Where an expression stands. */
interface Around {
  readonly table: string;
  readonly sets: ReadonlyMap<string, Json>;
}

type Match = (packet: Packet) => Trit;

/** What an expression demands of a packet; nothing for a statement. */
function matchOf(expression: Json, around: Around): readonly Match[] {
  const { match } = expression;
  if (isJson(match)) return [(packet) => compared(match, packet, around)];
  // A limit lets some pass, and what iptables has brought along says not here what it is.
  if ("limit" in expression || "xt" in expression || "ct count" in expression) {
    return [() => undefined];
  }
  return [];
}

function compared({ op, left, right }: Json, packet: Packet, around: Around): Trit {
  if (!isJson(left)) return undefined;
  const value = valueOf(left, packet);
  if (value === undefined) return undefined;
  if (op === "in" || value.kind === "states") {
    const among = (Array.isArray(right) ? right : setOf(right, around) ?? [right]).map(String);
    const hit = value.kind === "states" ? stateAmong(packet, among) : undefined;
    return op === "!=" ? not(hit) : hit;
  }
  const hit = isAmong(value, right, around);
  switch (op) {
    case "==":
      return hit;
    case "!=":
      return not(hit);
    default:
      return undefined;
  }
}

/** What a rule looks at, as far as the packet is known. */
type Value =
  | { readonly kind: "address"; readonly value: string | undefined }
  | { readonly kind: "interface"; readonly value: string | undefined }
  | { readonly kind: "number"; readonly value: number | undefined }
  | { readonly kind: "protocol"; readonly value: number }
  | { readonly kind: "word"; readonly value: string | undefined }
  | { readonly kind: "states" };

function valueOf(left: Json, packet: Packet): Value | undefined {
  const { payload, meta, ct, fib } = left;
  if (isJson(payload)) return payloadOf(payload, packet);
  if (isJson(meta)) return metaOf(`${meta["key"]}`, packet);
  if (isJson(ct) && ct["key"] === "state") return { kind: "states" };
  if (isJson(fib)) return undefined;
  return undefined;
}

function payloadOf({ protocol, field }: Json, packet: Packet): Value | undefined {
  const isNetwork = protocol === "ip" || protocol === "ip6";
  if (isNetwork) {
    // A rule about the other family does not match.
    if (protocol !== packet.family) return { kind: "number", value: NaN };
    if (field === "saddr") return { kind: "address", value: packet.source };
    if (field === "daddr") return { kind: "address", value: packet.destination };
    if (field === "protocol" || field === "nexthdr") {
      return { kind: "protocol", value: packet.protocol };
    }
    return undefined;
  }
  const number = protocol === "th" ? packet.protocol : protocolNumber(`${protocol}`);
  if (number === undefined) return undefined;
  if (number !== packet.protocol) return { kind: "number", value: NaN };
  if (field === "dport") return { kind: "number", value: packet.destinationPort };
  if (field === "sport") return { kind: "number", value: packet.sourcePort };
  return undefined;
}

function metaOf(key: string, packet: Packet): Value | undefined {
  switch (key) {
    case "l4proto":
      return { kind: "protocol", value: packet.protocol };
    case "iifname":
    case "iif":
      return { kind: "interface", value: packet.inputInterface };
    case "oifname":
    case "oif":
      return { kind: "interface", value: packet.outputInterface };
    case "nfproto":
      return { kind: "word", value: packet.family === "ip" ? "ipv4" : "ipv6" };
    case "protocol":
      return { kind: "word", value: packet.family };
    default:
      return undefined;
  }
}

/** Whether a value is the right side of a comparison, or in it. */
function isAmong(value: Value, right: unknown, around: Around): Trit {
  if (value.kind === "number" && Number.isNaN(value.value)) return false;
  const elements = setOf(right, around);
  if (elements !== undefined) {
    return any(elements.map((each) => isAmong(value, elementOf(each), around)));
  }
  if (typeof right === "string" && right.startsWith("@")) return undefined;
  if (isJson(right)) {
    const { prefix, range } = right;
    if (isJson(prefix) && value.kind === "address") {
      return isWithin(value.value, `${prefix["addr"]}`, Number(prefix["len"]));
    }
    if (Array.isArray(range)) return inRange(value, range);
    return undefined;
  }
  switch (value.kind) {
    case "address":
      return isWithin(value.value, `${right}`);
    case "interface":
      return isInterface(value.value, `${right}`);
    case "protocol": {
      const number = protocolNumber(`${right}`);
      return number === undefined ? undefined : number === value.value;
    }
    case "number":
      return value.value === undefined || typeof right !== "number"
        ? undefined
        : right === value.value;
    case "word":
      return value.value === right;
    case "states":
      return undefined;
  }
}

function inRange(value: Value, [from, to]: readonly unknown[]): Trit {
  if (value.kind === "address") return isBetween(value.value, `${from}`, `${to}`);
  if (value.kind !== "number" && value.kind !== "protocol") return undefined;
  if (value.value === undefined) return undefined;
  return Number(from) <= value.value && value.value <= Number(to);
}

/** Elements of a set, written in the rule or by its name; `undefined`: it is none, or what is in it is not known. */
function setOf(right: unknown, { table, sets }: Around): readonly unknown[] | undefined {
  if (isJson(right) && Array.isArray(right["set"])) return right["set"];
  if (typeof right !== "string" || !right.startsWith("@")) return undefined;
  const set = sets.get(`${table} ${right}`);
  if (set === undefined) return undefined;
  const { elem } = set;
  return Array.isArray(elem) ? elem : [];
}

/** An element may come with a timeout or a counter. */
function elementOf(element: unknown): unknown {
  if (isJson(element) && isJson(element["elem"])) return element["elem"]["val"];
  return element;
}

/** What an expression decides; nothing for one that decides nothing. */
function verdictOf(
  expression: Json,
  around: Around,
): readonly ((packet: Packet) => Verdict | undefined)[] {
  const { vmap } = expression;
  if (isJson(vmap)) return [(packet) => mapped(vmap, packet, around)];
  const verdict = plainVerdict(expression, around.table);
  return verdict === undefined ? [] : [() => verdict];
}

function plainVerdict(expression: Json, table: string): Verdict | undefined {
  for (const kind of ["accept", "drop", "reject", "return"] as const) {
    if (kind in expression) return { kind };
  }
  for (const kind of ["jump", "goto"] as const) {
    const target = expression[kind];
    if (isJson(target)) return { kind, chain: `${table} ${target["target"]}` };
  }
  return "queue" in expression || "xt" in expression || "tproxy" in expression
    ? { kind: "unknown" }
    : undefined;
}

/** A map of verdicts: that of the first key that fits; unknown when one may. */
function mapped({ key, data }: Json, packet: Packet, around: Around): Verdict | undefined {
  const pairs = setOf(data, around);
  if (!isJson(key) || pairs === undefined) return { kind: "unknown" };
  for (const pair of pairs) {
    if (!Array.isArray(pair) || !isJson(pair[1])) return { kind: "unknown" };
    const op = "==";
    const hit = compared({ op, left: key, right: elementOf(pair[0]) }, packet, around);
    if (hit === undefined) return { kind: "unknown" };
    if (hit) return plainVerdict(pair[1], around.table);
  }
  return undefined;
}

/** Roughly as nft(8) writes it: enough to find the rule. */
function expressionText(expression: Json): string {
  const { match, vmap } = expression;
  if (isJson(match)) {
    const { left, op, right } = match;
    return `${sideText(left)}${op === "==" || op === "in" ? "" : ` ${op}`} ${sideText(right)}`;
  }
  if (isJson(vmap)) return `${sideText(vmap["key"])} vmap { … }`;
  const [[name, value] = ["", undefined]] = Object.entries(expression);
  if ((name === "jump" || name === "goto") && isJson(value)) return `${name} ${value["target"]}`;
  return name;
}

function sideText(side: unknown): string {
  if (Array.isArray(side)) return side.map(sideText).join(",");
  if (!isJson(side)) return `${side}`;
  const { payload, meta, ct, prefix, range, set } = side;
  if (isJson(payload)) return `${payload["protocol"]} ${payload["field"]}`;
  if (isJson(meta)) return `${meta["key"]}`;
  if (isJson(ct)) return `ct ${ct["key"]}`;
  if (isJson(prefix)) return `${prefix["addr"]}/${prefix["len"]}`;
  if (Array.isArray(range)) return range.map(sideText).join("-");
  if (Array.isArray(set)) return `{ ${set.map(sideText).join(", ")} }`;
  return "…";
}
