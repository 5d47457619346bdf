/** The .deb, and a configuration for the machine it is put on. */

import { DIST } from "./machine.ts";

/** One virtual router. */
export const CONFIG = `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.99/24
    }
}
`;

/** Its name in dist/, when it has been made. */
export async function packageFile(): Promise<string | undefined> {
  try {
    for await (const { name } of Deno.readDir(DIST)) if (name.endsWith(".deb")) return name;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return undefined;
}
