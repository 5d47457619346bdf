/** Rules about services and the servers behind them. */

export * from "./dr_loopback.ts";
export * from "./no_checker.ts";
export * from "./quorum_too_high.ts";
export * from "./server_is_address.ts";
