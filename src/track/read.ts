/** From rows to what is tracked. */

import { type Bound, complainOfLine, lastValue, type Use } from "../language/mod.ts";
import { scriptCommand } from "../global/read.ts";
import { SECOND } from "../net/micros.ts";
import type { TrackEntry, VrrpScriptConfig } from "./config.ts";
import type { VRRP_SCRIPT } from "./keywords.ts";

/** A `vrrp_script`; the binder left out those without a command. */
export function readVrrpScript(
  name: string,
  bound: Bound<typeof VRRP_SCRIPT>,
): VrrpScriptConfig | undefined {
  const script = lastValue(bound.script);
  if (script === undefined) return undefined;
  const account = lastValue(bound.user);
  const weight = lastValue(bound.weight);
  const timeout = lastValue(bound.timeout);
  return {
    name,
    script: scriptCommand({ ...script, ...account }),
    interval: lastValue(bound.interval) ?? SECOND,
    ...(timeout !== undefined && { timeout }),
    weight: weight?.weight ?? 0,
    reverse: weight?.reverse ?? false,
    rise: lastValue(bound.rise) ?? 1,
    fall: lastValue(bound.fall) ?? 1,
    initFail: lastValue(bound.init_fail) ?? false,
  };
}

/** Entries of all lists of one kind, each name once. */
export function readTrackEntries(
  lists: readonly Use<{ readonly entries: readonly Use<TrackEntry>[] }>[] | undefined,
): readonly Use<TrackEntry>[] {
  const found = new Map<string, Use<TrackEntry>>();
  for (const list of lists ?? []) {
    for (const entry of list.value.entries) {
      const { name } = entry.value;
      if (!found.has(name)) found.set(name, entry);
      else {
        complainOfLine(entry, {
          severity: "warning",
          code: "duplicate-name",
          message: `Cannot track ${name} twice: the first entry counts`,
          status: "general",
        });
      }
    }
  }
  return [...found.values()];
}
