/** `global_defs`: settings of the whole daemon, each row with its field and default. */

export {
  type AnnouncePace,
  DEFAULT_SCRIPT_ACCOUNT,
  type FifoDef,
  type GarpSchedule,
  type GlobalDefs,
  type ScriptCommand,
  type ScriptUser,
  type ToldDefs,
} from "./config.ts";
export { extraInterfaces, GLOBAL_DEFS, protocolVersion } from "./keywords.ts";
export type { LogLine } from "./log.ts";
export { announcePace, type BoundGlobal, readGlobal, scriptCommand } from "./read.ts";
