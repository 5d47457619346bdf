/** Real servers that nobody checks. */

import { CHECKERS } from "../../check/keywords.ts";
import type { Diagnostic, Use } from "../../config/mod.ts";
import { serversOf } from "./server.ts";
import { type LintRule, valueMark } from "./rule.ts";

/** Without a checker a dead server keeps its share of the traffic. */
export const noChecker: LintRule = {
  name: "no-checker",
  find: ({ root, diagnostics }) => {
    const errors = errorLines(diagnostics);
    return serversOf(root).flatMap(({ label, bound }) =>
      (bound.real_server ?? []).flatMap((use, index, all) => {
        const { body, header: { address, port } } = use.value;
        if (Object.keys(body).some((name) => Object.hasOwn(CHECKERS, name))) return [];
        if (hasErrors(use, all[index + 1], errors)) return [];
        return [{
          at: valueMark(use),
          severity: "warning",
          message: `Cannot notice a failure of real_server ${address}${
            port === undefined ? "" : ` ${port}`
          } in virtual_server ${label}: it has no checker`,
          hint: "add one, for example TCP_CHECK { }",
        }];
      })
    );
  },
};

/** Lines with errors by file, ascending. */
function errorLines(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, readonly number[]> {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const byFile = Map.groupBy(errors, ({ file }) => file);
  return new Map(
    [...byFile].map(([file, each]) => [file, each.map(({ line }) => line).sort((a, b) => a - b)]),
  );
}

/** Whether a checker may be there and be refused, misspelt for example: that is reported already. */
function hasErrors(
  { args }: Pick<Use<unknown>, "args">,
  next: Pick<Use<unknown>, "args"> | undefined,
  errors: ReadonlyMap<string, readonly number[]>,
): boolean {
  const { file, line } = args.line.place;
  const end = next?.args.line.place.file === file ? next.args.line.place.line : Infinity;
  return firstFrom(errors.get(file) ?? [], line) < end;
}

/** The first of ascending numbers that is `least` or more, by halving. */
function firstFrom(numbers: readonly number[], least: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? Infinity) < least) low = middle + 1;
    else high = middle;
  }
  return numbers[low] ?? Infinity;
}
