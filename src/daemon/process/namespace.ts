/**
 * The network namespace that `net_namespace` or `-s` names. A thread changes its own only, and the runtime has begun with several: so
 * the program is started once more in the place of this process, inside.
 */

import { restart } from "../../native/mod.ts";
import { errnoText } from "../../net/errno.ts";
import { variable } from "../platform/mod.ts";
import { IN_NAMESPACE } from "../scripts/environment.ts";

/** Folder of named namespaces (ip-netns(8)). */
const FOLDER = "/run/netns";

/** There is no such namespace, or it may not be entered. */
export class NamespaceError extends Error {
  override readonly name = "NamespaceError";
}

/** Returns when this process is in it; else the process goes on as another. Throws {@linkcode NamespaceError}. */
export function enterNamespace(name: string): void {
  if (variable(IN_NAMESPACE) === name) return;
  const path = name.startsWith("/") ? name : `${FOLDER}/${name}`;
  const errno = restart({ namespace: path, variables: [[IN_NAMESPACE, name]] });
  const reason = errno === 2 ? `there is no ${path}` : errnoText(errno);
  throw new NamespaceError(`Cannot run in the network namespace ${name}: ${reason}`);
}
