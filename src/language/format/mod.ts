/** A file in its one layout. */

export { type Formatted, formatText } from "./format.ts";
