/** What the LVS part wants done. Effects are carried out in order. */

import type { ProbeOp } from "../../check/probe.ts";
import type { ScriptCommand } from "../../global/config.ts";
import type { Ip } from "../../net/ip.ts";
import type { Micros } from "../../net/micros.ts";
import type { ServiceId } from "../../kernel/ipvs/ipvs.ts";
import type { LvsNews } from "../../notify/mod.ts";

/** Where the kernel's table may have to change. */
export interface ServerChange {
  /** Position of the virtual server. */
  readonly virtualServer: number;
  /** Position of its only real server that changed; absent: all of it may be different. */
  readonly realServer?: number;
}

/** One effect. */
export type LvsEffect =
  /** Standing orders of probes. */
  | ProbeOp
  /** Run a MISC_CHECK command; answered by `check-result` or `check-not-begun`. */
  | {
    readonly kind: "run-check";
    readonly order: number;
    readonly seq: number;
    readonly command: ScriptCommand;
    readonly timeout: Micros;
  }
  /** End the command of a checker that is gone, if it runs. */
  | { readonly kind: "end-check"; readonly order: number; readonly seq: number }
  /** Count the connections of the destinations of these services; answered by `connections`. */
  | { readonly kind: "count-connections"; readonly services: readonly ServiceId[] }
  /** Count the ports of these local addresses that are in use, unless fewer connections than `least` are tracked; answered by `ports`. */
  | { readonly kind: "count-ports"; readonly addresses: readonly Ip[]; readonly least: number }
  /** Bring the kernel's IPVS table to `desiredServices`, before the effects that follow: where it may have changed. */
  | { readonly kind: "reconcile-services"; readonly changed: "all" | readonly ServerChange[] }
  /** Something happened: people are told at once, programs when the table is right. */
  | { readonly kind: "news"; readonly news: LvsNews };
