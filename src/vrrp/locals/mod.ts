/**
 * Other daemons of this host: each says to the others which virtual routers it runs, and both say so when they run one in common.
 * They do not hear each other's adverts, so both would be master of it. Pure.
 */

export * from "./local_router.ts";
export * from "./locals.ts";
export * from "./locals_text.ts";
