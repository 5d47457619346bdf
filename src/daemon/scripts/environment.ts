/**
 * What scripts begin with: the environment and the limit of open files of whoever started the daemon,
 * not what the daemon, its runtime or its start script made of them (cli.tsv "script environment").
 */

import type { Call } from "../../native/mod.ts";

/** Variables a script must not inherit; the last three belong to the service manager's notifications. */
const DROPPED = [
  "IFS",
  "LD_PRELOAD",
  "LD_LIBRARY_PATH",
  "NOTIFY_SOCKET",
  "WATCHDOG_PID",
  "WATCHDOG_USEC",
];

/** Set in the environment of the process in the background. */
export const IN_BACKGROUND = "HOLDFAST_IN_BACKGROUND";

/** Names the network namespace that this process was started again in. */
export const IN_NAMESPACE = "HOLDFAST_NAMESPACE";

/** What scripts/holdfast changed: names of variables it has set. */
const SET = "HOLDFAST_SET";

/** Before the name of such a variable: what it was. */
const WAS = "HOLDFAST_WAS_";

/** The soft limit of open files before the runtime raised it. */
const OPEN_FILES = "HOLDFAST_OPEN_FILES";

/** Soft limit when nobody knows what it was: that of the kernel and of systemd's units. */
const USUAL_OPEN_FILES = 1024;

/** How children begin, from the environment and the limit of this process. */
export function childrenCall(
  environment: Readonly<Record<string, string>>,
): Extract<Call, { readonly call: "children" }> {
  const set = (environment[SET] ?? "").split(" ").filter((name) => name !== "");
  const own = Object.keys(environment).filter((name) => name.startsWith(WAS));
  const restored = set.flatMap((name) => {
    const value = environment[`${WAS}${name}`];
    return value === undefined ? [] : [{ name, value }];
  });
  return {
    call: "children",
    without: [...DROPPED, IN_BACKGROUND, IN_NAMESPACE, SET, OPEN_FILES, ...set, ...own],
    with: restored.filter(({ name }) => !DROPPED.includes(name)),
    openFiles: openFiles(environment[OPEN_FILES]),
  };
}

/** A soft limit, as `ulimit -Sn` prints it. */
function openFiles(text: string | undefined): number {
  if (text === "unlimited") return MOST;
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? Math.min(value, MOST) : USUAL_OPEN_FILES;
}

/** More than the core gives anybody: it keeps to the hard limit. */
const MOST = 2 ** 32 - 1;
