/**
 * Answers for editors: findings, completion, hover, definitions, outline and formatting of a text, which may
 * be half written. Functions of text, position and files; the protocol is spoken in `cli/lsp/command.ts`.
 */

export * from "./actions.ts";
export * from "./complete/mod.ts";
export * from "./places/definition.ts";
export * from "./diagnostics.ts";
export * from "./formatting.ts";
export * from "./hover.ts";
export * from "./places/occurrences.ts";
export * from "./text/overlay.ts";
export * from "./text/range.ts";
export * from "./places/rename.ts";
export * from "./places/subject.ts";
export * from "./places/symbols.ts";
export * from "./text/view.ts";
