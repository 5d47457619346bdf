/** The whole configuration: from a file to what each part is configured with. */

import { checkSessions } from "../bfd/companions.ts";
import {
  allValues,
  bindTable,
  buildTree,
  type DefinedNames,
  type Diagnostic,
  lastValue,
  type Node,
  preprocess,
  type Report,
  type RuleName,
  type ScriptWords,
  type SourceFiles,
  type Use,
} from "../language/mod.ts";
import { gatherFindings, isClosing } from "../language/findings/gather.ts";
import type { Line } from "../language/findings/place.ts";
import { withoutSecrets } from "../language/findings/redact.ts";
import { strayNodes } from "../language/tree/stray_nodes.ts";
import { withBraces } from "../language/recover/mod.ts";
import type { GlobalDefs } from "../global/config.ts";
import { readGlobal } from "../global/read.ts";
import type { LvsConfig } from "../lvs/config.ts";
import { readLvs } from "../lvs/read/read.ts";
import type { TrackConfig } from "../track/config.ts";
import { declaredIn, readTrack } from "../track/read.ts";
import { trackerKey } from "../track/tracker.ts";
import { followedBy } from "../vrrp/part/health/following.ts";
import type { ProcessConfig } from "../process/config.ts";
import { readProcess } from "../process/read.ts";
import type { VrrpConfig } from "../vrrp/config.ts";
import { kernelNames } from "../route/config.ts";
import { numbersBy } from "../route/numbers.ts";
import { readVrrp } from "../vrrp/read/read.ts";
import {
  type Account,
  checkAccount,
  checkCommands,
  commandUsesOf,
  type HostFacts,
  withoutLostCommands,
} from "./commands/mod.ts";
import { oneOfEach } from "./consequences/consequences.ts";
import { readGarpGroups } from "./across/garp_groups.ts";
import { automaticPriorities } from "./across/rule_priorities.ts";
import { checkHostNames } from "./across/host_names.ts";
import { withLocalAddresses } from "./across/local_addresses.ts";
import { withNameHints } from "./across/name_hints.ts";
import { checkNotRun } from "./across/not_run_checkers.ts";
import { checkReferences } from "./across/references.ts";
import { type BoundRoot, ROOT } from "./table/root_table.ts";
import { syncDaemonOf } from "./across/sync_daemon.ts";
import { wholeFiles } from "../language/source/whole_file.ts";
import { checkTracked } from "./across/tracked.ts";
import { checkNames } from "./across/undefined_names.ts";

/** What a file says, after defaults and inheritance. */
export interface Config {
  readonly global: GlobalDefs;
  readonly vrrp: VrrpConfig;
  readonly lvs: LvsConfig;
  /** What either may follow; of scripts those that somebody follows. */
  readonly track: TrackConfig;
  readonly process: ProcessConfig;
}

/** How to read. */
export interface ReadOptions {
  /** `-e`: every include problem counts. */
  readonly allConfig?: boolean;
  /** The machine it is read for: missing interfaces, programs and accounts are reported. */
  readonly host?: HostFacts;
}

/** A configuration and the words it came from, for those who point at words. */
export interface BoundConfig {
  readonly config: Config;
  readonly root: BoundRoot;
  /** Every block and line that is known, also those that are refused. */
  readonly tree: readonly Node[];
  /** All findings, in file order; those that only follow from others are marked. */
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
  const { report, soFar: diagnostics, all } = gatherFindings();
  let names: DefinedNames = { here: new Set(), elsewhere: new Set(), isLeft: false };
  let lines = preprocess(files, {
    path,
    allConfig: options.allConfig ?? false,
    report,
    names: (found) => names = found,
  });
  const commands: Use<ScriptWords>[] = [];
  const command = (use: Use<ScriptWords>) => void commands.push(use);
  const accounts: Use<Account>[] = [];
  const account = (use: Use<Account>) => void accounts.push(use);
  const tree = buildTree(withBraces(lines, report), ROOT, report);
  const root = bindTable(tree, ROOT, { report, command, account });
  if (diagnostics.some(isOfBrace)) reportStops(strayNodes(lines, ROOT, tree), report);
  // Of lines that nothing is said of, those of the tree are enough, and braces are a third of all.
  if (diagnostics.length === 0) lines = [];
  const global = readGlobal(lastValue(root.global_defs)?.body ?? {});
  const { host } = options;
  const track = readTrack({
    scripts: root.vrrp_script ?? [],
    files: [...root.track_file ?? [], ...root.vrrp_track_file ?? []],
    processes: root.vrrp_track_process ?? [],
    delays: root.interface_up_down_delays ?? [],
    processBuffer: global.processBuffer,
  });
  const garpGroups = readGarpGroups(root.garp_group);
  const { iprouteUsrDir: usr, iprouteEtcDir: etc } = global;
  const routeNames = host?.routeNames?.({
    ...(usr !== undefined && { usr }),
    ...(etc !== undefined && { etc }),
  });
  const declared = declaredIn(track, sessionsOf(root));
  const vrrp = readVrrp({
    garpGroups,
    linkbeat: root,
    scripts: root.vrrp_script ?? [],
    instances: root.vrrp_instance ?? [],
    groups: root.vrrp_sync_group ?? [],
    statics: root,
  }, {
    global,
    track,
    routes: {
      number: numbersBy(routeNames ?? kernelNames),
      priorities: automaticPriorities(root, tree),
    },
    declared,
    secretFile: wholeFiles(files, path),
    ...(host && lastValue(root.global_defs)?.body.dynamic_interfaces === undefined &&
      { interfaces: host.interfaces }),
  });
  const services = readLvs({
    groups: root.virtual_server_group ?? [],
    servers: root.virtual_server ?? [],
    localAddressGroups: root.local_address_group ?? [],
    ssl: root.SSL,
    declared,
  }, global);
  const syncDaemon = syncDaemonOf(root, { global, vrrp });
  const lvs = syncDaemon === undefined ? services : { ...services, syncDaemon };
  const process = readProcess(root, lastValue(root.global_defs)?.body ?? {});
  checkSessions(root.bfd_instance ?? []);
  checkNotRun(root);
  checkReferences(root, tree);
  checkTracked(root, vrrp.groups);
  if (host !== undefined) {
    checkHostNames(root, { host, names: routeNames });
    const vrrpRuns = root.vrrp_instance !== undefined &&
      !diagnostics.some(({ code, status }) => code === "interface-missing" && status === "warning");
    checkCommands(commandUsesOf(root), { host, global, vrrpRuns });
  }
  for (const use of host === undefined ? [...commands, ...accounts] : accounts) {
    checkAccount(use, host);
  }
  checkNames(tree, { names, diagnostics, report });
  const named = withNameHints(all(), { tree, interfaces: host?.interfaces });
  const config = {
    global,
    vrrp: withLocalAddresses(vrrp, lvs),
    lvs,
    track: withoutIdle(track, vrrp),
    process,
  };
  return {
    config: host === undefined ? config : withoutLostCommands(config, { host, global }),
    root,
    tree,
    diagnostics: judged(named, { tree, lines }),
  };
}

/** BFD sessions, as they are followed by who does not say how. */
function sessionsOf(root: BoundRoot) {
  return allValues(root.bfd_instance).map(({ header: name, body }) => ({
    name,
    weight: lastValue(body.weight)?.weight ?? 0,
    reverse: lastValue(body.weight)?.reverse ?? false,
  }));
}

/** keepalived: a script that nobody tracks never runs. */
function withoutIdle(track: TrackConfig, vrrp: VrrpConfig): TrackConfig {
  const followed = new Set(followedBy(vrrp).map(trackerKey));
  const runs = ({ name }: { readonly name: string }) =>
    followed.has(trackerKey({ kind: "script", name }));
  return { ...track, scripts: track.scripts.filter(runs) };
}

/** Findings without secrets, in file order, each mistake told once. Without lines nothing was found before those of the tree. */
function judged(
  found: readonly Diagnostic[],
  { tree, lines }: { readonly tree: readonly Node[]; readonly lines: readonly Line[] },
): readonly Diagnostic[] {
  if (found.length === 0) return found;
  const known = lines.length === 0 ? linesOf(tree) : lines;
  return oneOfEach(inFileOrder(withoutSecrets(found, known)), { tree, lines: known });
}

function linesOf(nodes: readonly Node[]): readonly Line[] {
  const lines: Line[] = [];
  const visit = (inside: readonly Node[]) => {
    for (const { line, children } of inside) {
      lines.push(line);
      visit(children);
    }
  };
  visit(nodes);
  return lines;
}

/** Whether it tells of a brace, or of a word that may have a block. */
function isOfBrace({ status = "general" }: Diagnostic): boolean {
  return status === "unknown-keyword" || status.endsWith("-brace");
}

/** Reports words that keepalived misses, and stops for, where a brace out of place has led it. */
function reportStops(stray: readonly Node[], report: Report): void {
  bindTable(stray, ROOT, {
    report: (place, length, finding) => {
      if (finding.status === "missing-word") report(place, length, { ...finding, follows: true });
    },
  });
}

/** Rules, and those that say as much and more of the same place. */
const SAID_BY: Readonly<Partial<Record<RuleName, RuleName>>> = {
  "unterminated-quote": "unterminated-quote",
  "not-acted-on": "checker-not-run",
};

/** Whether the next finding says the same of the same place, and what follows from it. */
function isSaidAgain(one: Diagnostic, next: Diagnostic | undefined): boolean {
  return next !== undefined && SAID_BY[one.code] === next.code &&
    next.line === one.line && next.column === one.column && next.file === one.file;
}

/** Files in the order they were first complained of, lines and columns ascending within each. */
function inFileOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const order = new Map<string, number>();
  for (const { file } of diagnostics) if (!order.has(file)) order.set(file, order.size);
  const sorted = diagnostics.toSorted((a, b) =>
    Number(isClosing(a)) - Number(isClosing(b)) ||
    (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || a.line - b.line || a.column - b.column
  );
  return sorted.filter((one, index) => !isSaidAgain(one, sorted[index + 1]));
}
