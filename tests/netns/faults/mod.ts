/** A run of random faults on a pair of nodes: the plan, the deeds, the verdict. */
export * from "./judge.ts";
export * from "./pair.ts";
export * from "./plan.ts";
export * from "./run.ts";
export * from "./witness.ts";
