/** What is known of takeovers that the core is to carry out by itself. */

import { byNumber, emptySorted, type Sorted } from "../../persistent/mod.ts";

/** By the orders of instances. */
export interface Takeovers {
  /** The core has one for this order. */
  readonly given: Sorted<number, true>;
  /** What is given for it may not be what would be done by now, or is not there any more. */
  readonly stale: Sorted<number, true>;
}

/** Nothing is prepared. */
export const NO_TAKEOVERS: Takeovers = {
  given: emptySorted(byNumber),
  stale: emptySorted(byNumber),
};
