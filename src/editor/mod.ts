/**
 * Answers for editors: findings, completion, hover, definitions, outline and formatting of a text, which may
 * be half written. Functions of text, position and files; the protocol is spoken in `cli/lsp/command.ts`.
 */

export * from "./actions.ts";
export * from "./complete/mod.ts";
export * from "./definition.ts";
export * from "./diagnostics.ts";
export * from "./formatting.ts";
export * from "./hover.ts";
export * from "./occurrences.ts";
export * from "./overlay.ts";
export * from "./range.ts";
export * from "./rename.ts";
export * from "./subject.ts";
export * from "./symbols.ts";
export * from "./view.ts";
