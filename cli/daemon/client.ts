/** Asking the daemon that runs, by its socket. */

import {
  type ControlAnswer,
  controlPath,
  type ControlRequest,
  parseAnswer,
  requestText,
} from "../../src/control/mod.ts";
import { connectTo } from "../../src/daemon/platform/mod.ts";

/** Why nobody answers. */
export class NobodyAnswersError extends Error {
  override readonly name = "NobodyAnswersError";
}

/** The daemon of a pid file, as far as it can be seen. */
export type Running =
  /** It can be asked. */
  | { readonly kind: "ours"; readonly socket: string }
  /** Something runs by this pid file, and cannot be asked. */
  | { readonly kind: "other"; readonly pid: number; readonly program: string }
  | { readonly kind: "nobody" };

/** Looks who runs by a pid file. */
export function runningBy(pidFile: string): Running {
  const socket = controlPath(pidFile);
  const pid = pidIn(pidFile);
  const program = pid === undefined ? undefined : nameOf(pid);
  if (pid === undefined || program === undefined) return { kind: "nobody" };
  return isThere(socket) ? { kind: "ours", socket } : { kind: "other", pid, program };
}

/** Asks and gives the answer. Throws {@linkcode NobodyAnswersError}. */
export async function ask(socket: string, request: ControlRequest): Promise<ControlAnswer> {
  try {
    const { uid } = Deno.lstatSync(socket);
    if (uid !== 0 && uid !== Deno.uid()) {
      throw new NobodyAnswersError(`Cannot trust ${socket}: it belongs to account ${uid}`);
    }
    using connection = await connectTo(socket);
    await connection.write(new TextEncoder().encode(requestText(request)));
    const decoder = new TextDecoder();
    const texts: string[] = [];
    for (let bytes = await connection.read(); bytes; bytes = await connection.read()) {
      texts.push(decoder.decode(bytes, { stream: true }));
    }
    const text = texts.join("");
    if (!text.endsWith("\n")) {
      throw new NobodyAnswersError(
        `Cannot hear the daemon at ${socket}: it has ended the connection, too many may ask at once`,
      );
    }
    const answer = parseAnswer(text);
    if (typeof answer !== "string") return answer;
    throw new NobodyAnswersError(`Cannot read the answer of the daemon at ${socket}: ${answer}`);
  } catch (error) {
    if (error instanceof NobodyAnswersError || !(error instanceof Error)) throw error;
    const denied = error instanceof Deno.errors.PermissionDenied;
    const why = denied ? "only root may" : error.message;
    throw new NobodyAnswersError(`Cannot ask the daemon at ${socket}: ${why}`);
  }
}

function pidIn(file: string): number | undefined {
  try {
    const pid = Number(Deno.readTextFileSync(file).trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Name of a process; `undefined` when it has gone. */
function nameOf(pid: number): string | undefined {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/comm`).trim();
  } catch {
    return undefined;
  }
}

function isThere(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSocket === true;
  } catch {
    return false;
  }
}
