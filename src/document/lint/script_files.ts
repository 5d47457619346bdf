/** Programs of scripts: there, executable, and not for everybody to change. */

import { lastValue, programOf, type ScriptWords, type Use } from "../../language/mod.ts";
import type { BoundRoot } from "../root_table.ts";
import { type Found, type LintRule, type LintSubject, type ScriptFact, valueMark } from "./rule.ts";

/** First words of all commands of a file: what the shell has to look for. */
export function programsOf(root: BoundRoot): readonly string[] {
  return [...new Set(commandsOf(root).flatMap(({ value }) => fileOf(value) ?? []))];
}

export const scriptNotFound = scriptRule("script-not-found", (fact, { program, keyword }) => {
  if (fact.kind !== "missing") return undefined;
  return {
    message: `Cannot find ${program} of ${keyword}${
      keyword === "script" ? ": the script is not tracked" : ""
    }`,
    hint: program.includes("/") ? "correct the path" : "it is looked for in PATH; write its path",
  };
});

export const scriptNotExecutable = scriptRule(
  "script-not-executable",
  (fact, { program, keyword }) => {
    if (fact.kind !== "found" || fact.executable) return undefined;
    return {
      message: `Cannot run ${program} of ${keyword}: it is not executable`,
      hint: `chmod +x ${fact.path}`,
    };
  },
);

export const scriptWritable = scriptRule(
  "script-writable",
  (fact, { program, keyword, account }) => {
    if (fact.kind !== "found" || fact.writable === undefined) return undefined;
    if (account !== undefined && account !== "root") return undefined;
    return {
      message:
        `Cannot trust ${program} of ${keyword}: others than root can change ${fact.writable}`,
      hint: `chown root and chmod go-w ${fact.writable}, or run it as another account`,
    };
  },
);

/** One command and who runs it. */
interface Command {
  readonly program: string;
  readonly keyword: string;
  readonly account: string | undefined;
}

function scriptRule(
  name: LintRule["name"],
  judge: (fact: ScriptFact, command: Command) => Pick<Found, "message" | "hint"> | undefined,
): LintRule {
  return {
    name,
    replaces: ["script-missing"],
    find: ({ root, config, scripts }: LintSubject) =>
      commandsOf(root).flatMap((use) => {
        const program = fileOf(use.value);
        const fact = program === undefined ? undefined : scripts?.get(program);
        if (program === undefined || fact === undefined) return [];
        const account = use.account ?? use.value.user ?? config.global.scriptUser?.user;
        const text = judge(fact, { program, keyword: use.name, account });
        return text === undefined ? [] : [{ at: valueMark(use), severity: "warning", ...text }];
      }),
  };
}

/** A command, with the account of the block it stands in. */
interface CommandUse extends Use<ScriptWords> {
  readonly account: string | undefined;
}

function commandsOf(root: BoundRoot): readonly CommandUse[] {
  return usesIn(root, undefined);
}

function usesIn(body: object, account: string | undefined): readonly CommandUse[] {
  const own = accountOf(body) ?? account;
  return Object.values(body).flatMap((uses: readonly Use<unknown>[] | undefined) =>
    (uses ?? []).flatMap((use): readonly CommandUse[] => {
      if (isCommand(use)) return [{ ...use, account: own }];
      const { value } = use;
      const inner = typeof value === "object" && value !== null && "body" in value
        ? value.body
        : undefined;
      return typeof inner === "object" && inner !== null ? usesIn(inner, own) : [];
    })
  );
}

function isCommand(use: Use<unknown>): use is Use<ScriptWords> {
  const { value } = use;
  return typeof value === "object" && value !== null && "argv" in value &&
    Array.isArray(value.argv);
}

/** `user` of a vrrp_script or MISC_CHECK. */
function accountOf(body: object): string | undefined {
  const { user } = body as { readonly user?: readonly Use<{ readonly user?: string }>[] };
  return lastValue(user)?.user;
}

/** Words the shell itself knows: keepalived hands what is no path to it. */
const BUILT_IN =
  /^(?:[.:[]|\[\[|cd|command|echo|eval|exec|exit|export|false|for|if|kill|printf|read|set|test|true|type|ulimit|umask|until|while|[A-Za-z_]\w*=.*)$/;

/** The word to look for; `undefined` where the shell has to say what runs. */
function fileOf(command: ScriptWords): string | undefined {
  const program = programOf(command);
  if (program === "" || BUILT_IN.test(program)) {
    return undefined;
  }
  return /[$`<>|&;()*?]/.test(program) ? undefined : program;
}
