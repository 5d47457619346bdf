/**
 * Loads the core (`core-rs/`), hands it calls and delivers what it has to
 * tell.
 *
 * ```text
 * call ─ JSON ─▶ core_call ─▶ a thread of the core
 *                                  │ reply, event, packet
 * listener ◀─ records ◀─ core_drain ◀─ doorbell
 * ```
 */

export { type Answer, Core, type CoreListener, openCore } from "./core.ts";
export { failureOf, NativeError, STATUS } from "./error.ts";
export { holdSignals, loadLibrary } from "./load.ts";
export type * from "../core/protocol.ts";
export { type CoreRecord, readRecords, type ReceivedPacket } from "./records.ts";
export { restart } from "./restart.ts";
export type { Library } from "./symbols.ts";
