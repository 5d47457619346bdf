/** What runs only after a mistake: guesses at what was meant. */

export { type Disagreement, disagreementOf } from "./indentation.ts";
export { strayBrace } from "./stray_brace.ts";
export {
  bareFinding,
  type Found,
  homeOfKeyword,
  isInside,
  lostFinding,
  meantIn,
  placeOf,
  resolve,
  unknownFinding,
  type UnknownLine,
} from "./unknown_words.ts";
export { withBraces } from "./wrong_brackets.ts";
