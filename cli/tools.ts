/** The part that people and editors use. */
export { helpText } from "./line/help.ts";
export { runSubcommand } from "./program.ts";
