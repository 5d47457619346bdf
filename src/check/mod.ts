/**
 * Checkers of real servers: one pure machine for all kinds (`checker/checker.ts`), and one file per kind that
 * says what to probe and which answers are good.
 */

export * from "./checker/checker.ts";
export * from "./config.ts";
export * from "./checker/dns.ts";
export * from "./checker/file.ts";
export * from "./checker/http.ts";
export * from "./checker/kind.ts";
export * from "./checker/misc.ts";
export * from "./checker/ping.ts";
export * from "./probe.ts";
export * from "./checker/smtp.ts";
export * from "./checker/tcp.ts";
export * from "./checker/udp.ts";
export * from "./checker/verdict.ts";
