/** Scripts that are awaited: before everything begins, and when everything has ended (`startup_script`, `shutdown_script`). */

import type { AwaitedScript } from "../../process/mod.ts";
import { SECOND } from "../../net/micros.ts";
import type { Log } from "../log.ts";
import type { Children, ScriptNews } from "../scripts/mod.ts";

/** Runs one, if there is any, until it has ended or has taken too long. What comes of it is said, and stops nothing (keepalived). */
export async function runAwaited(
  script: AwaitedScript | undefined,
  { keyword, children, log }: {
    readonly keyword: "startup_script" | "shutdown_script";
    readonly children: Pick<Children, "ask">;
    readonly log: Log;
  },
): Promise<void> {
  if (script === undefined) return;
  const { command, timeout } = script;
  const { promise, resolve } = Promise.withResolvers<ScriptNews>();
  children.ask({ command, timeout, key: keyword, hear: resolve });
  const problem = problemOf(await promise, timeout / SECOND);
  if (problem === undefined) return;
  log({ level: "warning", from: "core", text: `Goes on without ${keyword}: ${problem}` });
}

function problemOf(news: ScriptNews, seconds: number): string | undefined {
  switch (news.kind) {
    case "exited":
      return news.code === 0 ? undefined : `it ended with status ${news.code}`;
    case "signalled":
      return `it was ended by signal ${news.signal}`;
    case "late":
      return `it took more than ${seconds} s`;
    case "not-begun":
    case "not-started":
      return news.reason;
    case "gone":
      return undefined;
  }
}
