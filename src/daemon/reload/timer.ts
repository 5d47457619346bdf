/**
 * `reload_time_file`: a reload at the time that a file says. The file is looked at every second while it is configured; it may come,
 * change and go at any time.
 */

import { type ProcessConfig, readReloadTime } from "../../process/mod.ts";
import type { Log } from "../log.ts";
import {
  clearTimer,
  isoTime,
  isSystemError,
  readTextFileSync,
  removeSync,
  setTimer,
  statSync,
  type Timer,
  wallClock,
} from "../platform/mod.ts";

/** How often the file is looked at, ms. */
const LOOK_MS = 1_000;

/** A file with more than one line of time is none, bytes. */
const LONGEST = 4_096;

/** The timer of one daemon. */
export interface ReloadTimer extends Disposable {
  configure(config: Pick<ProcessConfig, "reloadTime">): void;
}

/** Calls `reload` when it is time. */
export function openReloadTimer(
  { reload, log }: { readonly reload: () => void; readonly log: Log },
): ReloadTimer {
  let wanted: ProcessConfig["reloadTime"];
  let timer: Timer | undefined;
  /** What the file said last, and when that is, ms since 1970. */
  let known: { readonly text: string; readonly at: number | undefined } | undefined;

  function look(): void {
    clearTimer(timer);
    if (wanted === undefined) return;
    timer = setTimer(look, LOOK_MS);
    const text = textOf(wanted.file);
    if (text !== known?.text) take(wanted.file, text);
    const { ms } = wallClock();
    if (known?.at === undefined || ms < known.at) return;
    const due = known;
    known = undefined;
    log({ level: "notice", from: "core", text: `Reloads at the time of ${wanted.file}` });
    if (!wanted.repeat) removeIfPossible(wanted.file);
    // A time of a day comes again tomorrow, if the file stays.
    take(wanted.file, wanted.repeat ? due.text : undefined, true);
    reload();
  }

  function take(file: string, text: string | undefined, quiet = false): void {
    known = undefined;
    if (text === undefined) return;
    const { ms, utcOffsetMinutes } = wallClock();
    const time = readReloadTime(text, { now: ms, localOffset: utcOffsetMinutes });
    const at = time === undefined || time.at <= ms ? undefined : time.at;
    known = { text, at };
    if (quiet) return;
    const said = at === undefined
      ? `Cannot reload by ${file}: its first line must be a time to come, as HH:MM:SS or YYYY-MM-DD HH:MM:SS, with Z for UTC`
      : `Will reload at ${isoTime(at)} by ${file}`;
    log({ level: at === undefined ? "warning" : "notice", from: "core", text: said });
  }

  return {
    configure: ({ reloadTime }) => {
      if (reloadTime?.file !== wanted?.file) known = undefined;
      wanted = reloadTime;
      look();
    },
    [Symbol.dispose]: () => clearTimer(timer),
  };
}

function textOf(file: string): string | undefined {
  try {
    const { isFile, size } = statSync(file);
    return isFile && size <= LONGEST ? readTextFileSync(file) : "";
  } catch {
    return undefined;
  }
}

function removeIfPossible(file: string): void {
  try {
    removeSync(file);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}
