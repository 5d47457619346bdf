/** What the core reports: to the world, or to whoever asked for it. */

import { errnoText } from "../../net/errno.ts";
import { STATUS } from "../../native/mod.ts";
import { coreEvent } from "../core/core_events.ts";
import { addressesApplied, type Outside } from "../core/effects.ts";
import { guardianEnded } from "../core/guardian.ts";
import { unseenText } from "../core/unseen.ts";
import type { Loop } from "../loop.ts";
import { sentence } from "../scripts/guard.ts";
import { isLocalNews } from "../telling/locals.ts";
import type { Equipment } from "./equipment.ts";
import type { Run } from "./given.ts";

/** From now on packets and events go where they belong. */
export function listenToCore(
  { core, log }: Pick<Run, "core" | "log">,
  loop: Loop,
  { children, threads, fifos, locals, guard, outside }: Equipment & {
    /** Whether there is a guardian. */
    readonly guard: { runs: boolean };
    readonly outside: Pick<Outside, "complaints" | "dispatch">;
  },
): void {
  core.listen({
    turn: (deliver) => loop.turn(deliver),
    packet: (packet) => loop.dispatch({ kind: "packet", ...packet }),
    event: (event) => {
      const known = coreEvent(event);
      if (known !== undefined) loop.dispatch(known);
      else if (event.event === "child-late" || event.event === "child-ended") children.heard(event);
      else if (event.event === "fifo-dropped") fifos.dropped(event);
      else if (isLocalNews(event)) locals.heard(event);
      else if (event.event === "log-dropped") {
        const text = `Dropped ${event.count} log messages: nobody took them (${event.lane})`;
        log({ level: "warning", from: "core", text });
      } else if (event.event === "guardian-ended") {
        guard.runs = event.replaced;
        guardianEnded(event.replaced, log);
      } else if (event.event === "unseen") {
        log({ level: "warning", from: "core", text: unseenText(event) });
        threads.late(event.time - event.asleep);
      } else if (event.event === "takeover-applied") {
        addressesApplied(event.ops, event.errnos, outside);
      } else if (event.event === "announce-failed") {
        const text = `Cannot announce addresses on ${event.ifname}: ${errnoText(event.errno)}`;
        log({ level: "error", from: "vrrp", text });
      }
    },
    // A farewell through an interface that just went down cannot be sent, and need not. What is asked of an order that has
    // lapsed meanwhile is not done, and why follows.
    failed: (error) => {
      const lapsed = error.status === STATUS.lapsed;
      const level = error.call === "cease" || lapsed ? "info" : "error";
      log({ level, from: "core", text: sentence(error.message) });
    },
  });
}
