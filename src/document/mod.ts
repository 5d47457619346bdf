/**
 * A whole `keepalived.conf`: the root table that joins the rows of all parts, reading into typed configuration, and what is said about a
 * file as a whole: lint, explanations, layout. The daemon takes the result; nothing here knows a running one.
 */

export {
  type BoundConfig,
  type Config,
  readBound,
  readConfig,
  type ReadOptions,
} from "./config.ts";
export type { HostFacts } from "./commands/mod.ts";
export { formatConfig } from "./format.ts";
export { lint } from "./lint/mod.ts";
