/** What this machine says of the commands a configuration names: whether they are there and who runs them. */

import { programOf, type ScriptWords, type Status, tell, type Use } from "../../language/mod.ts";
import { DEFAULT_SCRIPT_ACCOUNT, type GlobalDefs } from "../../global/config.ts";
import type { CommandUse } from "./uses.ts";
import type { NameFolders, RouteNames } from "../../route/config.ts";

/** What is known of the machine a configuration is read for. */
export interface HostFacts {
  /** Names of the interfaces that exist. */
  readonly interfaces: ReadonlySet<string>;
  /** Whether a program can be run, looked for as a shell does. */
  readonly hasProgram: (program: string) => boolean;
  /** Why an account cannot run a program, looked for as a shell does; absent: not known. Without an account: anybody. */
  readonly programFault?: (program: string, account?: Account) => ProgramFault | undefined;
  /** Whether an account, and a group if given, exist. */
  readonly hasAccount: (user: string, group?: string) => boolean;
  /** The names of iproute2's files; absent: not known. */
  readonly routeNames?: (folders: NameFolders) => RouteNames;
}

/** Why a program cannot be run: there is none, or what is there is none. */
export type ProgramFault = "missing" | "folder" | "no file" | "not executable";

/** An account as written. */
export type Account = Pick<ScriptWords, "user" | "group">;

/** Reports commands that cannot run, or that run unprotected. */
export function checkCommands(
  commands: readonly CommandUse[],
  { host, global, vrrpRuns }: {
    readonly host: HostFacts;
    readonly global: GlobalDefs;
    /** keepalived: looks at scripts of VRRP when there are instances, and all their interfaces. */
    readonly vrrpRuns: boolean;
  },
): void {
  for (const use of commands) {
    checkProgram(use, host, global);
    checkAccount(use, host);
  }
  const shared = !lacksDefaultAccount(global, host);
  const unnamed = commands.find((use) => !isNamed(use));
  if (!shared && unnamed !== undefined && global.scriptUser === undefined) {
    tell(
      unnamed,
      "unknown-name",
      `Cannot find account ${DEFAULT_SCRIPT_ACCOUNT}, which runs scripts: none without an account of its own is run`,
      { hint: "set script_user in global_defs" },
    );
  }
  if (global.enableScriptSecurity) return;
  const unprotected = commands.find((use) =>
    host.hasProgram(programOf(use.value)) && (vrrpRuns || NOT_VRRP.has(use.name)) &&
    (isNamed(use) ? hasOwnAccount(use, host) : shared)
  );
  if (unprotected === undefined) return;
  tell(
    unprotected,
    "script-security",
    "Cannot vouch for scripts: enable_script_security is not set",
    { status: "security" },
  );
}

/** Whether a command says who runs it. */
function isNamed({ value, account }: CommandUse): boolean {
  return value.user !== undefined || account !== undefined;
}

function hasOwnAccount({ value: { user, group }, account }: CommandUse, host: HostFacts): boolean {
  return user === undefined
    ? account === undefined || host.hasAccount(account)
    : host.hasAccount(user, group);
}

/** keepalived: without the account that is to run scripts none runs; without one named or made for it the daemon's own does. */
export function lacksDefaultAccount(
  { scriptUser, enableScriptSecurity }: GlobalDefs,
  host: HostFacts,
): boolean {
  return scriptUser === undefined
    ? enableScriptSecurity && !host.hasAccount(DEFAULT_SCRIPT_ACCOUNT)
    : !host.hasAccount(scriptUser.user, scriptUser.group);
}

/** Commands of the parent and of the checkers. */
const NOT_VRRP: ReadonlySet<string> = new Set([
  "startup_script",
  "shutdown_script",
  "misc_path",
  "notify_up",
  "notify_down",
  "quorum_up",
  "quorum_down",
]);

/** What becomes of a command whose program is missing, and whether keepalived reports it. */
const WITHOUT: Readonly<Record<string, readonly [string, Status | undefined]>> = {
  script: ["the script is not tracked", "general"],
  misc_path: ["the check is left out", undefined],
};

function checkProgram(use: CommandUse, host: HostFacts, global: GlobalDefs): void {
  const program = programOf(use.value);
  const without = WITHOUT[use.name];
  const hint = shellHint(program);
  // Of other commands lint tells, which looks for their files.
  if (
    (without === undefined && hint === undefined) ||
    !isMissing(program, host, ownAccount(use) ?? defaultAccount(global, host))
  ) return;
  const [fate, known] = without ?? ["it never runs", undefined];
  const account = ownAccount(use) ?? defaultAccount(global, host);
  // keepalived: disables what may not be executed without a word in -t
  const status = host.programFault?.(program, account) === "not executable" ? undefined : known;
  const what = use.value.byShell === undefined ? fate : "keepalived has no shell run this";
  tell(use, "script-missing", `${faultText(program, host, account)}: ${what}`, {
    severity: without === undefined ? "warning" : "error",
    status,
    ...(hint !== undefined ? { hint } : use.name === "misc_path" && {
      hint: "without another check the server always counts as good",
    }),
  });
}

/** What to write instead of a program that only a shell could find. */
function shellHint(program: string): string | undefined {
  const variable = /\$\{?[A-Za-z_]\w*\}?/.exec(program)?.[0];
  if (variable !== undefined) {
    return `no shell reads it, so ${variable} stays as it is: write the path`;
  }
  return /^[`(|&;<>$]/.test(program)
    ? `no shell reads it: put it into a script, or write /bin/sh -c '...'`
    : undefined;
}

/** Whether a program cannot be run. What begins like `</dev/tcp/...` keepalived hands to a shell. */
export function isMissing(program: string, host: HostFacts, account: Account): boolean {
  if (/^<[ \t]*\//.test(program)) return false;
  return host.programFault === undefined
    ? !host.hasProgram(program)
    : host.programFault(program, account) !== undefined;
}

/** Who runs a command that names nobody; an empty account is the daemon's own. */
export function defaultAccount({ scriptUser }: GlobalDefs, host: HostFacts): Account {
  if (scriptUser !== undefined) return scriptUser;
  return host.hasAccount(DEFAULT_SCRIPT_ACCOUNT) ? { user: DEFAULT_SCRIPT_ACCOUNT } : {};
}

function ownAccount({ value: { user, group }, account }: CommandUse): Account | undefined {
  if (user !== undefined) return { user, ...(group !== undefined && { group }) };
  return account === undefined ? undefined : { user: account };
}

function faultText(program: string, host: HostFacts, account: Account): string {
  switch (host.programFault?.(program, account)) {
    case "folder":
      return `Cannot run ${program}, a folder`;
    case "no file":
      return `Cannot run ${program}, which is no file`;
    case "not executable":
      return account.user === undefined
        ? `Cannot run ${program}, which is not executable`
        : `Cannot run ${program} as ${account.user}, who may not execute it`;
    case "missing":
    case undefined:
      return `Cannot find ${program}`;
  }
}

/** Rows whose account must exist. keepalived: passes over the account of a notify script. */
const ACCOUNT_ROWS = new Set(["user", "script_user", "startup_script", "shutdown_script"]);

/** Reports an account that does not exist; without a machine to ask, a word that can be none. */
export function checkAccount(use: Use<Account>, host: HostFacts | undefined): void {
  const { user, group } = use.value;
  if (user === undefined) return;
  if (host === undefined ? ACCOUNT_NAME.test(user) : host.hasAccount(user, group)) return;
  tell(
    use,
    "unknown-name",
    `Cannot run ${"argv" in use.value ? use.name : "scripts"} as ${user}${
      group === undefined ? "" : `:${group}`
    }: there is no such account or group`,
    {
      severity: "error",
      status: ACCOUNT_ROWS.has(use.name) ? "general" : undefined,
      word: user,
      ...hintOfAccount(use),
    },
  );
}

/** A name or number; options and paths are none. What begins with `$` is a name that was not defined. */
const ACCOUNT_NAME = /^[\w$][\w.@$-]*$/;

/** What is taken for an account may be the arguments of a command that lacks its quotes. */
function hintOfAccount({ value, words }: Use<Account>): { readonly hint?: string } {
  if (value.group?.startsWith(":") === true) {
    return { hint: "a later version of keepalived knows the colon, 2.4 does not: leave it out" };
  }
  const isCommand = "argv" in value;
  const [, program, ...more] = words;
  if (!isCommand || program === undefined || program.quoted) return {};
  const command = [program, ...more].map(({ text }) => text).join(" ");
  return { hint: `arguments go into quotes with their command: "${command}"` };
}
