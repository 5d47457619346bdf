/** What happens to servers, as news: made of the servers as they are then. */

import type {
  Cause,
  CheckerTurnedNews,
  RealServerNews,
  VirtualServerNews,
  WeightNews,
} from "../../notify/mod.ts";
import { gainAt, loseBelow } from "../servers/quorum.ts";
import type { RealServer, VirtualServer } from "../servers/virtual_server.ts";
import { realServerLabel } from "../servers/words.ts";

/** A real server comes up or goes down. */
export function serverNews(
  { label: server, config }: RealServer,
  { label: of }: VirtualServer,
  { up, cause }: { readonly up: boolean; readonly cause: Cause },
): RealServerNews {
  const { inhibitOnFailure: inhibit, notifyUp, notifyDown, smtpAlert } = config;
  const scripts = { up: notifyUp, down: notifyDown, ...(smtpAlert && { smtpAlert }) };
  return { kind: "real-server", server, of, up, inhibit, cause, scripts };
}

/** A checker changes its mind and the server stays what it is; absent where nobody would hear of that. */
export function turnedNews(
  { label: server, config: { smtpAlert } }: RealServer,
  { label: of }: VirtualServer,
  { up, cause }: { readonly up: boolean; readonly cause: Cause },
): CheckerTurnedNews | undefined {
  return smtpAlert && { kind: "checker-turned", server, of, up, cause, scripts: { smtpAlert } };
}

/** A weight changes in service or out of it. */
export function weightNews(
  { label: server, weight: to, alive }: RealServer,
  { label: of }: VirtualServer,
  { from, cause }: { readonly from: number; readonly cause: Cause },
): WeightNews {
  return { kind: "weight", server, of, from, to, alive, cause };
}

/** Quorum is gained or lost, or is there or not from the beginning. */
export function quorumNews(
  { config, label: name, liveWeight }: VirtualServer,
  { up, cause }: { readonly up: boolean; readonly cause: Cause },
): VirtualServerNews {
  const { sorryServer, quorumUp, quorumDown, sorryServerInhibit, smtpAlert } = config;
  const sorry = sorryServer && {
    server: realServerLabel(sorryServer, config),
    inhibit: sorryServerInhibit || sorryServer.inhibitOnFailure,
  };
  return {
    kind: "virtual-server",
    name,
    up,
    liveWeight,
    needed: up || cause.kind === "start" ? gainAt(config) : loseBelow(config),
    ...(sorry && { sorry }),
    cause,
    scripts: { up: quorumUp, down: quorumDown, ...(smtpAlert && { smtpAlert }) },
  };
}
