/** The nodes of a lab: the program under test, and Debian's keepalived as its peer. */

import type { Lab } from "./lab.ts";
import type { Program } from "./program.ts";

/**
 * Which program a node runs. `HOLDFAST=path` in the environment puts another in the place of ours.
 */
export type Kind = "holdfast" | "keepalived";

/** The repository, without a slash at the end. */
export const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** Path or name of the executable. */
export function executable(kind: Kind): string {
  if (kind === "keepalived") return "keepalived";
  return Deno.env.get("HOLDFAST") ?? `${ROOT}/dist/holdfast`;
}

/**
 * Is the program under test Debian's keepalived, to prove the labs? Then what only ours does is
 * not expected.
 */
export function isStandIn(): boolean {
  return /(^|\/)keepalived$/.test(executable("holdfast"));
}

/**
 * How to start one: the configuration text, and flags beyond those for the foreground and the
 * console.
 */
export interface NodePlan {
  readonly kind: Kind;
  readonly config: string;
  readonly flags?: readonly string[];
  /** A command to run it under, such as `unshare`. */
  readonly wrap?: readonly string[];
  /** Distinguishes several nodes, or lives of one, in a host. */
  readonly name?: string;
}

/** Starts a node in the foreground, logging to the console, with a pid file of its own. */
export async function startNode(lab: Lab, host: string, plan: NodePlan): Promise<Program> {
  const name = plan.name ?? host;
  const config = await lab.file(`${name}.conf`, plan.config);
  const command = executable(plan.kind);
  const pid = (part: string) => `${lab.dir}/${name}-${part}.pid`;
  const flags = ["-n", "-l", "-D", "-f", config, "-p", pid("main")];
  // keepalived is several processes, each with a pid file; nodes of one machine must not share
  // them.
  if (/(^|\/)keepalived$/.test(command)) flags.push("-r", pid("vrrp"), "-c", pid("checkers"));
  const label = `${plan.kind} in ${host}`;
  const argv = [...(plan.wrap ?? []), command, ...flags, ...(plan.flags ?? [])];
  return lab.start(host, argv, { name: label });
}
