/** Weights that cannot change who is master. */

import { counterpartOf, type InstanceView } from "../instance.ts";
import type { Found, LintRule } from "../rule.ts";
import { healthyPriority, priorityWithout, weigherOf, type Weighing } from "./weight.ts";

/**
 * With the other nodes' files: the failing node keeps more than any of them has. Without: nobody
 * but a node just below it could take over, while people step priorities by tens.
 */
export const weightTooSmall: LintRule = {
  name: "weight-too-small",
  find: (input) => {
    const weighingsOf = weigherOf(input);
    const peers = input.peers.map((peer) => ({
      path: peer.path,
      others: peer.instances,
      weighingsOf: weigherOf(peer),
    }));
    const damage = input.damage;
    return input.instances.flatMap((self) => {
      if (damage.isRefused(self.use, ["priority"])) return [];
      const weighings = weighingsOf(self);
      const rivals = peers.flatMap((peer): readonly Rival[] => {
        const other = counterpartOf(self, peer.others);
        if (other === undefined) return [];
        const priority = healthyPriority(other.priority, peer.weighingsOf(other));
        return [{ path: peer.path, priority, nopreempt: other.nopreempt }];
      });
      return weighings.flatMap((one) => judge(self, { weighings, one, rivals }) ?? []);
    });
  },
};

/** The priority that another node runs with while all is well there. */
interface Rival {
  readonly path: string;
  readonly priority: number;
  /** Keeps a weaker master (RFC 9568 §6.1, Preempt_Mode). */
  readonly nopreempt: boolean;
}

function judge(
  self: InstanceView,
  { weighings, one, rivals }: {
    readonly weighings: readonly Weighing[];
    readonly one: Weighing;
    readonly rivals: readonly Rival[];
  },
): Found | undefined {
  const what = `weight ${one.weight} of ${one.name}`;
  const found = (message: string, hint: string): Found => ({
    at: one.at,
    severity: "warning",
    message,
    hint,
  });
  if (self.priority === 255) {
    return found(
      `Cannot move the addresses of ${self.name} with ${what}: the priority of their owner, 255, never changes`,
      "use a priority of 254 or less",
    );
  }
  const healthy = healthyPriority(self.priority, weighings);
  const failed = priorityWithout(self.priority, weighings, one);
  if (rivals.length === 0) return guess(self, { what, healthy, failed, found });
  const best = rivals.reduce((a, b) => b.priority > a.priority ? b : a);
  // A node that is not master while all is well has nothing to hand over.
  if (best.priority >= healthy) return undefined;
  const stronger = rivals.filter(({ priority }) => priority > failed);
  if (stronger.some(({ nopreempt }) => !nopreempt)) return undefined;
  const [waiting] = stronger;
  if (waiting !== undefined) {
    return found(
      `Cannot move the addresses of ${self.name} with ${what}: ${waiting.path} has nopreempt and keeps a weaker master`,
      "use weight 0: a failure is then FAULT, which nopreempt does not hold up",
    );
  }
  return found(
    `Cannot move the addresses of ${self.name} with ${what}: a failure leaves priority ${failed}, ${best.path} has ${best.priority}`,
    `a weight of ${one.weight < 0 ? "-" : ""}${
      healthy - best.priority + 1
    } or beyond would do; with weight 0 a failure is FAULT`,
  );
}

/**
 * Nothing is known of the other nodes but that they are usually ten or more below a `state MASTER`.
 */
function guess(
  self: InstanceView,
  { what, healthy, failed, found }: {
    readonly what: string;
    readonly healthy: number;
    readonly failed: number;
    readonly found: (message: string, hint: string) => Found;
  },
): Found | undefined {
  const usual = Math.floor((self.priority - 1) / 10) * 10;
  const left = self.priority - (healthy - failed);
  if (self.state !== "master" || left <= usual) return undefined;
  return found(
    `Cannot rely on ${what} in ${self.name}: it can only move the addresses when a peer's priority is above ${left}`,
    "compare with the other node by --peer OTHER.conf; with weight 0 a failure is FAULT",
  );
}
