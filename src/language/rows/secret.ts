/** Rows whose value is a password: it leaves the row as a {@linkcode Secret}, and is not shown from there on. */

import { encodeText } from "../source/text.ts";
import { Secret } from "../../net/secret.ts";
import { needWord } from "./args.ts";
import type { Args, Facts, ValueKeyword } from "./table.ts";

/** Any word. */
export function secretWord(facts: Facts & { readonly what: string }): ValueKeyword<Secret> {
  const { what, ...rest } = facts;
  return {
    ...rest,
    kind: "value",
    args: `<${what.replace(/^an? /, "")}>`,
    read: (args: Args) => {
      const word = needWord(args, what);
      return word && new Secret(encodeText(word.text));
    },
  };
}
