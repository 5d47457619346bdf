/**
 * The socket by which root asks a running daemon. Nothing in the loop waits for who is at the other end:
 * few may be connected at once, each says one line of bounded length in bounded time, and takes what is
 * answered in bounded time.
 */

import {
  answerPieces,
  type ControlAnswer,
  type ControlRequest,
  LONGEST_PATH,
  LONGEST_REQUEST,
  parseRequest,
} from "../../control/mod.ts";
import type { Log } from "../log.ts";
import {
  clearTimer,
  type Connection,
  isMissing,
  isSystemError,
  listenAt,
  lstatSync,
  pause,
  removeSync,
  setTimer,
  umask,
} from "../platform/mod.ts";

/** Most that are connected at once. */
const MOST_CONNECTIONS = 4;

/** Longest time until a request has come, and until each piece of the answer is taken, ms. */
const ASKING_MS = 5_000;
const TAKING_MS = 30_000;

/** How long nobody is let in after that could not be done, ms: descriptors may be short. */
const REFUSED_MS = 1_000;

/** No bits for group and others (umask(2)). */
const OURS_ALONE = 0o177;

/** How it is served. */
export interface ControlOptions {
  readonly path: string;
  readonly log: Log;
  /** Answers one request. */
  answer(request: ControlRequest): Promise<ControlAnswer>;
}

/** Listens until it is disposed of. Without a socket the daemon runs all the same: it is said. */
export function openControl({ path, log, answer }: ControlOptions): Disposable {
  const say = (text: string) => log({ level: "info", from: "core", text });
  if (new TextEncoder().encode(path).length > LONGEST_PATH) {
    say(`Cannot be asked by a socket: ${path} is longer than ${LONGEST_PATH} bytes`);
    return { [Symbol.dispose]: () => {} };
  }
  const open = new Set<Connection>();
  const accepted = (connection: Connection) => {
    if (open.size >= MOST_CONNECTIONS) return connection[Symbol.dispose]();
    open.add(connection);
    serve(connection, answer).catch((error: unknown) => {
      // Who asks may go away at any time.
      if (!isSystemError(error)) say(`Cannot answer at ${path}: ${error}`);
    }).finally(() => {
      open.delete(connection);
      connection[Symbol.dispose]();
    });
  };
  const failed = async ({ message }: Error) => {
    say(`Cannot let somebody in at ${path}: ${message}`);
    await pause(REFUSED_MS);
  };
  const before = umask(OURS_ALONE);
  try {
    removeLeftOver(path);
    const listener = listenAt(path, { accepted, failed });
    return {
      [Symbol.dispose]: () => {
        listener[Symbol.dispose]();
        for (const connection of open) connection[Symbol.dispose]();
      },
    };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    say(`Cannot be asked by a socket: ${error.message}`);
    return { [Symbol.dispose]: () => {} };
  } finally {
    umask(before);
  }
}

/** The pid file is ours, so nobody else listens beside it. What is no socket stays, and is in the way. */
function removeLeftOver(path: string): void {
  try {
    if (lstatSync(path).isSocket) removeSync(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function serve(
  connection: Connection,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<void> {
  const line = await within(ASKING_MS, connection, () => lineFrom(connection));
  if (line === undefined) return;
  const request = parseRequest(line);
  const answered: ControlAnswer = typeof request === "string"
    ? { answer: "refused", why: [`Cannot read the request: ${request}`] }
    : await answer(request);
  for (const piece of answerPieces(answered)) {
    const bytes = new TextEncoder().encode(piece);
    await within(TAKING_MS, connection, () => connection.write(bytes));
  }
}

/** The first line; `undefined` without one, or when it is too long. */
async function lineFrom(connection: Connection): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes = await connection.read(); bytes !== undefined; bytes = await connection.read()) {
    text += decoder.decode(bytes, { stream: true });
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end);
    if (text.length > LONGEST_REQUEST) return undefined;
  }
  return undefined;
}

/** Closes the connection when something takes longer, which then fails. */
async function within<T>(
  ms: number,
  connection: Connection,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setTimer(() => connection[Symbol.dispose](), ms);
  try {
    return await work();
  } finally {
    clearTimer(timer);
  }
}
