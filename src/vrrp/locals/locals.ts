/** What other daemons of this host run, compared with what this one does. */

import type { LogLine } from "../../global/log.ts";
import type { VrrpConfig } from "../config.ts";
import {
  configuredSource,
  isSameRouter,
  multicastGroup,
  type RouterIdentity,
} from "../router_identity.ts";
import type { LocalRouter } from "./local_router.ts";
import { localTexts, parseLocalText } from "./locals_text.ts";

/** What is known of another daemon. */
interface Other {
  readonly pid: number;
  readonly routers: readonly LocalRouter[];
  /** What comes in several pieces and is not complete yet. */
  readonly coming?: readonly LocalRouter[];
  /** Names of its instances by that of ours with which they are one virtual router. */
  readonly shared: ReadonlyMap<string, string>;
}

/** Everything known. */
export interface Locals {
  readonly own: readonly LocalRouter[];
  /** By name of its socket. */
  readonly others: ReadonlyMap<string, Other>;
  /** What was said and could not be read. */
  readonly unread: number;
}

/** What happens. */
export type LocalEvent =
  | { readonly kind: "configured"; readonly routers: readonly LocalRouter[] }
  | { readonly kind: "said"; readonly name: string; readonly pid: number; readonly text: string }
  | { readonly kind: "gone"; readonly name: string };

/** What is to be done. */
export type LocalEffect =
  | LogLine
  /** Say this to the one with this name, or to all others there are now. */
  | { readonly kind: "say"; readonly texts: readonly string[]; readonly to?: string };

/** Nobody is known. */
export const NO_LOCALS: Locals = { own: [], others: new Map(), unread: 0 };

/** What the instances of a configuration are to others. */
export function localRouters(
  config: Pick<VrrpConfig, "instances" | "mcastGroup4" | "mcastGroup6">,
): readonly LocalRouter[] {
  return config.instances.map((each) => {
    const peers = each.unicastPeers.map(({ address }) => address);
    const source = peers.length > 0 ? configuredSource(each) : undefined;
    const { name, interface: ifname, family, virtualRouterId } = each;
    return {
      name,
      ...(ifname === undefined ? {} : { interface: ifname }),
      family,
      virtualRouterId,
      ...(peers.length > 0 ? {} : { group: multicastGroup(each, config) }),
      ...(source === undefined ? {} : { source }),
      peers,
    };
  });
}

/** Moves what is known by one event. */
export function stepLocals(
  self: Locals,
  event: LocalEvent,
): readonly [Locals, readonly LocalEffect[]] {
  switch (event.kind) {
    case "configured":
      return onConfigured(self, event.routers);
    case "said":
      return onSaid(self, event);
    case "gone":
      return onGone(self, event.name);
  }
}

function onConfigured(
  self: Locals,
  routers: readonly LocalRouter[],
): readonly [Locals, readonly LocalEffect[]] {
  if (JSON.stringify(self.own) === JSON.stringify(routers)) return [self, []];
  // Who had nothing to say was not found by who came later.
  const asks = self.own.length === 0;
  const say: LocalEffect = { kind: "say", texts: localTexts(routers, asks) };
  const next = { ...self, own: routers };
  let all: readonly [Locals, readonly LocalEffect[]] = [next, [say]];
  for (const name of self.others.keys()) {
    const [after, lines] = compared(all[0], name);
    all = [after, [...all[1], ...lines]];
  }
  return all;
}

function onSaid(
  self: Locals,
  { name, pid, text }: Extract<LocalEvent, { readonly kind: "said" }>,
): readonly [Locals, readonly LocalEffect[]] {
  const said = parseLocalText(text);
  if (typeof said === "string") {
    const line = warning(`Ignores what process ${pid} says of its virtual routers: ${said}`);
    return [{ ...self, unread: self.unread + 1 }, self.unread === 0 ? [line] : []];
  }
  const before = self.others.get(name) ?? NOBODY;
  const coming = said.first ? said.routers : [...before.coming ?? [], ...said.routers];
  const { coming: _coming, ...known } = before;
  const other: Other = said.last ? { ...known, pid, routers: coming } : { ...known, pid, coming };
  const next = { ...self, others: new Map([...self.others, [name, other]]) };
  const answer: readonly LocalEffect[] = said.asks && said.last
    ? [{ kind: "say", texts: localTexts(self.own, false), to: name }]
    : [];
  const [after, lines] = compared(next, name);
  return [after, [...answer, ...lines]];
}

const NOBODY: Other = { pid: 0, routers: [], shared: new Map() };

function onGone(self: Locals, name: string): readonly [Locals, readonly LocalEffect[]] {
  const other = self.others.get(name);
  if (other === undefined) return [self, []];
  const empty = new Map([...self.others, [name, { ...other, routers: [] }]]);
  const [after, lines] = compared({ ...self, others: empty }, name);
  const others = new Map([...after.others].filter(([each]) => each !== name));
  return [{ ...after, others }, lines];
}

/** Says what is shared since, and what is not any more. */
function compared(self: Locals, name: string): readonly [Locals, readonly LogLine[]] {
  const other = self.others.get(name);
  if (other === undefined) return [self, []];
  const shared = sharedBy(self.own, other.routers);
  const who = other.pid > 0 ? `process ${other.pid}` : "a process of another PID namespace";
  const lines: LogLine[] = [];
  for (const [own, its] of shared) {
    if (other.shared.get(own) === its) continue;
    lines.push(warning(
      `(${own}) Another daemon of this host (${who}) runs the same virtual router as vrrp_instance ${its}: ` +
        "neither hears the other, and both may be master",
    ));
  }
  for (const [own, its] of other.shared) {
    if (shared.get(own) === its) continue;
    lines.push(warning(
      `(${own}) The other daemon of this host (${who}) does not run the same virtual router as vrrp_instance ` +
        `${its} any more`,
    ));
  }
  if (lines.length === 0) return [self, []];
  const others = new Map([...self.others, [name, { ...other, shared }]]);
  return [{ ...self, others }, lines];
}

function sharedBy(
  own: readonly LocalRouter[],
  its: readonly LocalRouter[],
): ReadonlyMap<string, string> {
  const shared = new Map<string, string>();
  if (its.length === 0) return shared;
  const byNumber = Map.groupBy(its, keyOf);
  for (const each of own) {
    const identity = identityOf(each);
    const same = byNumber.get(keyOf(each))
      ?.find((other) => isSameRouter(identity, identityOf(other), NO_GROUPS));
    if (same !== undefined) shared.set(each.name, same.name);
  }
  return shared;
}

function keyOf({ family, virtualRouterId }: LocalRouter): string {
  return `${family} ${virtualRouterId}`;
}

/** Groups are told as they are. */
const NO_GROUPS = { mcastGroup4: "", mcastGroup6: "" };

function identityOf({ group, source, peers, ...rest }: LocalRouter): RouterIdentity {
  return {
    ...rest,
    unicastPeers: peers.map((address) => ({ address })),
    ...(group === undefined ? {} : { mcastDstIp: group }),
    ...(source === undefined ? {} : { unicastSrcIp: source }),
  };
}

function warning(text: string): LogLine {
  return { kind: "log", level: "warning", from: "vrrp", text };
}
