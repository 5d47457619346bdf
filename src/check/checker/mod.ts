/** One machine for all checkers (`checker.ts`), and for each kind what to probe and which answers are good. */

export * from "./checker.ts";
export * from "./dns.ts";
export * from "./file.ts";
export * from "./http.ts";
export * from "./kind.ts";
export * from "./misc.ts";
export * from "./ping.ts";
export * from "./smtp.ts";
export * from "./tcp.ts";
export * from "./udp.ts";
export * from "./verdict.ts";
