/** Network interfaces as the kernel reports them. */

import type { Link } from "../core/protocol.ts";

export type { Link };

/** Whether packets can pass: keepalived's notion of an interface that is up. */
export function linkIsUp(link: Link | undefined): boolean {
  return link !== undefined && link.up && link.running;
}
