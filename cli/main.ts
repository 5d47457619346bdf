/** The program, from its sources. Ends the process. */

import { runLine } from "./line.ts";
import type { Parts } from "./parts.ts";

const MODULES: Parts = {
  test: () => import("./check.ts"),
  daemon: () => import("../src/daemon/run.ts"),
  tools: () => import("./tools.ts"),
};

if (import.meta.main) Deno.exit(await runLine(Deno.args, MODULES));
