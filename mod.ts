/**
 * holdfast as a library: read a configuration, run its state machines, simulate a cluster. Importing it does no I/O and loads
 * nothing.
 *
 * @example Reading a configuration
 * ```ts
 * import { memoryFiles, readConfig, renderDiagnostic } from "./mod.ts";
 *
 * const files = memoryFiles({
 *   "/etc/keepalived/keepalived.conf": `
 * vrrp_instance VI_1 {
 *     interface eth0
 *     virtual_router_id 51
 *     prioritty 150
 *     virtual_ipaddress {
 *         192.0.2.10
 *     }
 * }`,
 * });
 * const [config, diagnostics] = readConfig("/etc/keepalived/keepalived.conf", files);
 * if (config.vrrp.instances[0]?.priority !== 100) throw new Error("the rest is used");
 * const [first] = diagnostics.map(renderDiagnostic);
if (!first?.includes("did you mean priority")) throw new Error(first);
 * ```
 *
 * @module
 */

export {
  type About,
  type Diagnostic,
  exitStatus,
  type FileContent,
  memoryFiles,
  renderDiagnostic,
  type Severity,
  type SourceFiles,
  startStatus,
  toldOf,
} from "./src/language/mod.ts";
export * from "./src/kernel/mod.ts";
export * from "./src/net/mod.ts";
export { type Config, readConfig, type ReadOptions } from "./src/document/config.ts";
export * from "./src/world/mod.ts";
export * from "./src/status/mod.ts";
export * from "./src/sim/mod.ts";
