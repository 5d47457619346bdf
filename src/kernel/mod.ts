/** What the kernel holds and should hold, as values, and the operations that lead from one to the other. */

export * from "./address.ts";
export * from "./address_diff.ts";
export * from "./address_table.ts";
export * from "./ipvs/ipvs.ts";
export * from "./ipvs/ipvs_diff.ts";
export * from "./ipvs/ipvs_model.ts";
export * from "./ipvs/ipvs_same.ts";
export * from "./link.ts";
export * from "./nft.ts";
export * from "./resource.ts";
export * from "./route.ts";
export * from "./route_resource.ts";
export * from "./rule.ts";
export * from "./rule_resource.ts";
export * from "./taken.ts";
export * from "./thing.ts";
export * from "./thing_table.ts";
export * from "./thing_text.ts";
