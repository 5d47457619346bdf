/** What links, addresses and trackers allow an instance: computed from the facts as they are. */

import { linkIsUp } from "../../kernel/link.ts";
import { type Sorted, valueOf } from "../../persistent/mod.ts";
import { effectiveFrom, type Followed, influenceOf } from "../../track/influence.ts";
import type { TrackedScript } from "../../track/script.ts";
import type { VrrpInstanceConfig } from "../config.ts";
import type { Directory } from "./directory.ts";
import type { FollowedThing, Following } from "./following.ts";
import { describeFault, type FaultCause, type TrackerName } from "../../notify/mod.ts";
import { type KernelFacts, linkNamed } from "../kernel_facts.ts";
import { footingOf } from "./footing.ts";
import { refusedAddresses } from "../own_address.ts";
import type { Health } from "../fsm/state.ts";

/** What health is computed from. */
export interface Facts {
  readonly kernel: KernelFacts;
  readonly scripts: Sorted<string, TrackedScript>;
  readonly directory: Directory;
  /** Why an interface has no socket, by its index. */
  readonly socketFailures: ReadonlyMap<number, { readonly reason: string }>;
  /** The start-up delay is over. */
  readonly started: boolean;
}

/** Health of one instance without regard to the other members of its group. */
export function ownHealth(
  config: VrrpInstanceConfig,
  following: Following,
  facts: Facts,
): Health {
  const { link, source, causes: footing } = footingOf(config, facts.kernel);
  const failure = link && facts.socketFailures.get(link.ifindex);
  const roams = config.interface === undefined && !config.dontTrackPrimary;
  const trackers = [
    // Whatever has the source of an instance without interface is followed as its own.
    ...(roams && link ? [{ ...OWN, name: link.ifname }] : []).map((each) =>
      interfaceResult(each, facts)
    ),
    ...following.interfaces.map((each) => interfaceResult(each, facts)),
    ...following.scripts.map((each) => scriptResult(each, facts)),
  ];
  const amounts = trackers.reduce((sum, each) => sum + each.amount, 0);
  const causes: readonly FaultCause[] = [
    ...footing,
    ...refusedAddresses(config, facts.kernel).map((each) =>
      ({ kind: "own-address", ...each }) as const
    ),
    ...(link === undefined || failure === undefined
      ? []
      : [{ kind: "socket", ifname: link.ifname, reason: failure.reason } as const]),
    ...trackers.flatMap((each) => each.cause ?? []),
  ];
  return {
    ready: facts.started && trackers.every((each) => each.known),
    // That its own interface does not exist, following it says as well.
    causes: [...new Map(causes.map((cause) => [describeFault(cause), cause])).values()],
    priority: effectiveFrom(config.priority, amounts),
    weights: trackers.filter((each) => each.amount !== 0)
      .map(({ tracker, amount }) => ({ tracker, amount })),
    ifindex: link?.ifindex,
    source,
  };
}

/** Health of a sync group's members: one in fault keeps all there, one not ready all waiting. */
export function groupHealth(
  members: readonly (readonly [name: string, own: Health])[],
): readonly Health[] {
  const faulty = members.filter(([, own]) => own.causes.length > 0);
  const ready = members.every(([, own]) => own.ready);
  const causes = faulty.map(([member]) => ({ kind: "group", member }) as const);
  return members.map(([, own]) => ({
    ...own,
    ready,
    causes: own.causes.length > 0 ? own.causes : causes,
  }));
}

const OWN = { weight: 0, reverse: false } as const;

interface TrackerResult {
  readonly tracker: TrackerName;
  readonly known: boolean;
  readonly amount: number;
  readonly cause: FaultCause | undefined;
}

function interfaceResult(thing: FollowedThing, { kernel }: Facts): TrackerResult {
  const { name } = thing;
  const link = linkNamed(kernel, name);
  const up = linkIsUp(link);
  const cause: FaultCause = link === undefined
    ? { kind: "interface-missing", ifname: name }
    : { kind: "interface", ifname: name, up };
  return result({ kind: "interface", name }, { ...thing, up }, cause);
}

function scriptResult(thing: FollowedThing, { scripts }: Facts): TrackerResult {
  const { name, weight } = thing;
  const status = valueOf(scripts, name)?.status ?? "unknown";
  // keepalived: only a script that can be a fault is waited for, a weight comes with its result.
  const tracker = { kind: "script", name } as const;
  if (status === "unknown") return { tracker, known: weight !== 0, amount: 0, cause: undefined };
  const ok = status === "up";
  return result(tracker, { ...thing, up: ok }, { kind: "script", name, ok });
}

function result(tracker: TrackerName, followed: Followed, cause: FaultCause): TrackerResult {
  const found = influenceOf(followed);
  if (found.kind === "fault") return { tracker, known: true, amount: 0, cause };
  return { tracker, known: true, amount: found.amount, cause: undefined };
}
