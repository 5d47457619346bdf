/**
 * What a reload, or a start, would do, without doing it. The world is asked: its own reducer takes the
 * event, what comes of it is told, and the moved world is thrown away. So a plan cannot differ from the
 * deed.
 */

export * from "./connections.ts";
export * from "./plan.ts";
export * from "./reload.ts";
export * from "./reasons.ts";
