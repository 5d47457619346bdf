/**
 * What `keepalived.conf` says of the process itself rather than of routers and servers: how it is run, where it runs, which files it
 * keeps, when it reads again. Decisions as functions; the shell carries them out.
 */
export * from "./config.ts";
export * from "./paths.ts";
export * from "./read.ts";
export * from "./schedule.ts";
export * from "./threads.ts";
