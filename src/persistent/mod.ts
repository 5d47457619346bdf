/**
 * Collections that are never changed: a copy with one change shares all but one path with the original. So an event costs what it
 * changes, also among 20,000 real servers or 10,000 addresses, and a world that was kept stays what it was.
 */

export * from "./chunked.ts";
export * from "./list.ts";
export * from "./sorted.ts";
