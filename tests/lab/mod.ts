/**
 * Labs: hosts as network namespaces on one kernel, joined by bridges in a namespace of their own,
 * with the program under test, its peer and observers in them. Needs root and Debian's tools; says
 * so when it cannot run.
 */
export * from "./capture.ts";
export * from "./guardians.ts";
export * from "./lab.ts";
export * from "./mail_relay.ts";
export * from "./node.ts";
export * from "./program.ts";
export * from "./requirements.ts";
export * from "./speed.ts";
export * from "./timeline.ts";
export * from "./until.ts";
