/** Complaining about uses of keywords after they were read. */

import { complain, complainOfLine } from "./args.ts";
import type { About, Finding, Severity, Status } from "../findings/diagnostic.ts";
import type { RuleName } from "../findings/rules.ts";
import type { Phrase } from "./table.ts";

/** Reports something about the value of a use, or about the keyword when it has none. */
export function tell(
  use: Phrase,
  code: RuleName,
  message: string,
  options: {
    readonly severity?: Severity;
    /** `undefined` as a value: keepalived accepts it. */
    readonly status?: Status | undefined;
    readonly hint?: string;
    readonly about?: About;
    /** Mark the keyword and not its value. */
    readonly keyword?: boolean;
    /** Mark this word, the last one that says so. */
    readonly word?: string | undefined;
  } = {},
): void {
  const finding: Finding = {
    severity: options.severity ?? "warning",
    code,
    message,
    hint: options.hint,
    about: options.about,
    status: "status" in options ? options.status : "general",
  };
  const value = use.words.slice(1).findLast(({ text }) => text === options.word) ??
    (options.keyword === true ? undefined : use.words[1]);
  if (value === undefined) complainOfLine(use, finding);
  else complain(use, value, finding);
}
