/**
 * Every facility of the runtime that the daemon and `-t` use, named once: files, environment, the
 * own process, children, signals, timers, streams, sockets, the core's library, and how this program is
 * installed. Whoever wants another engine writes this room anew and nothing else. Functions are
 * named as Deno names them and mean the same; types are our own.
 */
export * from "./child.ts";
export * from "./failure.ts";
export * from "./file.ts";
export * from "./host.ts";
export * from "./install.ts";
export * from "./library.ts";
export * from "./memory.ts";
export * from "./process.ts";
export * from "./signal.ts";
export * from "./socket.ts";
export * from "./stream.ts";
export * from "./temporary.ts";
export * from "./thread.ts";
export * from "./time.ts";
export * from "./uncaught.ts";
