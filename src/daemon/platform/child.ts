/** Children: programs started in a session of their own, without descriptors, and their end. */

/** What to start. */
export interface ChildPlan {
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Account to run as; absent: that of this process. */
  readonly account?: { readonly uid: number; readonly gid: number };
}

/** How a child ended: its exit code, or the signal that ended it. */
export interface ChildEnd {
  readonly code: number;
  readonly signal: string | undefined;
}

/** A running child, leader of its own process group. */
export interface Child {
  readonly pid: number;
  readonly end: Promise<ChildEnd>;
  /** From now on this process may end before the child. */
  unref(): void;
}

/** Starts `program`, looked for as a shell does. Throws when it cannot be started. */
export function spawn(program: string, { args, env, account }: ChildPlan): Child {
  const child = new Deno.Command(program, {
    args: [...args],
    clearEnv: true,
    env: { ...env },
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
    ...account,
  }).spawn();
  return {
    pid: child.pid,
    end: child.status.then(({ code, signal }) => ({ code, signal: signal ?? undefined })),
    unref: () => child.unref(),
  };
}
