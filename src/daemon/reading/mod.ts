/** Reading a configuration for the daemon: at the start, and in a thread of its own for a reload. */

export { loadConfig, type LoadedConfig, partsOf } from "./load_config.ts";
export { readApart } from "./read_apart.ts";
export { type LoadOptions, readFile, type Reading } from "./reading.ts";
export { reread } from "./reread.ts";
