/** Weights that cannot change who is master. */

import type { BoundConfig } from "../config.ts";
import { counterpartOf, instancesOf, type InstanceView } from "./instance.ts";
import type { Found, LintInput, LintRule } from "./rule.ts";
import { healthyPriority, priorityWithout, type Weighing, weighingsOf } from "./weight.ts";

/**
 * With the other nodes' files: the failing node keeps more than any of them has. Without: nobody but a node
 * just below it could take over, while people step priorities by tens.
 */
export const weightTooSmall: LintRule = {
  name: "weight-too-small",
  find: (input) =>
    instancesOf(input).flatMap((self) => {
      const weighings = weighingsOf(self, input);
      const rivals = rivalsOf(self, input);
      return weighings.flatMap((one) => judge(self, { weighings, one, rivals }) ?? []);
    }),
};

/** An instance of another node and the priority it runs with while all is well there. */
interface Rival {
  readonly path: string;
  readonly priority: number;
  readonly nopreempt: boolean;
}

function rivalsOf(self: InstanceView, { peers }: LintInput): readonly Rival[] {
  return peers.flatMap((peer) => {
    const other = counterpartOf(self, instancesOf(peer));
    return other === undefined ? [] : [rival(other, peer, peer.path)];
  });
}

function rival(view: InstanceView, file: BoundConfig, path: string): Rival {
  const priority = healthyPriority(view.priority, weighingsOf(view, file));
  return { path, priority, nopreempt: view.nopreempt };
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
  if (best.priority >= healthy || best.priority > failed) return undefined;
  return found(
    `Cannot move the addresses of ${self.name} with ${what}: a failure leaves priority ${failed}, ${best.path} has ${best.priority}`,
    `a weight of ${one.weight < 0 ? "-" : ""}${
      healthy - best.priority + 1
    } or beyond would do; with weight 0 a failure is FAULT`,
  );
}

/** Nothing is known of the other nodes but that they are usually ten or more below a `state MASTER`. */
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
