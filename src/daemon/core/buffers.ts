/** Receive buffers of the sockets to the kernel, as `global_defs` wants them. */

import type { GlobalDefs } from "../../global/config.ts";
import { sameValue } from "../../net/equal.ts";
import type { Core } from "../../native/mod.ts";
import type { Log } from "../log.ts";

/** The sockets, as one daemon sets them. */
export interface Buffers {
  /** Another configuration comes into force. What is not written any more stays as it is until the next start. */
  configure(wanted: GlobalDefs["netlinkBuffers"]): void;
}

/** Nothing is set before the first configuration. */
export function openBuffers(
  { core, log }: { readonly core: Pick<Core, "ask">; readonly log: Log },
): Buffers {
  let set: GlobalDefs["netlinkBuffers"] = {};
  return {
    configure: (wanted) => {
      if (sameValue(set, wanted)) return;
      set = wanted;
      core.ask({ call: "buffers", ...wanted }, (result) => {
        if (result.result !== "failed") return;
        log({ level: "warning", from: "core", text: `${result.message}: goes on` });
      });
    },
  };
}
