/** From the rows of `virtual_server` to typed configuration, with keepalived's fallbacks. */

export { type BoundServer, readLvs } from "./read.ts";
