/**
 * Commands of a configuration: which there are, what this machine says of their programs and accounts, and the
 * configuration without those that cannot or must not run.
 */

export {
  type Account,
  checkAccount,
  checkCommands,
  type HostFacts,
  type ProgramFault,
} from "./check.ts";
export { withoutLostCommands } from "./lost.ts";
export { commandsOf, type Parts, withoutCommands } from "./script_commands.ts";
export { type CommandUse, commandUsesOf } from "./uses.ts";
