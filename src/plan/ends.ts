/** What cannot be had back: connections that end, mastership that moves, addresses that leave. */

import type { Ends, InstanceMove, Operation } from "./plan.ts";

/** What of a plan is lost by it. */
export function endsOf(
  instances: readonly InstanceMove[],
  operations: readonly Operation[],
): Ends {
  const going = operations.filter(({ subject, op }) =>
    (subject === "service" || subject === "server") && GOING.has(op)
  );
  // A server that goes with its service is counted there.
  const known = going.map(openOf);
  const unknown = known.includes(undefined);
  return {
    ...(!unknown && { connections: known.reduce<number>((sum, each) => sum + (each ?? 0), 0) }),
    masters: namesOf(instances, "lost", "at-risk"),
    takesOver: namesOf(instances, "to-come"),
    addresses: operations.flatMap(({ subject, op, name, of, from }) =>
      subject === "address" && op !== "add" && op !== "recreate"
        ? [`${name} on ${op === "move" ? from : of}`]
        : []
    ),
  };
}

const GOING: ReadonlySet<Operation["op"]> = new Set(["delete", "recreate", "flush"]);

/** Connections that somebody misses: of TCP and SCTP those that are established, of all others every one. */
export function openOf({ connections, name, of }: Operation): number | undefined {
  if (connections === undefined) return undefined;
  const isOfConnections = /^(tcp|sctp) /.test(of ?? name);
  return connections.active + (isOfConnections ? 0 : connections.inactive);
}

function namesOf(
  instances: readonly InstanceMove[],
  ...kinds: readonly InstanceMove["mastership"][]
): readonly string[] {
  return instances.flatMap(({ name, mastership }) =>
    mastership !== undefined && kinds.includes(mastership) ? [name] : []
  );
}
