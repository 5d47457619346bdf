/** Takeovers that the core carries out by itself: what is prepared (`prepare.ts`), and what comes of one (`taken_over.ts`). */

export { isPrepared, prepared, takeoverOf } from "./prepare.ts";
export { onTakenOver } from "./taken_over.ts";
