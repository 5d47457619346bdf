/** Rows of checkers, and from them to typed configuration, inherited from real and virtual server. */

export { checkCompanions } from "./companions.ts";
export { CHECKERS, CONNECT, TIMING } from "./keywords.ts";
export { readCheckers } from "./read.ts";
