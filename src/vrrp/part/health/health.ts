/** What links, addresses and trackers allow an instance: computed from the facts as they are. */

import type { Link } from "../../../kernel/link.ts";
import { effectiveFrom, type FollowedThing, outcomeOf } from "../../../track/influence.ts";
import { interfaceState, stateOf, type TrackerStates } from "../../../track/tracker.ts";
import type { Directory } from "../directory.ts";
import type { Following } from "./following.ts";
import { describeFault, type FaultCause } from "../../../notify/mod.ts";
import type { KernelFacts } from "../../kernel_facts.ts";
import { footingOf, keptFooting } from "./footing.ts";
import { lostOf } from "../wanted/things.ts";
import { refusedAddresses } from "../../own_address.ts";
import type { Health, Instance } from "../../fsm/state.ts";
import { linksOf } from "../../vmac.ts";
import type { Ip } from "../../../net/mod.ts";

/** What health is computed from. */
export interface Facts {
  readonly kernel: KernelFacts;
  readonly trackers: TrackerStates;
  readonly directory: Directory;
  /** Why an interface has no socket, by its index. */
  readonly socketFailures: ReadonlyMap<number, { readonly reason: string }>;
  /** Things of the kernel that cannot be put back, by key: why. */
  readonly lost: ReadonlyMap<string, string>;
  /** Names of links that are about to come. */
  readonly awaited: ReadonlySet<string>;
  /** What may still be sent from although it is gone at the moment. */
  readonly resting: ReadonlySet<Ip>;
  /** The start-up delay is over. */
  readonly started: boolean;
}

/** Health of one instance without regard to the other members of its group. */
export function ownHealth(
  self: Pick<Instance, "config" | "health">,
  following: Following,
  facts: Facts,
): Health {
  const { config } = self;
  const awaited = facts.awaited.size === 0
    ? []
    : linksOf(config).map(({ name }) => name).filter((name) => facts.awaited.has(name));
  if (awaited.length > 0) {
    return patient(ownHealth(self, following, { ...facts, awaited: NONE }), awaited);
  }
  const found = footingOf(config, facts.kernel);
  const { link, source, causes: footing } = keptFooting(found, self.health, facts.resting);
  const failure = link && facts.socketFailures.get(link.ifindex);
  const roams = config.interface === undefined && !config.dontTrackPrimary;
  const trackers = [
    // Whatever has the source of an instance without interface is followed as its own.
    ...(roams && link ? [outcomeOf(asOwn(link), interfaceState(link))] : []),
    ...following.map((each) => outcomeOf(each, stateOf(facts.trackers, each.tracker))),
  ];
  const amounts = trackers.reduce((sum, each) => sum + each.amount, 0);
  const causes: readonly FaultCause[] = [
    ...footing,
    ...(config.lacksPeers === true ? [{ kind: "no-peer" } as const] : []),
    ...refusedAddresses(config, facts.kernel).map((each) =>
      ({ kind: "own-address", ...each }) as const
    ),
    ...(link === undefined || failure === undefined
      ? []
      : [{ kind: "socket", ifname: link.ifname, reason: failure.reason } as const]),
    ...lostOf(config, facts),
    ...trackers.flatMap((each) => each.fault ?? []),
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

const NONE: ReadonlySet<string> = new Set();

/** Health while links are about to come: that they are not there yet, or not up, is no fault. */
function patient(health: Health, names: readonly string[]): Health {
  const causes = health.causes.filter((cause) => {
    switch (cause.kind) {
      case "interface-missing":
      case "no-source-address":
        return !names.includes(cause.ifname);
      case "tracker":
        return cause.tracker.kind !== "interface" || !names.includes(cause.tracker.name);
      default:
        return true;
    }
  });
  return causes.length === health.causes.length ? health : { ...health, ready: false, causes };
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

function asOwn({ ifname: name }: Link): FollowedThing {
  return { tracker: { kind: "interface", name }, weight: 0, reverse: false };
}
