/** What the kernel holds and should hold, as values, and the operations that lead from one to the other. */

export * from "./address.ts";
export * from "./ipvs.ts";
export * from "./link.ts";
