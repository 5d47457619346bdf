/** Settings that are other than they were since they were changed here: what has to be known to make them what they were. */

import type { Changed } from "../core/protocol.ts";
import { sameValue } from "../net/equal.ts";
import { type Thing, thingKey } from "./thing.ts";

export type { Changed };

/** The thing it became. */
export function changedThing(changed: Changed): Thing {
  switch (changed.kind) {
    case "sysctl":
      return { kind: "sysctl", value: { name: changed.name, value: changed.is } };
    case "ipvs-timeouts":
      return { kind: "ipvs-timeouts", value: changed.is };
  }
}

/** Whether it has to be made what it was. */
export function isChanged({ was, is }: Changed): boolean {
  return !sameValue(was, is);
}

/** These with one more, in the place of what was known of the same setting. */
export function withChanged(all: readonly Changed[], changed: Changed): readonly Changed[] {
  const others = withoutChanged(all, thingKey(changedThing(changed)));
  return isChanged(changed) ? [...others, changed] : others;
}

/** These without the setting that is the thing with this key. */
export function withoutChanged(all: readonly Changed[], key: string): readonly Changed[] {
  const others = all.filter((each) => thingKey(changedThing(each)) !== key);
  return others.length === all.length ? all : others;
}
