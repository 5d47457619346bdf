/**
 * What of a host keeps a configuration from working, and how it is mended. Facts are gathered in one place
 * (`cli/doctor/facts.ts`); everything here judges them: functions of a configuration and of what was found.
 */

export * from "./facts.ts";
export * from "./finding.ts";
export * from "./judge.ts";
