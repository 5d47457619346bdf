/** What this machine says of the commands a configuration names: whether they are there and who runs them. */

import { programOf, type ScriptWords, tell, type Use } from "../language/mod.ts";
import type { CheckerConfig } from "../check/config.ts";
import { DEFAULT_SCRIPT_ACCOUNT, type GlobalDefs, type ScriptCommand } from "../global/config.ts";
import type { LvsConfig } from "../lvs/config.ts";
import type { VrrpConfig } from "../vrrp/config.ts";
import type { NameTable } from "../route/route_values.ts";

/** What is known of the machine a configuration is read for. */
export interface HostFacts {
  /** Names of the interfaces that exist. */
  readonly interfaces: ReadonlySet<string>;
  /** Whether a program can be run, looked for as a shell does. */
  readonly hasProgram: (program: string) => boolean;
  /** Whether an account, and a group if given, exist. */
  readonly hasAccount: (user: string, group?: string) => boolean;
  /** Whether a table of iproute2 has a name; absent: not known. */
  readonly hasRouteName?: (table: NameTable, name: string) => boolean;
}

/** An account as written. */
export type Account = Pick<ScriptWords, "user" | "group">;

/** Reports commands that cannot run, or that run unprotected. */
export function checkCommands(
  commands: readonly Use<ScriptWords>[],
  { host, global, vrrpRuns }: {
    readonly host: HostFacts;
    readonly global: GlobalDefs;
    /** keepalived: looks at scripts of VRRP when there are instances, and all their interfaces. */
    readonly vrrpRuns: boolean;
  },
): void {
  for (const use of commands) {
    const program = programOf(use.value);
    if (use.name === "script" && isMissing(program, host)) {
      tell(use, "script-missing", `Cannot find ${program}: the script is not tracked`, {
        severity: "error",
      });
    } else if (use.name === "misc_path" && isMissing(program, host)) {
      tell(use, "script-missing", `Cannot find ${program}: the check is left out`, {
        severity: "error",
        hint: "without another check the server always counts as good",
        status: undefined,
      });
    }
    checkAccount(use, host);
  }
  const running = commands.filter(({ value, name }) =>
    host.hasProgram(programOf(value)) && (vrrpRuns || NOT_VRRP.has(name))
  );
  const first = running[0];
  if (first === undefined) return;
  if (!global.enableScriptSecurity) {
    tell(first, "script-security", "Cannot vouch for scripts: enable_script_security is not set", {
      status: "security",
    });
  } else if (global.scriptUser === undefined && !host.hasAccount(DEFAULT_SCRIPT_ACCOUNT)) {
    tell(
      first,
      "unknown-name",
      `Cannot find account ${DEFAULT_SCRIPT_ACCOUNT}, which runs scripts`,
      {
        hint: "set script_user in global_defs",
      },
    );
  }
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

/** Whether a program cannot be run. What only a shell can read, such as `</dev/tcp/…`, is not judged. */
function isMissing(program: string, host: HostFacts): boolean {
  return !/^[<>|&;$(`]/.test(program) && !host.hasProgram(program);
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
      ...hintOfArguments(use),
    },
  );
}

/** A name or number; options and paths are none. What begins with `$` is a name that was not defined. */
const ACCOUNT_NAME = /^[\w$][\w.@$-]*$/;

/** What is taken for an account may be the arguments of a command that lacks its quotes. */
function hintOfArguments({ value, words }: Use<Account>): { readonly hint?: string } {
  const isCommand = "argv" in value;
  const [, program, ...more] = words;
  if (!isCommand || program === undefined || program.quoted) return {};
  const command = [program, ...more].map(({ text }) => text).join(" ");
  return { hint: `arguments go into quotes with their command: "${command}"` };
}

/** keepalived: a check whose program or account is missing is left out. */
export function withoutLostCheckers(lvs: LvsConfig, host: HostFacts): LvsConfig {
  const lost = (checker: CheckerConfig) => checker.kind === "misc" && isLost(checker.command, host);
  const some = lvs.virtualServers.some(({ realServers }) =>
    realServers.some(({ checkers }) => checkers.some(lost))
  );
  if (!some) return lvs;
  return {
    ...lvs,
    virtualServers: lvs.virtualServers.map((server) => ({
      ...server,
      realServers: server.realServers.map((real) => ({
        ...real,
        checkers: real.checkers.filter((checker) => !lost(checker)),
      })),
    })),
  };
}

function isLost({ argv, user, group }: ScriptCommand, host: HostFacts): boolean {
  return isMissing(argv[0] ?? "", host) || (user !== undefined && !host.hasAccount(user, group));
}

/** keepalived: a script whose program or account is missing is not tracked by anybody. */
export function withoutLostScripts(vrrp: VrrpConfig, host: HostFacts): VrrpConfig {
  const lost = new Set(
    vrrp.scripts.filter(({ script }) => isLost(script, host)).map(({ name }) => name),
  );
  if (lost.size === 0) return vrrp;
  const kept = <T extends VrrpConfig["instances"][number] | VrrpConfig["groups"][number]>(
    item: T,
  ): T => ({
    ...item,
    trackScripts: item.trackScripts.filter(({ name }) => !lost.has(name)),
  });
  return {
    ...vrrp,
    instances: vrrp.instances.map(kept),
    groups: vrrp.groups.map(kept),
    scripts: vrrp.scripts.filter(({ name }) => !lost.has(name)),
  };
}
