/** `enable_script_security`: which programs of a command root may only run when nobody else can change them. */

import type { Core } from "../../native/mod.ts";
import type { ScriptCommand, ScriptUser } from "../../global/config.ts";
import { type Accounts, runsAs } from "./accounts.ts";

/** Words of a shell's grammar before which or after which a command stands. */
const GRAMMAR = /^(!|\{|\}|if|then|elif|else|fi|while|until|do|done|exec|command|time|nohup)$/;

/** An assignment before a command. */
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/** Status of the core for a program that others can change. */
const CHANGEABLE = 16;

/** Why root must not run a command; `undefined` when it may, or when somebody else runs it. */
export async function insecurity(
  command: ScriptCommand,
  { core, accounts, scriptUser }: {
    readonly core: Pick<Core, "call">;
    readonly accounts: Accounts;
    readonly scriptUser?: ScriptUser;
  },
): Promise<string | undefined> {
  const runs = runsAs(command, scriptUser, accounts);
  if (runs.kind === "nobody") return runs.reason;
  const account = runs.kind === "account" ? { account: runs.account } : {};
  const [program = "", ...others] = [command.argv[0] ?? "", ...shellPrograms(command)];
  for (const each of [program, ...others]) {
    const judged = await core.call({ call: "judge", program: each, ...account });
    if (judged.result !== "failed") continue;
    if (each === program || judged.status === CHANGEABLE) return sentence(judged.message);
  }
  return undefined;
}

/** The programs that a line for a shell begins its commands with, as written. */
export function shellPrograms({ argv }: ScriptCommand): readonly string[] {
  const [shell, option, line, ...more] = argv;
  if (shell !== "/bin/sh" || option !== "-c" || line === undefined || more.length > 0) return [];
  const commands = line.replace(/\d*[<>]+&?\s*[^\s;&|()]+/g, " ").split(/[;&|()`\n]+/);
  return commands.flatMap((text) => {
    const words = text.trim().split(/\s+/);
    const first = words.find((word) => !GRAMMAR.test(word) && !ASSIGNMENT.test(word));
    const program = first?.replace(/["'$]/g, "") ?? "";
    return program === "" ? [] : [program];
  });
}

/** A reason of the core as a message of its own: without the number that says the same. */
export function sentence(reason: string): string {
  return reason.charAt(0).toUpperCase() + reason.slice(1).replace(/ \(os error \d+\)/g, "");
}
