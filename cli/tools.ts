/** The part that people and editors use. */
export { helpText } from "./help.ts";
export { runSubcommand } from "./program.ts";
