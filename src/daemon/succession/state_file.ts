/**
 * The file beside the pid file that says how things stand, for a run that takes the place of this one: kept while a crash is to be mended by a
 * new run, and written when this one leaves for it.
 */

import {
  keepsOther,
  type KernelLife,
  parseSuccession,
  savedOf,
  type Succession,
  successionText,
  type World,
} from "../../world/mod.ts";
import type { Micros } from "../../net/micros.ts";
import type { Core } from "../../native/mod.ts";
import type { Log } from "../log.ts";
import {
  clearTimer,
  isMissing,
  isSystemError,
  removeSync,
  setTimer,
  type Timer,
} from "../platform/mod.ts";
import { putFile } from "../files/put_file.ts";
import { isTrustedPlace, lifeOfKernel, readTrusted } from "../files/trusted_file.ts";

/** What changes within this time, ms, is written together. */
const GATHER_MS = 100;

/** The file, as one daemon uses it. */
export interface StateFile extends Disposable {
  /** Reads it, once: afterwards it is gone. A text: why there is nothing to be taken over. */
  take(): Succession | string;
  /** The world has moved: what there is to keep is written soon, if it is another. */
  note(world: World, crashes: readonly Micros[]): void;
  /** Writes it now; gives why it could not be done. */
  write(world: World, crashes: readonly Micros[]): Promise<string | undefined>;
  /** There is nothing to be taken over. */
  remove(): void;
}

/** Path of the file of the daemon with this pid file. */
export function statePath(pidFile: string): string {
  return `${pidFile.replace(/\.pid$/, "")}.state`;
}

/** The file of the daemon with this pid file. */
export function openStateFile(
  { core, pidFile, log }: {
    readonly core: Pick<Core, "call">;
    readonly pidFile: string;
    readonly log: Log;
  },
): StateFile {
  const path = statePath(pidFile);
  const life = lifeOfKernel();
  const place = life !== undefined && isTrustedPlace(path)
    ? { path, life }
    : `others may write in the folder of ${path}`;
  let noted: World | undefined;
  let timer: Timer | undefined;
  let writing: Promise<string | undefined> = Promise.resolve(undefined);
  let failed = false;

  function write(world: World, crashes: readonly Micros[]): Promise<string | undefined> {
    if (typeof place === "string") return Promise.resolve(`Cannot keep the state: ${place}`);
    const text = successionText({ saved: savedOf(world), crashes }, place.life);
    writing = writing.then(() => putFile(core, { path, text, mode: 0o600 }));
    return writing;
  }

  async function writeNoted(world: World, crashes: readonly Micros[]): Promise<void> {
    const problem = await write(world, crashes);
    if (problem !== undefined && !failed) log({ level: "warning", from: "core", text: problem });
    failed = problem !== undefined;
  }

  return {
    take: () => {
      if (typeof place === "string") return place;
      const found = read(place);
      remove(path);
      return found;
    },
    note: (world, crashes) => {
      if (noted !== undefined && !keepsOther(noted, world)) return;
      noted = world;
      timer ??= setTimer(() => {
        timer = undefined;
        if (noted !== undefined) writeNoted(noted, crashes);
      }, GATHER_MS);
    },
    write: (world, crashes) => {
      clearTimer(timer);
      timer = undefined;
      return write(world, crashes);
    },
    remove: () => {
      clearTimer(timer);
      timer = undefined;
      noted = undefined;
      if (typeof place !== "string") writing.then(() => remove(path));
    },
    [Symbol.dispose]: () => clearTimer(timer),
  };
}

function read({ path, life }: { readonly path: string; readonly life: KernelLife }) {
  const found = readTrusted(path);
  if (found === undefined) return `there is no ${path}`;
  if ("doubt" in found) return `Cannot believe ${path}: ${found.doubt}`;
  const parsed = parseSuccession(found.text, life);
  return typeof parsed === "string" ? `Cannot use ${path}: ${parsed}` : parsed;
}

/** One that cannot be removed is of another life soon, or replaced. */
function remove(path: string): void {
  try {
    removeSync(path);
  } catch (error) {
    if (!isMissing(error) && !isSystemError(error)) throw error;
  }
}
