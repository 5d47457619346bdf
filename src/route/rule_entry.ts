/** One line of `virtual_rules` or `static_rules`. */

import { type Args, complainOfLine, nextWord, refuse, rowOf, type Table } from "../language/mod.ts";
import type { Word } from "../language/source/words.ts";
import { type Draft, emptyDraft, entryOf, readOption, skipRest, take } from "./entry.ts";
import type { RuleFields, WrittenRule } from "./written.ts";

const ACTIONS = ["table", "nop", "goto", "blackhole", "prohibit", "unreachable", "l3mdev"];

/** A rule while it is read. */
interface RuleDraft extends Draft<RuleFields> {
  /** Word of its action. */
  done: string | undefined;
}

/** Reads a rule; `undefined` when it cannot be used, which is reported. */
export function readRule(args: Args, options: Table): WrittenRule | undefined {
  const draft: RuleDraft = { ...emptyDraft<RuleFields>("rule", options, {}), done: undefined };
  for (let word = nextWord(args); word !== undefined; word = nextWord(args)) {
    if (!readRuleOption(args, word, draft)) return skipRest(args);
  }
  const { priority, target } = draft.fields;
  const why = draft.done === undefined
    ? "it says nothing to do, such as a table"
    : target !== undefined && (priority ?? 0) >= target
    ? `its goto ${target} is not behind its preference ${priority ?? 0}`
    : undefined;
  if (why !== undefined) {
    complainOfLine(args, {
      severity: "error",
      code: "incomplete",
      message: `Cannot use this rule: ${why}`,
      status: "general",
    });
    return undefined;
  }
  if (priority === undefined) {
    complainOfLine(args, {
      severity: "warning",
      code: "default-used",
      message: "Cannot find the preference of this rule: keepalived counts down from 16384",
      status: "general",
    });
  }
  return entryOf(args, draft);
}

function readRuleOption(args: Args, word: Word, draft: RuleDraft): boolean {
  const said = readOption(args, word, draft);
  if (said === undefined) return false;
  const row = rowOf(draft.options, word.text);
  const name = row?.kind === "alias" ? row.of : word.text;
  if (ACTIONS.includes(name)) {
    if (draft.done !== undefined) {
      refuse(args, word, "", {
        code: "conflict",
        message: `Cannot use ${word.text} in this rule: it has ${draft.done} already`,
      });
      return false;
    }
    if (said.fields.table === 0) {
      refuse(args, word, "", { code: "out-of-range", message: "Cannot look into table 0" });
      return false;
    }
    draft.done = word.text;
  }
  return take(args, word, { said, draft });
}
