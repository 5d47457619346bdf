/** The commands of a file, each with the account of the block it stands in. */

import { lastValue, type ScriptWords, type Use } from "../../language/mod.ts";

/** A command, with the account that its block names for it. */
export interface CommandUse extends Use<ScriptWords> {
  /** `user` of its vrrp_script or MISC_CHECK. */
  readonly account: string | undefined;
}

/** All of them, block by block, of the rows at the top level. */
export function commandUsesOf(root: object): readonly CommandUse[] {
  return usesIn(root, undefined);
}

function usesIn(body: object, account: string | undefined): readonly CommandUse[] {
  const own = accountOf(body) ?? account;
  return Object.values(body).flatMap((uses: readonly Use<unknown>[] | undefined) =>
    (uses ?? []).flatMap((use): readonly CommandUse[] => {
      if (isCommand(use)) return [{ ...use, account: own }];
      const { value } = use;
      const inner = typeof value === "object" && value !== null && "body" in value
        ? value.body
        : undefined;
      return typeof inner === "object" && inner !== null ? usesIn(inner, own) : [];
    })
  );
}

function isCommand(use: Use<unknown>): use is Use<ScriptWords> {
  const { value } = use;
  return typeof value === "object" && value !== null && "argv" in value &&
    Array.isArray(value.argv);
}

function accountOf(body: object): string | undefined {
  const { user } = body as { readonly user?: readonly Use<{ readonly user?: string }>[] };
  return lastValue(user)?.user;
}
