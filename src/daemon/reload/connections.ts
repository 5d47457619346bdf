/** How many connections each real server has, as the kernel says. */

import { type ConnectionTable, parseConnections } from "../../plan/mod.ts";
import { isMissing, isSystemError, readTextFile, statSync } from "../platform/mod.ts";

/** The kernel's own list; it is there when the module is. */
const TABLE = "/proc/net/ip_vs";

/** Whether the kernel has IPVS by now. Who asks it for services by netlink makes it load the module. */
export function isIpvsThere(): boolean {
  try {
    return statSync(TABLE).isFile;
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

/** Without IPVS there are none; `undefined` where the kernel does not tell. */
export async function openConnections(): Promise<ConnectionTable | undefined> {
  try {
    return parseConnections(await readTextFile(TABLE));
  } catch (error) {
    if (isMissing(error)) return new Map();
    if (!isSystemError(error)) throw error;
    return undefined;
  }
}
