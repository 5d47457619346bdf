/**
 * Checkers against real servers of Debian, in a namespace: what holdfast makes of each, and beside it in the same run Debian's
 * keepalived. Neither needs IPVS for that: `no_ipvs.c` answers keepalived in its place.
 */

export * from "./case.ts";
export * from "./run.ts";
export * from "./servers.ts";
