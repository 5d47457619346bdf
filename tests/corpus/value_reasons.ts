/** Where values differ from those in keepalived's dump, and why that is right. */

import type { Diagnostic } from "../../src/language/mod.ts";
import type { ValueDifference } from "./values.ts";

/** One reason. */
interface Reason {
  readonly reason: string;
  readonly applies: (
    difference: ValueDifference,
    about: { readonly findings: readonly Diagnostic[]; readonly theirs: string },
  ) => boolean;
}

/** All reasons. */
export const VALUE_REASONS: readonly Reason[] = [
  {
    reason:
      "keepalived's dump has the state wanted now: FAULT where an interface or script failed, BACKUP after it",
    applies: ({ field, theirs }) =>
      field === "wants" && (theirs === "FAULT" || theirs === "BACKUP"),
  },
  {
    reason:
      "a command with `;` is meant for a shell and run by one; keepalived hands it to ip (seed 001)",
    applies: ({ field, ours = "", theirs = "" }) =>
      (field === "up" || field === "down") && ours.startsWith("'sh' '-c'") && theirs.includes(";"),
  },
  {
    reason: "an instance or service that holdfast leaves out, and says so",
    applies: ({ field, ours }, { findings }) =>
      field === "" && ours === undefined &&
      findings.some(({ code, message }) => code === "not-acted-on" && /yet: /.test(message)),
  },
  {
    reason:
      "keepalived takes the first of several peers in one line; holdfast takes all, and says so",
    applies: ({ field, ours = "", theirs = "" }) => field === "peers" && ours.startsWith(theirs),
  },
  {
    reason: "a script that is not on this machine: keepalived forgets it, holdfast cannot run it",
    applies: ({ field, ours = "", theirs }) =>
      (field === "up" || field === "down") && theirs === "" && ours !== "",
  },
  {
    reason:
      "2.2.7 keeps an address that is there twice; holdfast leaves the second out, and says so",
    applies: ({ field }, { findings }) =>
      field === "addresses" &&
      findings.some(({ message }) => / twice in vrrp_instance /.test(message)),
  },
  {
    reason: "a redirection is read by a shell in both; only the dump differs",
    applies: ({ field, theirs = "" }) => field === "command" && theirs.startsWith("</dev/tcp"),
  },
];

/** Differences without a reason. */
export function unexplained(
  differences: readonly ValueDifference[],
  about: { readonly findings: readonly Diagnostic[]; readonly theirs: string },
): readonly string[] {
  return differences.filter((each) => !VALUE_REASONS.some(({ applies }) => applies(each, about)))
    .map(({ object, field, ours, theirs }) => `${object}: ${field}: ${ours}, keepalived ${theirs}`);
}
