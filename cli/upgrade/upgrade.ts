/**
 * An upgrade of the running daemon. The new program is asked for its version and has to read the configuration that runs, before anything
 * changes. Then it is put in place by a rename and the daemon begins anew in its process, while the guardian speaks. The old file stays
 * beside it until the new run answers; without an answer in time it comes back, and the daemon with it, while the guardian still speaks.
 */

import type { StatusAnswer } from "../../src/control/mod.ts";
import { ask, NobodyAnswersError, runningBy } from "../daemon/client.ts";
import { askToRestart, ends, type Life, lifeBy, nextLife, pause } from "../daemon/life.ts";
import type { Place } from "../daemon/place.ts";

/** Why it is not done; what runs goes on. */
export class UpgradeError extends Error {
  override readonly name = "UpgradeError";
}

/** How long the new program has to begin and to answer, ms; the guardian speaks for 30 s. */
const NEW_MS = 12_000;

/** How long a service manager has to start the old one again, ms. */
const MANAGER_MS = 2_000;

/** How long the old one has, ms. */
const OLD_MS = 20_000;

/** How long a program may take for its version or a test, ms. */
const TEST_MS = 60_000;

/** Set by service managers for what they start (systemd.exec(5)). */
const MANAGED = "INVOCATION_ID";

/** What runs, as it was started. */
interface Running {
  readonly life: Life;
  readonly socket: string;
  /** File of the program. */
  readonly target: string;
  readonly status: StatusAnswer;
  readonly argv: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Does it and says so, for a person. Throws {@linkcode UpgradeError}. */
export async function upgrade(
  file: string,
  place: Place,
  { untested }: { readonly untested: boolean },
): Promise<string> {
  const running = await lookAt(place.pidFile);
  const { target, status, life } = running;
  const fresh = `${target}.${crypto.randomUUID()}`;
  const old = `${target}.before`;
  try {
    await copyBeside(file, { fresh, target });
    const version = await tested(fresh, { status, untested });
    if (status.warnings.some((each) => each.includes("rolls back at"))) {
      throw new UpgradeError("Cannot upgrade: a reload waits to be confirmed");
    }
    await removeIfThere(old);
    await Deno.link(target, old);
    await Deno.rename(fresh, target);
    const problem = await begun(running, place.pidFile);
    if (problem === undefined) {
      return `Upgraded ${target} from v${status.version} to v${version}, process ${life.pid} goes on`;
    }
    await Deno.rename(old, target);
    const came = await comeBack(running, place.pidFile);
    throw new UpgradeError(
      `Cannot upgrade: ${problem}; ${target} is the one before, ${
        came ? "and runs again" : "which does not run either: see its log"
      }`,
    );
  } finally {
    await removeIfThere(fresh);
    await removeIfThere(old);
  }
}

async function lookAt(pidFile: string): Promise<Running> {
  const running = runningBy(pidFile);
  const life = lifeBy(pidFile);
  if (running.kind === "nobody" || life === undefined) {
    throw new UpgradeError(
      `Cannot upgrade: nobody runs by ${pidFile}; without a daemon the file only has to be copied`,
    );
  }
  if (running.kind === "other") {
    throw new UpgradeError(
      `Cannot upgrade: ${running.program} (${running.pid}) runs by ${pidFile} and cannot be asked`,
    );
  }
  const { pid } = life;
  const { socket } = running;
  const status = await answerOf(socket);
  if (typeof status === "string") throw new UpgradeError(`Cannot upgrade: ${status}`);
  if (status.guardian !== "runs") {
    throw new UpgradeError(
      "Cannot upgrade: there is no guardian to speak meanwhile, so it would be a failover; copy the file and restart the service",
    );
  }
  const target = Deno.readLinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, "");
  if (/\/deno$/.test(target)) {
    throw new UpgradeError("Cannot upgrade: the daemon runs from its sources");
  }
  const environment = Object.fromEntries(
    words(`/proc/${pid}/environ`).map((text) => {
      const at = text.indexOf("=");
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
  const folder = Deno.readLinkSync(`/proc/${pid}/cwd`);
  return { life, socket, target, status, argv: words(`/proc/${pid}/cmdline`), folder, environment };
}

/** Texts that end with a zero. */
function words(path: string): readonly string[] {
  return Deno.readTextFileSync(path).split("\0").slice(0, -1);
}

/** In the folder of the target, from where a rename puts it in place at once; as that is, so is it. */
async function copyBeside(
  file: string,
  { fresh, target }: { readonly fresh: string; readonly target: string },
): Promise<void> {
  try {
    if (!(await Deno.stat(file)).isFile) {
      throw new UpgradeError(`Cannot upgrade: ${file} is no file`);
    }
    const { mode, uid, gid } = await Deno.stat(target);
    await Deno.copyFile(file, fresh);
    await Deno.chown(fresh, uid, gid);
    if (mode !== null) await Deno.chmod(fresh, mode & 0o7777);
    using copy = await Deno.open(fresh, { read: true });
    await copy.sync();
  } catch (error) {
    if (error instanceof UpgradeError || !(error instanceof Error)) throw error;
    throw new UpgradeError(`Cannot upgrade: ${error.message}`);
  }
}

/** Its version, when it is one of ours and reads what runs. */
async function tested(
  program: string,
  { status, untested }: { readonly status: StatusAnswer; readonly untested: boolean },
): Promise<string> {
  const { err } = await run(program, ["--version"]);
  const version = /^holdfast v(\S+)/.exec(err)?.[1];
  if (version === undefined) throw new UpgradeError("Cannot upgrade: the file is no holdfast");
  if (untested) return version;
  const { file, configId } = status;
  const id = configId === undefined ? [] : ["-i", configId];
  const test = await run(program, ["-t", "-f", file, ...id]);
  if (test.code !== 0) {
    throw new UpgradeError(
      `Cannot upgrade: v${version} does not read ${file} without findings (--untested upgrades all the same)\n${test.err.trimEnd()}`,
    );
  }
  return version;
}

async function run(
  program: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly err: string }> {
  try {
    const { code, stderr } = await new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      signal: AbortSignal.timeout(TEST_MS),
    }).output();
    return { code, err: new TextDecoder().decode(stderr) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UpgradeError(`Cannot upgrade: the file does not run: ${error.message}`);
  }
}

/** Lets the daemon begin anew. Gives why the new one does not run. */
async function begun(
  { life, status, socket }: Running,
  pidFile: string,
): Promise<string | undefined> {
  const problem = await askToRestart(life.pid);
  if (problem !== undefined) return `process ${life.pid} cannot be asked: ${problem}`;
  const until = performance.now() + NEW_MS;
  const next = await nextLife({ pidFile, before: life, limitMs: NEW_MS });
  if (next.kind === "ended") return "the new one has ended, its log says why";
  while (next.kind === "begun" && performance.now() < until) {
    const answer = await answerOf(socket);
    if (typeof answer !== "string" && answer.runsSince !== status.runsSince) return undefined;
    if (lifeBy(pidFile) === undefined) return "the new one has ended, its log says why";
    await pause(20);
  }
  return `the new one does not answer within ${NEW_MS / 1_000} s`;
}

/** The file is the old one again: lets it run. Whether it does. */
async function comeBack(running: Running, pidFile: string): Promise<boolean> {
  const { life, socket, argv: [, ...args], folder, environment, target, status } = running;
  // It may be that the run before went on: nothing was asked of it, or it refused.
  const answer = await answerOf(socket);
  if (typeof answer !== "string" && answer.runsSince === status.runsSince) return true;
  if (!await ends(life.pid, 0)) {
    Deno.kill(life.pid, "SIGKILL");
    await ends(life.pid, OLD_MS);
  }
  const isManaged = environment[MANAGED] !== undefined;
  const managed = isManaged && await answers(socket, MANAGER_MS);
  if (managed) return true;
  if (lifeBy(pidFile) === undefined) {
    new Deno.Command(target, {
      args,
      env: environment,
      clearEnv: true,
      cwd: folder,
      stdin: "null",
      stdout: "null",
      stderr: "null",
      detached: true,
    }).spawn().unref();
  }
  return await answers(socket, OLD_MS);
}

async function answers(socket: string, limitMs: number): Promise<boolean> {
  const until = performance.now() + limitMs;
  while (performance.now() < until) {
    if (typeof await answerOf(socket) !== "string") return true;
    await pause(50);
  }
  return false;
}

/** How the daemon is; a text: why it does not say. */
async function answerOf(socket: string): Promise<StatusAnswer | string> {
  try {
    const answer = await ask(socket, { request: "status" });
    if (answer.answer === "status") return answer;
    return answer.answer === "refused" ? answer.why.join("; ") : "it answers something else";
  } catch (error) {
    if (error instanceof NobodyAnswersError) return error.message;
    throw error;
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
