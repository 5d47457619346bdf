/** What the core reports, as events of the world. */

import type { Event } from "../../native/mod.ts";
import type { WorldEvent } from "../../world/mod.ts";

/** The event a report stands for; `undefined` for what the shell itself has to answer. */
export function coreEvent(event: Event): WorldEvent | undefined {
  switch (event.event) {
    case "expired":
      return { kind: "expired", order: event.order, seq: event.seq };
    case "taken-over": {
      const { watches, orders, ops: operations, places } = event;
      return { kind: "taken-over", watches, orders, operations, places };
    }
    case "lapsed":
      return { kind: "lapsed", order: event.order };
    case "link":
      return { kind: "link", link: event.link, removed: event.removed };
    case "address":
      return {
        kind: "address",
        address: event.address,
        removed: event.removed,
        ordered: event.ordered,
      };
    case "shaken":
      return { kind: "things-shaken", ...(event.spot && { spot: event.spot }) };
    case "setting-was":
      return { kind: "setting-was", setting: event.setting };
    case "nft-changed":
      return { kind: "things-shaken", spot: { kind: "nft", value: event.table } };
    case "ipvs-services":
      return { kind: "ipvs-services", services: event.services };
    case "ipvs-changed":
      return { kind: "ipvs-changed" };
    case "outcome":
      return { kind: "outcome", order: event.order, seq: event.seq, outcome: event.outcome };
    case "file-changed": {
      const { path, content } = event;
      return { kind: "file-changed", path, ...(content !== undefined && { content }) };
    }
    case "process-count":
      return { kind: "process-count", name: event.name, count: event.count };
    case "send-failed":
      return { kind: "sending", order: event.order, errno: event.errno };
    case "send-resumed":
      return { kind: "sending", order: event.order, errno: 0 };
    case "claimed": {
      const { ifindex, address, mac } = event;
      return { kind: "claimed", ifindex, address, mac };
    }
    case "takeover-applied":
    case "announce-failed":
    case "unseen":
    case "local-said":
    case "local-gone":
    case "local-refused":
    case "child-late":
    case "child-ended":
    case "signal":
    case "fifo-dropped":
    case "log-dropped":
    case "guardian-ended":
      return undefined;
  }
}
