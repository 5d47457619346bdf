/** Variants from good files: each with every mistake that one line can have. */

import { GOOD, GOOD_LARGE } from "../data/good_files.ts";
import { mutantsOf } from "../data/mutants.ts";
import type { Variant } from "./variant.ts";

/** Before each: without it all get the exit code for scripts without security. */
const SECURE = "global_defs {\n  script_user root\n  enable_script_security\n}\n";

/** All variants of the good files, and these as they are. */
export function mutantVariants(): readonly Variant[] {
  return Object.entries({ "good file": GOOD, "large good file": GOOD_LARGE })
    .flatMap(([block, good]) =>
      [{ name: "", text: good }, ...mutantsOf(good)].map(({ name, text }) => ({
        block,
        keyword: name,
        probe: "",
        files: { "main.conf": `${SECURE}${text}` },
      }))
    );
}
