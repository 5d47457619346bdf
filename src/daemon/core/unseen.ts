/** Time in which the core did not run though something was due, for people. */

import type { Event } from "../../native/mod.ts";
import { type Micros, SECOND } from "../../net/micros.ts";

/** What is said of it. */
export function unseenText(
  { time, asleep }: Pick<Extract<Event, { readonly event: "unseen" }>, "time" | "asleep">,
): string {
  const awake = time - asleep;
  if (asleep === 0) {
    return `Did not run for ${seconds(time)} s: stopped, starved, or the machine stood still`;
  }
  const also = awake > SECOND ? `, and the daemon did not run for ${seconds(awake)} s more` : "";
  return `Did not run for ${seconds(time)} s: the machine slept for ${seconds(asleep)} s${also}`;
}

function seconds(time: Micros): string {
  return (time / SECOND).toFixed(1);
}
