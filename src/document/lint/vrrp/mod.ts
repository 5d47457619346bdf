/** Rules about virtual routers: who becomes master, when, and with what. */

export * from "./address_twice.ts";
export * from "./duplicate_vrid.ts";
export * from "./master_nopreempt.ts";
export * from "./mixed_families.ts";
export * from "./slow_detection.ts";
export * from "./unicast.ts";
export * from "./weight_nopreempt.ts";
export * from "./weight_too_small.ts";
