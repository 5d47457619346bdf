/**
 * Rules of a firewall as values, whatever wrote them, and what becomes of one packet. What is not known of a packet, or of a rule,
 * is said to be unknown: a verdict is certain, possible or none.
 */

import type { Ip } from "../../net/mod.ts";

/** Where in the path of a packet a chain stands. */
export type Hook =
  | "ingress"
  | "prerouting"
  | "input"
  | "forward"
  | "output"
  | "postrouting"
  | "egress";

/** What is known of a packet. Absent: anything. */
export interface Packet {
  readonly family: "ip" | "ip6";
  readonly source?: Ip;
  readonly destination?: Ip;
  /** IP protocol number. */
  readonly protocol: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly inputInterface?: string;
  readonly outputInterface?: string;
  /** What connection tracking may say of it, any of these. */
  readonly states: readonly ("new" | "established" | "related" | "invalid" | "untracked")[];
}

/** Whether something is so; `undefined`: nobody knows. */
export type Trit = boolean | undefined;

/** What a rule does with what it matches. */
export type Verdict =
  | { readonly kind: "accept" | "drop" | "reject" | "return" }
  | { readonly kind: "jump" | "goto"; readonly chain: string }
  /** Something this program does not follow: a queue, a map of verdicts by unknown keys. */
  | { readonly kind: "unknown" };

/** One rule; without a verdict it only counts or marks. */
export interface Rule {
  /** As its tool writes it. */
  readonly text: string;
  matches(packet: Packet): Trit;
  verdict?(packet: Packet): Verdict | undefined;
}

/** One chain. */
export interface Chain {
  /** Key for jumps: family, table and name. */
  readonly key: string;
  /** `chain input of inet filter (nftables)`. */
  readonly name: string;
  readonly tool: "nft" | "iptables" | "ip6tables";
  readonly family: "ip" | "ip6" | "inet" | "netdev";
  readonly table: string;
  readonly chain: string;
  /** Absent: it is only jumped to. */
  readonly hook?: { readonly at: Hook; readonly priority: number; readonly device?: string };
  readonly policy: "accept" | "drop";
  readonly rules: readonly Rule[];
}

/** Why a packet does not pass. */
export interface Blocked {
  readonly chain: Chain;
  /** Absent: the policy of the chain. */
  readonly rule?: Rule;
  /** Whether that is sure, or depends on what is not known. */
  readonly certain: boolean;
}

/** Deepest chain of jumps (kernel: `NFT_JUMP_STACK_SIZE`). */
const DEEPEST = 16;

/** What keeps a packet from passing some hooks, in order; `undefined`: nothing. */
export function blockedBy(
  chains: readonly Chain[],
  packet: Packet,
  hooks: readonly Hook[],
): Blocked | undefined {
  const byKey = new Map(chains.map((chain) => [chain.key, chain]));
  let possible: Blocked | undefined;
  for (const hook of hooks) {
    for (const chain of basesAt(chains, hook, packet)) {
      const end = walk(chain, packet, { byKey, depth: 0 });
      const dropped = end.certain === "drop"
        ? { chain: end.chain ?? chain, ...(end.rule && { rule: end.rule }), certain: true }
        : end.certain !== "accept" && chain.policy === "drop"
        ? { chain, certain: end.maybe.every((each) => each.verdict !== "accept") }
        : undefined;
      if (dropped?.certain) return dropped;
      const maybe = end.maybe.find(({ verdict }) => verdict === "drop");
      possible ??= dropped ??
        (maybe && {
          chain: maybe.chain,
          ...(maybe.rule && { rule: maybe.rule }),
          certain: false,
        });
    }
  }
  return possible;
}

function basesAt(
  chains: readonly Chain[],
  hook: Hook,
  { family, inputInterface }: Packet,
): readonly Chain[] {
  return chains.filter(({ hook: its, family: of }) =>
    its?.at === hook && (of === "inet" || of === family || of === "netdev") &&
    (its.device === undefined || its.device === inputInterface)
  ).toSorted((a, b) => (a.hook?.priority ?? 0) - (b.hook?.priority ?? 0));
}

/** A verdict that a packet may have. */
interface Maybe {
  readonly verdict: "accept" | "drop";
  readonly chain: Chain;
  readonly rule?: Rule;
}

/** How a chain ends for a packet. */
interface End {
  /** Absent: it runs to its end. */
  readonly certain?: "accept" | "drop" | "return";
  readonly chain?: Chain;
  readonly rule?: Rule;
  readonly maybe: readonly Maybe[];
}

function walk(
  chain: Chain,
  packet: Packet,
  { byKey, depth }: { readonly byKey: ReadonlyMap<string, Chain>; readonly depth: number },
): End {
  const maybe: Maybe[] = [];
  if (depth > DEEPEST) return { maybe };
  for (const rule of chain.rules) {
    const matches = rule.matches(packet);
    const verdict = matches === false ? undefined : rule.verdict?.(packet);
    if (verdict === undefined) continue;
    const sure = matches === true;
    switch (verdict.kind) {
      case "accept":
        if (sure) return { certain: "accept", chain, rule, maybe };
        maybe.push({ verdict: "accept", chain, rule });
        break;
      case "drop":
      case "reject":
        if (sure) return { certain: "drop", chain, rule, maybe };
        maybe.push({ verdict: "drop", chain, rule });
        break;
      case "return":
        if (sure) return { certain: "return", maybe };
        break;
      case "unknown":
        maybe.push({ verdict: "accept", chain, rule });
        break;
      case "jump":
      case "goto": {
        const target = byKey.get(verdict.chain);
        const end: End = target === undefined
          ? { maybe: [] }
          : walk(target, packet, { byKey, depth: depth + 1 });
        maybe.push(...end.maybe);
        if (end.certain === "accept" || end.certain === "drop") {
          if (sure) return { ...end, maybe };
          maybe.push({
            verdict: end.certain,
            chain: end.chain ?? chain,
            ...(end.rule && { rule: end.rule }),
          });
        } else if (sure && verdict.kind === "goto") return { certain: "return", maybe };
        break;
      }
    }
  }
  return { maybe };
}

/** All of some are so. */
export function all(trits: readonly Trit[]): Trit {
  if (trits.includes(false)) return false;
  return trits.includes(undefined) ? undefined : true;
}

/** One of some is so. */
export function any(trits: readonly Trit[]): Trit {
  if (trits.includes(true)) return true;
  return trits.includes(undefined) ? undefined : false;
}

/** The opposite. */
export function not(trit: Trit): Trit {
  return trit === undefined ? undefined : !trit;
}

/** Whether one of the states a packet may be in is among some. */
export function stateAmong({ states }: Packet, among: readonly string[]): Trit {
  const hits = states.filter((state) => among.includes(state)).length;
  return hits === 0 ? false : hits === states.length ? true : undefined;
}
