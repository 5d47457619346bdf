/** Links that instances have just been given: until they are there an instance is not ready, rather than in fault. */

import { type Micros, SECOND } from "../../../net/mod.ts";
import { linkNamed } from "../../kernel_facts.ts";
import { lacksAddress, linksOf } from "../../vmac.ts";
import { refreshAll } from "./refresh.ts";
import type { Turn } from "../turn.ts";

/** How long the kernel takes at most to make a link and bring it up. */
const PATIENCE: Micros = 2 * SECOND;

/** Awaits what is ordered now, after a start or a reload. */
export function awaitLinks(turn: Turn): void {
  const { config: { instances }, kernel } = turn.part;
  const missing = instances.flatMap((config) =>
    linksOf(config).filter(({ base, name }) =>
      linkNamed(kernel, base)?.up === true &&
      (linkNamed(kernel, name)?.running !== true || lacksAddress(config, { name, kernel }))
    ).map(({ name }) => name)
  );
  if (missing.length === 0) return;
  turn.part = { ...turn.part, awaited: { links: new Set(missing), until: turn.now + PATIENCE } };
}

/** What has not come by now is missing. */
export function endAwaiting(turn: Turn): void {
  const { awaited, ...part } = turn.part;
  if (awaited === undefined || turn.now < awaited.until) return;
  turn.part = part;
  refreshAll(turn);
}
