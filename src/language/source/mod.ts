/** Files become logical lines: includes, conditions, definitions, sequences, comments; and lines become words. */

export * from "./preprocess.ts";
export * from "./source.ts";
export {
  addLine,
  addPart,
  isContinued,
  type Parts,
  readDefinition,
  readPart,
  withContinuation,
} from "./definitions.ts";
export { braceAlternatives, globFiles } from "./glob.ts";
export { type Include, NO_CHECKS, readInclude } from "./includes.ts";
export { ofText } from "./known_texts.ts";
export {
  cleanLine,
  eachRawLine,
  MAX_LINE_BYTES,
  physicalLine,
  physicalLines,
  trimLine,
  withoutComment,
} from "./lines.ts";
export { type PlainLines, type PlainPart, plainParts } from "./plain_lines.ts";
export { recordFiles } from "./recorded_files.ts";
export { byteLength, decodeText, encodeText, MAX_FILE_BYTES } from "./text.ts";
export { wholeFiles } from "./whole_file.ts";
export { splitShell, splitWords, type Word } from "./words.ts";
