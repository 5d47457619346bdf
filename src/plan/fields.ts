/** Two values compared field by field, as what the file says: names as keywords, values as text. */

import type { Config } from "../document/config.ts";
import { sameValue } from "../net/equal.ts";
import { SECOND } from "../net/micros.ts";
import { Secret } from "../net/secret.ts";
import type { FieldChange } from "./plan.ts";

/** Whether a value may be a time. */
type IsTime<T> = T extends unknown ? "unit" extends keyof T ? true : never : never;

/** Names of the fields of a type that hold a time, wherever they are inside. */
type TimeNames<T> = T extends readonly (infer E)[] ? TimeNames<E>
  : T extends Secret | Uint8Array | ReadonlySet<unknown> | ReadonlyMap<unknown, unknown> ? never
  : T extends object ? {
      [K in keyof T & string]-?: [IsTime<NonNullable<T[K]>>] extends [never]
        ? TimeNames<NonNullable<T[K]>>
        : K;
    }[keyof T & string]
  : never;

/** All of them: who adds a time to a configuration is asked for it here, by the compiler. */
const TIMES: Readonly<Record<TimeNames<Config>, true>> = {
  advertInt: true,
  arp: true,
  childWaitTime: true,
  delayAfterBoot: true,
  delayBeforeRetry: true,
  delayLoop: true,
  down: true,
  forkDelay: true,
  drainTimeout: true,
  interval: true,
  jitter: true,
  lowerPrioDelay: true,
  masterDelay: true,
  masterRefresh: true,
  minAutoPriorityDelay: true,
  na: true,
  ordered: true,
  preemptDelay: true,
  realTimeLimit: true,
  smtpConnectTimeout: true,
  startupDelay: true,
  terminateDelay: true,
  timeout: true,
  up: true,
  vrrpDelayAfterBoot: true,
  vrrpStartupDelay: true,
  slowStart: true,
  warmup: true,
};

/** Fields that say nothing that is written: they only follow from others. */
const DERIVED: ReadonlySet<string> = new Set(["services", "marked"]);

/** Names of keywords that are not those of their fields. */
const KEYWORDS: ReadonlyMap<string, string> = new Map(Object.entries({
  virtualAddresses: "virtual_ipaddress",
  excludedAddresses: "virtual_ipaddress_excluded",
  unicastPeers: "unicast_peer",
  wantState: "state",
  realServers: "real_server",
  scheduler: "lb_algo",
  forwarding: "lb_kind",
  fullNat: "lb_kind FNAT",
  tracks: "track",
}));

/** Longest value that is told whole. */
const LONGEST = 200;

/** What differs. Lists are compared by the identity of what is in them. */
export function differences(before: unknown, after: unknown, path = ""): readonly FieldChange[] {
  if (sameValue(before, after)) return [];
  if (isRecord(before) && isRecord(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.filter((name) => !DERIVED.has(name)).flatMap((name) =>
      differences(own(before, name), own(after, name), joined(path, name))
    );
  }
  if (isList(before) && isList(after) && [...before, ...after].every(isRecord)) {
    return ofLists(before, after, path);
  }
  return [change(path, before, after)];
}

function ofLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
): readonly FieldChange[] {
  const [old, next] = [byIdentity(before), byIdentity(after)];
  const found = [...new Set([...old.keys(), ...next.keys()])].flatMap((key) => {
    const [was, is] = [old.get(key), next.get(key)];
    const place = `${path} ${key}`;
    if (was === undefined || is === undefined) return [change(place, rest(was), rest(is))];
    return differences(was, is, place);
  });
  // Only their order differs.
  return found.length > 0 ? found : [change(path, before.map(nameOf), after.map(nameOf))];
}

/** Value of what has a name and nothing else. */
export const THERE = "there";

/** What of an element is not said by its name. */
function rest(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !IDENTITY.includes(key));
  return entries.length === 0 ? THERE : Object.fromEntries(entries);
}

const IDENTITY: readonly string[] = [
  "name",
  "address",
  "prefixLength",
  "port",
  "gateway",
  "route",
  "rule",
];

function byIdentity(list: readonly unknown[]): ReadonlyMap<string, unknown> {
  const map = new Map<string, unknown>();
  for (const each of list) {
    const name = nameOf(each);
    let [key, count] = [name, 1];
    while (map.has(key)) key = `${name} (${++count})`;
    map.set(key, each);
  }
  return map;
}

function nameOf(value: unknown): string {
  if (!isRecord(value)) return textOf("", value);
  const { name, address, prefixLength, port, tracker, route, rule, gateway } = value;
  if (typeof name === "string") return name;
  if (isRecord(route) && isRecord(route["destination"])) {
    return `${nameOf(route["destination"])} of table ${route["table"]}`;
  }
  if (isRecord(rule)) return `priority ${rule["priority"]}`;
  if (typeof gateway === "string") return `via ${gateway}`;
  if (isRecord(tracker)) return `${tracker["kind"]} ${tracker["name"]}`;
  if (typeof address !== "string") return shortened(JSON.stringify(value));
  if (typeof prefixLength === "number") return `${address}/${prefixLength}`;
  if (typeof port !== "number") return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function change(field: string, from: unknown, to: unknown): FieldChange {
  return {
    field,
    ...(from !== undefined && { from: textOf(field, from) }),
    ...(to !== undefined && { to: textOf(field, to) }),
  };
}

function joined(path: string, name: string): string {
  return path === "" ? keyword(name) : `${path}.${keyword(name)}`;
}

/** `advertInt` → `advert_int`. */
function keyword(name: string): string {
  return KEYWORDS.get(name) ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const TIME_WORDS: ReadonlySet<string> = new Set(Object.keys(TIMES).map(keyword));

/** A value for a person. */
function textOf(field: string, value: unknown): string {
  const last = field.slice(field.lastIndexOf(".") + 1);
  if (typeof value === "number" && TIME_WORDS.has(last)) return `${value / SECOND} s`;
  if (value === true) return "yes";
  if (value === false) return "no";
  if (typeof value === "string" || typeof value === "number") return shortened(`${value}`);
  if (value instanceof Secret) return `${value}`;
  if (isList(value)) {
    return shortened(
      value.map((each) => isRecord(each) ? nameOf(each) : textOf(field, each)).join(", "),
    );
  }
  if (!isRecord(value)) return shortened(String(value));
  const { argv } = value;
  if (isList(argv)) return shortened(argv.join(" "));
  return shortened(
    Object.entries(value).map(([name, each]) => `${keyword(name)} ${textOf(name, each)}`).join(
      ", ",
    ),
  );
}

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

function own(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !isList(value) &&
    !(value instanceof Secret) && !(value instanceof Uint8Array);
}
