/** Where the socket is. */

/** Longest path of a socket, bytes (unix(7): `sun_path` with its zero). */
export const LONGEST_PATH = 107;

/** The socket of the daemon with this pid file: beside it. */
export function controlPath(pidFile: string): string {
  return `${pidFile.replace(/\.pid$/, "")}.control`;
}
