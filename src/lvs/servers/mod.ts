/** Virtual and real servers as they are now: what they count as, how they are named, and whether there are enough of them. */

export * from "./quorum.ts";
export * from "./virtual_server.ts";
export * from "./words.ts";
