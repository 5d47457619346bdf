/** Files around a reload: the marker that says that one is reading, and what was before and after it. */

import type { Core } from "../../native/mod.ts";
import type { ProcessConfig } from "../../process/mod.ts";
import { reloadMarkerOf } from "../../process/mod.ts";
import { openToAppend } from "../files/append_file.ts";
import type { Log } from "../log.ts";
import {
  isMissing,
  isoTime,
  isSystemError,
  makeFolderSync,
  readTextFileSync,
  removeSync,
  wallClock,
} from "../platform/mod.ts";
import { putFile } from "../files/put_file.ts";

/** Whom to ask and whom to tell. */
interface Outside {
  readonly core: Pick<Core, "call">;
  readonly log: Log;
}

/** Bits of the files, less the umask. */
const MODE = 0o666;

/** `reload_file`: an empty file stands there until it is disposed of. Nothing, where none is wanted or can be. */
export async function markReload(
  { reloadFile }: ProcessConfig,
  pidFile: string,
  { core, log }: Outside,
): Promise<Disposable> {
  if (reloadFile === undefined) return { [Symbol.dispose]: () => {} };
  const path = reloadFile === true ? reloadMarkerOf(pidFile) : reloadFile;
  complainOf(await putFile(core, { path, text: "", mode: MODE }), log);
  return { [Symbol.dispose]: () => removeIfThere(path) };
}

function removeIfThere(path: string): void {
  try {
    removeSync(path);
  } catch (error) {
    if (!isMissing(error) && !isSystemError(error)) throw error;
  }
}

/** `config_save_dir`: keeps the file and the state of this moment, by its time and `when`. */
export async function keepState(
  { configSaveDir: folder }: ProcessConfig,
  { when, file, state }: {
    readonly when: "before" | "after";
    readonly file: string;
    readonly state: () => Promise<string>;
  },
  { core, log }: Outside,
): Promise<void> {
  if (folder === undefined) return;
  const name = `${folder}/${isoTime(wallClock().ms)}-${when}`;
  try {
    makeFolderSync(folder, 0o700);
    complainOf(
      await putFile(core, { path: `${name}.conf`, text: readTextFileSync(file), mode: MODE }),
      log,
    );
  } catch (error) {
    if (!isSystemError(error)) throw error;
    complainOf(error.message, log);
  }
  complainOf(await putFile(core, { path: `${name}.data`, text: await state(), mode: MODE }), log);
}

/** Appends what a test has found to a file. */
export function appendFindings(path: string, lines: readonly string[], log: Log): void {
  try {
    using file = openToAppend(path, { mode: MODE });
    const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    complainOf(`Cannot write ${path}: ${error.message}`, log);
  }
}

function complainOf(problem: string | undefined, log: Log): void {
  if (problem !== undefined) log({ level: "warning", from: "core", text: problem });
}
