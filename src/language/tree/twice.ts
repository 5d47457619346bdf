/** A keyword used again in its block: which use counts, and who is told. */

import { complainOfLine } from "../rows/args.ts";
import type { Finding } from "../findings/diagnostic.ts";
import type { Phrase, Twice, UsableKeyword, Use } from "../rows/table.ts";

/** Whether a use is passed over, whatever it says, because of an earlier one; that is reported. */
export function isPassedOver(row: UsableKeyword, phrase: Phrase): boolean {
  if (row.twice !== "first" || (row.kind === "value" && row.clash !== undefined)) return false;
  tell(phrase, "first", "general");
  return true;
}

/** What a use of a keyword counts for after an earlier one; `undefined`: nothing. */
export function settle(
  row: UsableKeyword,
  earlier: Use<unknown>,
  use: Use<unknown>,
): Use<unknown> | undefined {
  const value = row.kind === "value" ? row : undefined;
  const clashes = value?.clash?.(earlier.value, use.value) ?? true;
  const together = value?.join === undefined
    ? use
    : { ...use, value: value.join(earlier.value, use.value) };
  const twice = clashes ? row.twice ?? "last" : value?.join === undefined ? "last" : "all";
  switch (twice) {
    case "first":
      tell(use, "first", "general");
      return undefined;
    case "all":
      return together;
    case "replaced":
      tell(use, "last", "general");
      return together;
    case "last":
      if (differ(earlier, use)) tell(use, "last", undefined, isMeant(earlier, use));
      return use;
  }
}

/** Takes back what a use takes back, which is told. */
export function cancel(
  uses: Record<string, Use<unknown>[]>,
  row: UsableKeyword,
  use: Use<unknown>,
): void {
  if (row.kind !== "value") return;
  for (const name of row.cancels ?? []) {
    const earlier = uses[name]?.[0];
    if (earlier === undefined) continue;
    delete uses[name];
    complainOfLine(use, {
      severity: "warning",
      code: "duplicate-keyword",
      message: `Cannot have both ${earlier.name} and ${use.name}: the last one counts`,
    });
  }
}

function tell(phrase: Phrase, counts: Twice, status: Finding["status"], meant = false): void {
  complainOfLine(phrase, {
    severity: counts === "first" ? "error" : meant ? "info" : "warning",
    code: "duplicate-keyword",
    message: `Cannot use ${phrase.name} twice: the ${counts} one counts`,
    status,
  });
}

/** Whether two uses say different things; a keyword without words says the same each time. */
function differ(earlier: Use<unknown>, use: Use<unknown>): boolean {
  const text = ({ words }: Use<unknown>) => words.slice(1).map((word) => word.text).join("\n");
  return text(earlier) !== text(use);
}

/** Whether the first comes from elsewhere: what is included or defined for several blocks is there to be overridden. */
function isMeant(earlier: Use<unknown>, use: Use<unknown>): boolean {
  return earlier.line.file !== use.line.file || earlier.line.via !== use.line.via;
}
