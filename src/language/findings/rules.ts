/** The rules findings name. Names are stable: people switch them off and programs match them. */

import { LINT_RULES, type LintRuleName } from "./lint_rules.ts";

/** What each rule looks for. */
export const RULES = {
  "main-file-missing": "The configuration file cannot be read",
  "several-files": "The name of the configuration file matches several files",
  "byte-order-mark": "A file begins with a byte order mark",
  "line-too-long": "A line has more than 1023 bytes",
  "nul-in-line": "A line contains a NUL byte",
  "comment-in-definition": "A comment at which a definition of several lines ends for some",
  "escaped-comment": "A `#` or `!` that keepalived would lose after escaping or substitution",
  "unterminated-quote": "A quote is not closed",
  "definition-parameter": "A built-in definition has wrong parameters",
  "expansion-too-long": "A line is too long after substitution, or expands without end",
  "bad-sequence": "A ~SEQ or ~LST is malformed",
  "include-failed": "An include matched nothing usable",
  "include-loop": "A file includes itself",
  "unexpected-open-brace": "A `{` where no block can begin",
  "missing-open-brace": "A block has no `{`",
  "extra-close-brace": "A `}` closes nothing",
  "missing-close-brace": "A block has no `}`",
  "unknown-keyword": "A word is no keyword of its block",
  "deprecated": "A keyword has a better successor",
  "not-acted-on": "keepalived acts on this and holdfast does not yet",
  "comes-later": "keepalived acts on this and a later version of holdfast does",
  "nothing-to-do": "A keyword is about something in which holdfast differs from keepalived",
  "checker-not-run": "A server has only checkers that holdfast does not run yet",
  "missing-word": "A keyword lacks a word it needs; keepalived does not start",
  "missing-value": "A keyword lacks a value and is ignored",
  "extra-word": "A word after a keyword that takes none",
  "not-a-number": "A value should be a number",
  "out-of-range": "A number is outside its range",
  "rounded": "A number was rounded",
  "not-a-boolean": "A value should be on, off, true, false, yes or no",
  "not-an-address": "A value should be an IP address",
  "not-a-choice": "A value is none of those possible",
  "malformed-value": "A value has the wrong form",
  "value-cut": "A value is longer than can be used",
  "duplicate-name": "Two blocks of one kind have the same name",
  "duplicate-keyword": "A keyword is given twice and only one counts",
  "unknown-name": "A name refers to nothing that is defined",
  "unused": "Something is defined and not used",
  "incomplete": "A block lacks something without which it cannot be used",
  "conflict": "Two settings exclude each other",
  "strict": "vrrp_strict forbids this",
  "default-used": "Something keepalived wants to be told was left to its default",
  "interface-missing": "An interface does not exist",
  "script-missing": "A program cannot be found or run",
  "too-many-findings": "There are more findings than are listed",
  "shell-command": "A command needs a shell",
  "script-security": "Scripts run without enable_script_security",
} as const;

/** A rule's name. */
export type RuleName = keyof typeof RULES | LintRuleName;

/** Every rule: those of the language, then lint. */
export const ALL_RULES: Readonly<Record<RuleName, string>> = { ...RULES, ...LINT_RULES };

/** Whether a word names a rule. */
export function isRuleName(word: string): word is RuleName {
  return Object.hasOwn(ALL_RULES, word);
}
