/** Programs of scripts: there, executable, and not for everybody to change. */

import { programOf, type ScriptWords } from "../../language/mod.ts";
import { commandUsesOf } from "../commands/mod.ts";
import type { BoundRoot } from "../table/root_table.ts";
import { type Found, type LintRule, type LintSubject, type ScriptFact, valueMark } from "./rule.ts";

/** First words of all commands of a file: what the shell has to look for. */
export function programsOf(root: BoundRoot): readonly string[] {
  return [...new Set(commandUsesOf(root).flatMap(({ value }) => fileOf(value) ?? []))];
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
      commandUsesOf(root).flatMap((use) => {
        const program = fileOf(use.value);
        const fact = program === undefined ? undefined : scripts?.get(program);
        if (program === undefined || fact === undefined) return [];
        const account = use.account ?? use.value.user ?? config.global.scriptUser?.user;
        const text = judge(fact, { program, keyword: use.name, account });
        return text === undefined ? [] : [{ at: valueMark(use), severity: "warning", ...text }];
      }),
  };
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
