/** The whole configuration: from a file to what each part is configured with. */

import {
  bindTable,
  type Bound,
  buildTree,
  type Diagnostic,
  diagnosticAt,
  preprocess,
  type Report,
  type SourceFiles,
} from "../config/mod.ts";
import type { GlobalDefs } from "../global/config.ts";
import { readGlobal } from "../global/read.ts";
import type { LvsConfig } from "../lvs/config.ts";
import { readLvs } from "../lvs/read.ts";
import type { VrrpConfig } from "../vrrp/config.ts";
import { readVrrp } from "../vrrp/read.ts";
import { ROOT } from "./root_table.ts";

/** What a file says, after defaults and inheritance. */
export interface Config {
  readonly global: GlobalDefs;
  readonly vrrp: VrrpConfig;
  readonly lvs: LvsConfig;
}

/** How to read. */
export interface ReadOptions {
  /** `-e`: every include problem counts. */
  readonly allConfig?: boolean;
  /** Interfaces that exist; others are reported. Absent: none is looked for. */
  readonly interfaces?: readonly string[];
}

/** The rows a file uses. */
export type BoundRoot = Bound<typeof ROOT>;

/** A configuration and the words it came from, for those who point at words. */
export interface BoundConfig {
  readonly config: Config;
  readonly root: BoundRoot;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a configuration. Never throws: what cannot be used is left out and stands in the findings, which are in file order. */
export function readConfig(
  path: string,
  files: SourceFiles,
  options: ReadOptions = {},
): readonly [Config, readonly Diagnostic[]] {
  const { config, diagnostics } = readBound(path, files, options);
  return [config, diagnostics];
}

/** The same with the rows used. */
export function readBound(
  path: string,
  files: SourceFiles,
  options: ReadOptions = {},
): BoundConfig {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (place, length, finding) => {
    diagnostics.push(diagnosticAt(place, length, finding));
  };
  const lines = preprocess(files, { path, allConfig: options.allConfig ?? false, report });
  const root = bindTable(buildTree(lines, ROOT, report), ROOT, report);
  const global = readGlobal((root.global_defs ?? []).map(({ value }) => value.body));
  const { interfaces } = options;
  const vrrp = readVrrp({
    scripts: root.vrrp_script ?? [],
    instances: root.vrrp_instance ?? [],
    groups: root.vrrp_sync_group ?? [],
  }, { global, ...(interfaces && { interfaces: new Set(interfaces) }) });
  const lvs = readLvs({
    groups: root.virtual_server_group ?? [],
    servers: root.virtual_server ?? [],
    localAddressGroups: root.local_address_group ?? [],
  }, global);
  return { config: { global, vrrp, lvs }, root, diagnostics: inFileOrder(diagnostics) };
}

/** Files in the order they were first complained of, lines and columns ascending within each. */
function inFileOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const order = new Map<string, number>();
  for (const { file } of diagnostics) if (!order.has(file)) order.set(file, order.size);
  return diagnostics.toSorted((a, b) =>
    (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || a.line - b.line || a.column - b.column
  );
}
