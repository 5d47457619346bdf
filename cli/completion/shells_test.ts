import assert from "node:assert/strict";
import { isInstalled, newPlace, scriptOf, type Shell } from "./fixture.ts";
import { answersOf, sourcing } from "./shells_fixture.ts";

/** What one shell makes of one line; `first` are commands of it that come before. */
interface Case {
  readonly shell: Shell;
  readonly name: string;
  readonly line: string;
  readonly first?: string;
  readonly answer: RegExp;
}

const LEFT = "\x02";

const CASES: readonly Case[] = [
  {
    shell: "bash",
    name: "cursor inside of a word, completes what is before it",
    line: `holdfast expl.conf${LEFT.repeat(5)}`,
    answer: /^holdfast explain \.conf$/,
  },
  {
    shell: "bash",
    name: "cursor before other words, ignores them",
    line: `holdfast --sig RELOAD${LEFT.repeat(7)}`,
    answer: /^holdfast --signum {1,2}RELOAD$/,
  },
  {
    shell: "bash",
    name: '"=" parts no words there, still completes --option=value',
    first: "COMP_WORDBREAKS=${COMP_WORDBREAKS//=}",
    line: "holdfast --signum=REL",
    answer: /^holdfast --signum=RELOAD $/,
  },
  {
    shell: "bash",
    name: '"=" parts no words there, still completes --option=FILE',
    first: "COMP_WORDBREAKS=${COMP_WORDBREAKS//=}",
    line: "holdfast --use-file=FIL",
    answer: /^holdfast --use-file=FILE $/,
  },
  {
    shell: "bash",
    name: "folder behind a letter, can be gone into",
    line: "holdfast -fFId\t",
    answer: /^holdfast -fFIdir\/$/,
  },
  {
    shell: "bash",
    name: "open quote, completes a name with a blank",
    line: 'holdfast -f "FI N',
    answer: /^holdfast -f "FI NE" $/,
  },
  {
    shell: "zsh",
    name: "open quote, completes a name with a blank",
    line: 'holdfast -f "FI N',
    answer: /^holdfast -f "FI NE" $/,
  },
  {
    shell: "zsh",
    name: "folder behind a letter, can be gone into",
    line: "holdfast -fFId",
    answer: /^holdfast -fFIdir\/$/,
  },
  {
    shell: "zsh",
    name: "letters in a row, can be added to",
    line: "holdfast -nl",
    answer: /^holdfast -nlA -nlB -nlC -nlD .*-nlt /,
  },
  {
    shell: "zsh",
    name: "a switch given by its letter, is not offered by its name",
    line: "holdfast -n --dont-",
    answer: /^holdfast -n --dont-release-ipvs --dont-release-vrrp --dont-respawn $/,
  },
  {
    shell: "zsh",
    name: "a switch that means more when given again, is offered again",
    line: "holdfast -D --log-d",
    answer: /^holdfast -D --log-detail $/,
  },
  {
    shell: "fish",
    name: "letters in a row, can be added to",
    line: "holdfast -nl",
    answer: /^-nlA -nlB -nlb -nlC /,
  },
  {
    shell: "fish",
    name: "open quote behind a letter, completes a name with a blank",
    line: 'holdfast -f"FI N',
    answer: /^-fFI\\ NE$/,
  },
  {
    shell: "fish",
    name: "a dash, offers every letter and name, that with an optional value too",
    line: "holdfast -",
    answer: /^(?=.* -t )(?=.* --config-test )(?=.* -f )(?=.* --use-file )/,
  },
];

for (const { shell, name, line, first = "", answer } of CASES) {
  Deno.test({
    name: `completion ${shell}, ${name} (needs ${shell})`,
    ignore: !isInstalled(shell),
    fn: async () => {
      await using place = await newPlace();
      const path = await place.write("script", await scriptOf(shell));
      const start = `${first}\n${sourcing(shell, path)}`;
      const [became = ""] = await answersOf(shell, place, { start, lines: [line] });
      assert.match(became, answer);
    },
  });
}
