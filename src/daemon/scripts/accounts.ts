/** Accounts that run scripts: names to numbers, from /etc/passwd and /etc/group. */

import type { Account } from "../../core/protocol.ts";
import { DEFAULT_SCRIPT_ACCOUNT, type ScriptUser } from "../../global/config.ts";
import { isMissing, readTextFileSync } from "../platform/mod.ts";

export type { Account };

/** The account database, read once. */
export interface Accounts {
  /** Number and group of an account, by name. */
  readonly users: ReadonlyMap<string, Account>;
  readonly groups: ReadonlyMap<string, number>;
}

/** Reads the database; a missing file is an empty one. */
export function readAccounts(): Accounts {
  return parseAccounts(textOf("/etc/passwd"), textOf("/etc/group"));
}

/** Reads the formats of passwd(5) and group(5); lines that are not are left out. */
export function parseAccounts(passwd: string, group: string): Accounts {
  const rows = (text: string) => text.split("\n").map((line) => line.split(":"));
  const number = (text: string | undefined) => /^\d+$/.test(text ?? "") ? Number(text) : undefined;
  const users = new Map<string, Account>();
  for (const [name, , uid, gid] of rows(passwd)) {
    const account = { uid: number(uid), gid: number(gid) };
    if (name && account.uid !== undefined && account.gid !== undefined) {
      users.set(name, { uid: account.uid, gid: account.gid });
    }
  }
  const groups = new Map<string, number>();
  for (const [name, , gid] of rows(group)) {
    const id = number(gid);
    if (name && id !== undefined) groups.set(name, id);
  }
  return { users, groups };
}

/** Whom a command runs as. */
export type RunsAs =
  /** The daemon's own account: nothing else is said. */
  | { readonly kind: "daemon" }
  | { readonly kind: "account"; readonly account: Account }
  /** A named account or group does not exist: running as somebody else instead would be worse than not running. */
  | { readonly kind: "nobody"; readonly reason: string };

/** The account a command runs as: its own, else `script_user`, else `keepalived_script` if that exists, else the daemon's. */
export function runsAs(
  named: Partial<ScriptUser>,
  fallback: ScriptUser | undefined,
  { users, groups }: Accounts,
): RunsAs {
  const wanted = named.user !== undefined ? named : fallback ??
    (users.has(DEFAULT_SCRIPT_ACCOUNT) ? { user: DEFAULT_SCRIPT_ACCOUNT } : undefined);
  if (wanted?.user === undefined) return { kind: "daemon" };
  const account = users.get(wanted.user);
  if (account === undefined) {
    const reason = `Cannot run a script as user "${wanted.user}": no such account`;
    return { kind: "nobody", reason };
  }
  if (wanted.group === undefined) return { kind: "account", account };
  const gid = groups.get(wanted.group);
  if (gid === undefined) {
    const reason = `Cannot run a script as group "${wanted.group}": no such group`;
    return { kind: "nobody", reason };
  }
  return { kind: "account", account: { uid: account.uid, gid } };
}

function textOf(path: string): string {
  try {
    return readTextFileSync(path);
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}
