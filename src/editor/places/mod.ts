/** What stands at a position of a text and where else it is named: definitions, references, occurrences, another name. */

export * from "./definition.ts";
export * from "./occurrences.ts";
export * from "./rename.ts";
export * from "./subject.ts";
export * from "./symbols.ts";
export { type Named, namedAt } from "./reference.ts";
export { BUILT_IN } from "./variable.ts";
