/** All rows of the language under one root, and how they are written: for reading, documentation and completion. */

export { allKeywords, type ListedKeyword } from "./keyword_list.ts";
export { type BoundRoot, ROOT } from "./root_table.ts";
export { defaultOf, needsOf, rangeOf, signatureOf } from "./signature.ts";
