/** Logical lines become blocks by the rows of the tables, and rows read their words. */

export * from "./bind.ts";
export * from "./tree.ts";
export { strayNodes } from "./stray_nodes.ts";
