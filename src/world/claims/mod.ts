/** What is ours in the kernel, said before it is put there, so that a run after a crash knows it. */

export * from "./claims.ts";
export * from "./claims_text.ts";
export { claimed, givenUp } from "./claiming.ts";
export { claimsOfConfig, type ClaimsState, withLeft } from "./claims_state.ts";
export { leftOver, withClaimed } from "./left_over.ts";
