/**
 * Scripts: whom they run as, what they begin with, whether they may run as root, and what comes of
 * them. The core starts and ends them (`core-rs/src/child`).
 */
export * from "./accounts.ts";
export * from "./children.ts";
export * from "./environment.ts";
export * from "./guard.ts";
