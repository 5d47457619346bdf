/**
 * What is kept for the next run, as the text of a file. It holds for one life of the kernel and one network namespace. Members that are
 * not known are passed over, so later versions can say more; one that is not what it should be makes the whole unusable.
 */

import { parseIp } from "../../net/ip.ts";
import type { Micros } from "../../net/micros.ts";
import type { SavedChecker, SavedRealServer, SavedVirtualServer } from "../../lvs/mod.ts";
import type { SavedFile, SavedProcess, SavedScript } from "../../track/mod.ts";
import type { SavedForm, SavedGroup, SavedInstance } from "../../vrrp/mod.ts";
import { isRecord, isWhole, listOf, parsed } from "../json.ts";
import type { KernelLife } from "../claims/claims_text.ts";
import type { Saved } from "./saved.ts";

/** First member of the file; another number is another format. */
const VERSION = 1;

/** Everything in the file. */
export interface Succession {
  readonly saved: Saved;
  /** Crashes in a row, on the clock of this boot. */
  readonly crashes: readonly Micros[];
}

/** The text of a file; ends in a new line. */
export function successionText(
  { saved, crashes }: Succession,
  { boot, namespace }: KernelLife,
): string {
  return `${JSON.stringify({ holdfast: VERSION, boot, namespace, crashes, ...saved })}\n`;
}

/** What is in a text, or why it cannot be used. */
export function parseSuccession(text: string, life: KernelLife): Succession | string {
  const whole = parsed(text);
  if (!isRecord(whole)) return "it is not JSON of an object";
  if (whole.holdfast !== VERSION) return `its format is not ${VERSION}`;
  if (whole.boot !== life.boot) return "it is of another start of this machine";
  if (whole.namespace !== life.namespace) return "it is of another network namespace";
  const { routers, trackers, servers: all } = whole;
  if (!isRecord(routers) || !isRecord(trackers)) return "it lacks virtual routers or trackers";
  const instances = listOf(routers.instances, savedInstance);
  const groups = listOf(routers.groups, savedGroup);
  if (instances === undefined || groups === undefined) return "its virtual routers are none";
  const scripts = listOf(trackers.scripts, savedScript);
  const processes = listOf(trackers.processes, savedProcess);
  const files = listOf(trackers.files, savedFile);
  if (scripts === undefined || processes === undefined || files === undefined) {
    return "its trackers are none";
  }
  const servers = listOf(all, savedVirtualServer);
  if (servers === undefined) return "its servers are none";
  const crashes = listOf(whole.crashes, (at) => isTime(at) ? at : undefined);
  if (crashes === undefined) return "its crashes have no times";
  const saved = {
    routers: { instances, groups },
    trackers: { scripts, processes, files },
    servers,
  };
  return { saved, crashes };
}

function savedInstance(value: unknown): SavedInstance | undefined {
  if (!isRecord(value)) return undefined;
  const { name, vrid, ipv6, state, since, interval, yielded, statistics, forms = [] } = value;
  if (typeof name !== "string" || typeof ipv6 !== "boolean" || !isWhole(vrid, 1, 255)) {
    return undefined;
  }
  if (!isState(state) || !isTime(since) || !isRecord(statistics)) return undefined;
  const counts = Object.entries(statistics);
  if (!counts.every((each): each is [string, number] => isTime(each[1]))) return undefined;
  if (interval !== undefined && !isWhole(interval, 10_000, 255_000_000)) return undefined;
  const known = listOf(forms, savedForm);
  if (known === undefined) return undefined;
  return {
    name,
    vrid,
    ipv6,
    state,
    since,
    ...(interval !== undefined && { interval }),
    ...(yielded === true && { yielded }),
    ...(known.length > 0 && { forms: known }),
    statistics: Object.fromEntries(counts),
  };
}

function savedForm(value: unknown): SavedForm | undefined {
  if (!isRecord(value) || !isRecord(value.cover)) return undefined;
  const { peer, cover: { kind, destination } } = value;
  if (typeof peer !== "string" || parseIp(peer) !== peer) return undefined;
  if (kind === "plain" || kind === "pseudo") return { peer, cover: { kind } };
  return kind === "pseudo-to" && typeof destination === "string" &&
      parseIp(destination) === destination
    ? { peer, cover: { kind, destination } }
    : undefined;
}

function savedGroup(value: unknown): SavedGroup | undefined {
  if (!isRecord(value)) return undefined;
  const { name, state } = value;
  return typeof name === "string" && isState(state) ? { name, state } : undefined;
}

function savedScript(value: unknown): SavedScript | undefined {
  if (!isRecord(value)) return undefined;
  const { name, status, against } = value;
  if (typeof name !== "string" || !isStatus(status) || !isTime(against)) return undefined;
  return { name, status, against };
}

function savedProcess(value: unknown): SavedProcess | undefined {
  if (!isRecord(value)) return undefined;
  const { name, status } = value;
  return typeof name === "string" && isStatus(status) ? { name, status } : undefined;
}

function savedFile(value: unknown): SavedFile | undefined {
  if (!isRecord(value)) return undefined;
  const { name, value: number } = value;
  return typeof name === "string" && isWhole(number, -INT32, INT32)
    ? { name, value: number }
    : undefined;
}

function savedVirtualServer(value: unknown): SavedVirtualServer | undefined {
  if (!isRecord(value)) return undefined;
  const { name, quorate } = value;
  const servers = listOf(value.servers, savedRealServer);
  if (typeof name !== "string" || typeof quorate !== "boolean" || servers === undefined) {
    return undefined;
  }
  return { name, quorate, servers };
}

function savedRealServer(value: unknown): SavedRealServer | undefined {
  if (!isRecord(value)) return undefined;
  const { name } = value;
  const checkers = listOf(value.checkers, savedChecker);
  return typeof name === "string" && checkers !== undefined ? { name, checkers } : undefined;
}

function savedChecker(value: unknown): SavedChecker | undefined {
  if (!isRecord(value)) return undefined;
  const { up, weight, added } = value;
  if (typeof up !== "boolean") return undefined;
  if (weight !== undefined && !isWhole(weight, 0, INT32)) return undefined;
  if (added !== undefined && !isWhole(added, -INT32, INT32)) return undefined;
  return {
    up,
    ...(weight !== undefined && { weight }),
    ...(added !== undefined && { added }),
  };
}

const INT32 = 2 ** 31 - 1;

function isState(value: unknown): value is SavedInstance["state"] {
  return value === "init" || value === "backup" || value === "master" || value === "fault";
}

function isStatus(value: unknown): value is "up" | "down" {
  return value === "up" || value === "down";
}

/** Also of what is counted. */
function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
