/** The symbols of the core, in the order of `core-rs/src/abi.rs`. */

import type { LoadedLibrary, Symbols } from "../daemon/platform/mod.ts";

/** Name, arguments and result of each. */
export const SYMBOLS = {
  core_abi_version: { parameters: [], result: "u32" }, // uint32_t (void)
  core_now: { parameters: [], result: "f64" }, // double (void) → µs of CLOCK_MONOTONIC
  core_hold_signals: { parameters: [], result: "i32" }, // int32_t (void) → 0 or -status
  core_restart: { parameters: ["buffer", "u32"], result: "i32" }, // JSON → -status, or not at all
  core_open: { parameters: ["function", "buffer"], result: "pointer" }, // ring, int32_t[2] → Core*
  core_call: { parameters: ["pointer", "u32", "u32", "buffer", "u32"], result: "i32" }, // Core*, lane, id, bytes → 0 or -status
  core_drain: { parameters: ["pointer", "buffer", "u32"], result: "i32" }, // → bytes or -status
  core_close: { parameters: ["pointer"], result: "i32" }, // Core* → 0, 1: again later, -status
} as const satisfies Symbols;

/** The loaded library. */
export type Library = LoadedLibrary<typeof SYMBOLS>;
