/** Rows of what can be tracked, and of the lists that track it. */

import {
  complainOfLine,
  custom,
  type Facts,
  flag,
  integer,
  type IntegerRule,
  list,
  needWord,
  nextWord,
  peekWord,
  readInteger,
  readOptions,
  refuse,
  restWords,
  script,
  seconds,
  type Table,
  type ValueKeyword,
  word,
} from "../language/mod.ts";
import { SECOND } from "../net/micros.ts";
import { accountOf } from "../language/rows/script.ts";
import { INT32, integerOf } from "../language/rows/values.ts";

const later = { acts: false } as const;

/** A weight and whether it is inverted. */
export interface Weight {
  readonly weight: number;
  /** Absent: as inherited. */
  readonly reverse?: boolean;
}

/** `weight N [reverse|noreverse]`, up to `limit` either way. */
export const weightRow = (
  limit: number,
  { instead, ...facts }: Facts & Pick<IntegerRule, "instead"> & {
    clash?(earlier: Weight, later: Weight): boolean;
  },
): ValueKeyword<Weight> => {
  const number = { min: -limit, max: limit, ...(instead !== undefined && { instead }) };
  return custom({
    ...facts,
    number,
    args: `<number ${-limit} to ${limit}> [reverse|noreverse]`,
    read: (args): Weight | undefined => {
      const weight = readInteger(args, number);
      const word = nextWord(args);
      const option = word?.text;
      if (word !== undefined && option !== "reverse" && option !== "noreverse") {
        refuse(args, word, "", {
          code: "not-a-choice",
          message: `Cannot use "${option}" after weight: must be reverse or noreverse`,
        });
      }
      if (weight === undefined) return undefined;
      return {
        weight,
        ...(option === "reverse" && { reverse: true }),
        ...(option === "noreverse" && { reverse: false }),
      };
    },
  });
};

/** keepalived: takes one more than the limit, and lowers it. */
const entryWeight = (limit: number, effect: string) =>
  custom({
    missing: "reported",
    text: `${effect}; 0 makes failure a FAULT`,
    args: `<number ${-limit} to ${limit}>`,
    read: (args) => {
      const word = peekWord(args);
      const weight = readInteger(args, { min: -254, max: 254 });
      if (word === undefined || weight === undefined || Math.abs(weight) <= limit) return weight;
      refuse(args, word, `must be ${-limit} to ${limit}, ${Math.sign(weight) * limit} is used`, {
        severity: "warning",
        code: "out-of-range",
      });
      return Math.sign(weight) * limit;
    },
  });

/** Option words of an entry that tracks something. */
const entryOptions = (limit: number, effect: string) =>
  ({
    weight: entryWeight(limit, effect),
    reverse: flag({ text: "Inverts the meaning of up and down" }),
    noreverse: flag({ default: "on", text: "Cancels an inherited reverse" }),
  }) satisfies Table;

/** `{ NAME [weight N [reverse|noreverse]] }`. */
const trackList = (
  what: string,
  facts: {
    readonly text: string;
    readonly limit?: number;
    readonly acts?: boolean;
    readonly build?: string;
  },
) => {
  const { limit = 253, ...rest } = facts;
  const options = entryOptions(limit, "Amount added to or taken off the priority");
  return list({
    ...rest,
    entryArgs: `<${what}> [weight <number ${-limit} to ${limit}> [reverse|noreverse]]`,
    options,
    entry: (args) => {
      const name = needWord(args, `a ${what}`);
      if (name === undefined) return undefined;
      const bound = readOptions(args, options);
      const weight = bound.weight?.at(-1)?.value;
      const lonely = weight === undefined && bound.weight === undefined &&
        (bound.reverse ?? bound.noreverse) !== undefined;
      if (lonely) {
        complainOfLine(args, {
          severity: "error",
          code: "conflict",
          message: `Cannot reverse ${name.text} without a weight`,
          status: "general",
        });
      }
      const reverse = bound.reverse ? true : bound.noreverse ? false : undefined;
      return {
        name: name.text,
        ...(weight !== undefined && { weight }),
        ...(reverse !== undefined && { reverse }),
      };
    },
  });
};

/** Rows of the lists in an instance or a group. */
export const TRACK_LISTS = {
  track_interface: trackList("interface", { text: "Interfaces whose state this follows" }),
  track_script: trackList("script", { text: "Declared scripts whose result this follows" }),
  track_file: trackList("file", {
    limit: 254,
    text: "Declared track_file objects whose value this follows",
  }),
  track_process: trackList("process", {
    limit: 254,
    build: "track-process",
    text: "Declared process trackers this follows",
  }),
  track_bfd: trackList("session", {
    ...later,
    build: "BFD",
    text: "Declared BFD sessions this follows",
  }),
} satisfies Table;

/** `user USER [GROUP]` of a script. */
export const scriptAccount = custom({
  account: true,
  text: "Account that runs the script",
  default: "script_user",
  args: "<user> [<group>]",
  read: (args) => {
    const user = needWord(args, "an account");
    return user && accountOf([user, ...restWords(args)]);
  },
});

const delay = (text: string) =>
  seconds({ build: "track-process", min: 0.000001, max: 3600, default: 0, text });

/** Rows of `vrrp_script`. */
export const VRRP_SCRIPT = {
  script: script({
    missing: "reported",
    account: false,
    text: "Command whose exit code 0 means good",
  }),
  interval: seconds({
    to: "interval",
    instead: SECOND, // keepalived: 0 is meant as 1
    min: 0.001,
    places: 3,
    default: SECOND,
    text: "Time between starts of the script",
  }),
  timeout: seconds({
    to: "timeout",
    instead: SECOND, // keepalived: 0 is meant as 1
    min: 0.001,
    places: 3,
    absent: "interval",
    text: "Time after which a running script counts as failed and is ended",
  }),
  weight: weightRow(253, {
    default: "0",
    text: "Effect on priority; zero turns failure into FAULT",
  }),
  rise: integer({
    to: "rise",
    instead: 1,
    min: 1,
    max: INT32,
    default: 1,
    text: "Consecutive successes needed to come up",
  }),
  fall: integer({
    to: "fall",
    instead: 1,
    min: 1,
    max: INT32,
    default: 1,
    text: "Consecutive failures needed to go down",
  }),
  user: scriptAccount,
  init_fail: flag({
    to: "initFail",
    default: false,
    text: "Considers the script failed until its first success",
  }),
} satisfies Table;

/** What a tracked file may begin with. */
const INITIAL = {
  min: -2_147_483_648,
  max: 2_147_483_647,
  junk: "refused",
  instead: 0,
} as const;

/** Rows of `track_file`. */
export const TRACK_FILE = {
  file: word({ twice: "first", missing: "reported", what: "a path", text: "File to watch" }),
  weight: weightRow(254, {
    twice: "first",
    instead: 1,
    clash: (earlier) => earlier.weight !== 1, // keepalived: takes the default for none
    missing: "reported",
    default: "1",
    text: "Multiplier applied to the integer in the file",
  }),
  init_file: custom({
    text: "Creates the file with this value at start, replacing what is there with overwrite",
    default: "off; value 0",
    args: "[<value>] [overwrite]",
    read: (args) => {
      let value = 0;
      let overwrite = false;
      for (let option = nextWord(args); option !== undefined; option = nextWord(args)) {
        if (option.text === "overwrite") overwrite = true;
        else value = integerOf(args, option, INITIAL) ?? 0;
      }
      return { value, overwrite };
    },
  }),
} satisfies Table;

/** Rows of `vrrp_track_process`. */
export const VRRP_TRACK_PROCESS = {
  process: custom({
    twice: "first",
    text: "Program name, and optionally arguments, to look for",
    args: "<command> [<argument> ...]",
    read: (args) => {
      const command = needWord(args, "a command");
      return command && [command.text, ...restWords(args).map(({ text }) => text)];
    },
  }),
  param_match: custom({
    text: "How the arguments must match: exactly, the first ones, or with the last one only begun",
    default: "exact",
    args: "[initial|partial]",
    read: (args) => {
      const word = nextWord(args);
      if (word === undefined) return "exact";
      return word.text === "initial" || word.text === "partial"
        ? word.text
        : refuse(args, word, "must be initial or partial", { code: "not-a-choice" });
    },
  }),
  weight: weightRow(254, {
    twice: "first",
    clash: (earlier) => earlier.weight !== 0, // keepalived: takes the default for none
    missing: "reported",
    default: "0",
    text: "Effect on priority when the required number is running",
  }),
  quorum: integer({
    min: 1,
    max: 65_535,
    default: "1",
    text: "Minimum number of matching processes",
  }),
  quorum_max: integer({
    min: 0,
    max: 65_535,
    default: "unlimited",
    text: "Maximum number of matching processes; 0 means there must be none",
  }),
  delay: delay("Sets fork_delay and terminate_delay together"),
  terminate_delay: delay("Grace period before a vanished process counts as gone"),
  fork_delay: delay("Time a new process must live before counting"),
  full_command: flag({
    to: "fullCommand",
    default: false,
    text: "Matches the full command line of the process",
  }),
} satisfies Table;
