/** Servers that have checkers, none of which is run yet: for the daemon they are good for ever. */

import { CHECKERS } from "../../check/read/keywords.ts";
import { allValues, complainOfLine, rowOf, type Use } from "../../language/mod.ts";
import type { BoundRoot } from "../table/root_table.ts";

/** Reports them, at the first of their checkers. */
export function checkNotRun(root: BoundRoot): void {
  for (const { body } of allValues(root.virtual_server)) {
    for (const { value: server } of body.real_server ?? []) {
      const { address, port } = server.header;
      const checkers = Object.entries<readonly Use<unknown>[] | undefined>(server.body)
        .filter(([name]) => Object.hasOwn(CHECKERS, name));
      if (checkers.some(([name]) => rowOf(CHECKERS, name)?.acts !== false)) continue;
      const [first] = checkers.flatMap(([, uses]) => uses ?? []);
      if (first === undefined) continue;
      const endpoint = port === undefined ? address : `${address} ${port}`;
      complainOfLine(first, {
        severity: "warning",
        code: "checker-not-run",
        message:
          `Cannot notice a failure of real_server ${endpoint}: ${first.name} is not run yet, and the server counts as up for ever`,
        hint: "add a checker that is run: TCP_CHECK, HTTP_GET or MISC_CHECK",
      });
    }
  }
}
