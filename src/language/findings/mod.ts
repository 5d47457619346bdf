/** Findings: their places, rules, secrets taken out, and how they are shown. */

export * from "./diagnostic.ts";
export * from "./lint_rules.ts";
export * from "./render.ts";
export * from "./render_json.ts";
export * from "./render_sarif.ts";
export * from "./rules.ts";
export * from "./suggest.ts";
export { gatherFindings, isClosing, withinLimits } from "./gather.ts";
export {
  joinLines,
  type Line,
  lineAt,
  lineKey,
  type Place,
  placeAt,
  placeBefore,
  replacementFor,
  sliceLine,
  widthBetween,
  withVia,
} from "./place.ts";
export { withoutSecrets } from "./redact.ts";
export { maskSecrets, secretNamesIn } from "./render_mask.ts";
