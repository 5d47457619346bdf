/** What instances hear: sockets, whose a packet is, whether it may be believed, what the core counted. */

export { countedBy } from "./core_counts.ts";
export { hearsOf } from "./hearing.ts";
export { onPacket } from "./inbound.ts";
export { listenWhereNeeded, nextListenRetry, onListenResult, retryListening } from "./listening.ts";
export { tagsOf, verifyOf } from "./verifying.ts";
