/** Why a guard refuses a reload (`reload_guard`). */

import { openOf } from "./ends.ts";
import type { InstanceMove, Operation, Plan } from "./plan.ts";

/** Most reasons that are said one by one. */
const MOST = 10;

/** What a plan would end or move, a sentence each, the worst first; empty: a guard lets it pass. */
export function guardReasons(
  { instances, operations }: Pick<Plan, "instances" | "operations">,
): readonly string[] {
  const all = [
    ...instances.flatMap(ofInstance),
    ...operations.flatMap(ofServers),
    ...operations.flatMap(ofAddress),
  ];
  return all.length <= MOST
    ? all
    : [...all.slice(0, MOST), `and ${all.length - MOST} more of the kind`];
}

function ofInstance({ name, change, mastership, why }: InstanceMove): readonly string[] {
  switch (mastership) {
    case "lost":
      return [
        change === "removed"
          ? `${name} is master and goes`
          : change === "recreated"
          ? `${name} is master and begins anew`
          : `${name} gives up mastership`,
      ];
    case "at-risk":
      return [`${name} may lose mastership: ${why}`];
    case "to-come":
      return [`${name} becomes master: it ${why}`];
    default:
      return [];
  }
}

function ofServers(operation: Operation): readonly string[] {
  const { subject, op, name, of } = operation;
  if (subject !== "service" && subject !== "server") return [];
  if (op !== "delete" && op !== "recreate" && op !== "flush") return [];
  const open = openOf(operation);
  if (open === 0) return [];
  const what = of === undefined ? name : `${name} of ${of}`;
  if (open === undefined) return [`${what} goes, and how many connections it has is not known`];
  return [`${open} connection${open === 1 ? "" : "s"} of ${what} end${open === 1 ? "s" : ""}`];
}

function ofAddress({ subject, op, name, of, from }: Operation): readonly string[] {
  if (subject !== "address" || op === "add" || op === "recreate") return [];
  return [`${name} leaves ${op === "move" ? from : of}`];
}
