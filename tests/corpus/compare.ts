/**
 * Compares the verdicts of holdfast and Debian's keepalived on generated configurations, prints what differs
 * without a reason and writes `differences.md`: `compare.ts [--shapes N] [--seed N] [--show N]`. With `--only rows`,
 * `twice`, `shapes` or `mutants` it compares those and writes nothing. Needs root.
 */

import { goldenBases } from "./bases.ts";
import { type Compared, type Difference, differenceOf, DIFFERENCES } from "./differences.ts";
import { askHoldfast } from "./holdfast.ts";
import { askKeepalived, keepalivedVersion } from "./keepalived.ts";
import { mutantVariants } from "./mutants.ts";
import { rowVariants, twiceVariants } from "./rows.ts";
import { shapeVariants } from "./shapes.ts";
import type { Variant } from "./variant.ts";

/** What a comparison found. */
export interface Outcome {
  readonly count: number;
  readonly agreed: number;
  /** By reason, in order of the reasons. */
  readonly explained: ReadonlyMap<Difference, readonly Compared[]>;
  readonly unexplained: readonly Compared[];
}

/** Asks both programs, and sorts what differs by reason. */
export async function compare(variants: readonly Variant[]): Promise<Outcome> {
  const theirs = await askKeepalived(variants);
  const ours = askHoldfast(variants);
  const different = variants.flatMap((variant, index): readonly Compared[] => {
    const [our, their] = [ours[index], theirs[index]];
    if (our === undefined || their === undefined) throw new RangeError("a verdict is missing");
    return our.code === their.code ? [] : [{ variant, ours: our, theirs: their }];
  });
  const explained = new Map<Difference, Compared[]>(DIFFERENCES.map((each) => [each, []]));
  const unexplained: Compared[] = [];
  for (const each of different) {
    const difference = differenceOf(each);
    ((difference && explained.get(difference)) ?? unexplained).push(each);
  }
  return {
    count: variants.length,
    agreed: variants.length - different.length,
    explained,
    unexplained,
  };
}

/** One difference for people. */
export function describe({ variant, ours, theirs }: Compared): string {
  const { block, keyword, probe } = variant;
  const first = (text: string) =>
    text.split("\n").filter((line) => line !== "" && !line.includes(" info: ")).slice(0, 6)
      .map((line) => `    ${line}`).join("\n");
  return `${block}: ${keyword} ${probe}\n  keepalived ${theirs.code}\n${first(theirs.output)}\n` +
    `  holdfast ${ours.code}\n${first(ours.output)}\n`;
}

function document(outcome: Outcome, version: string): string {
  const { count, agreed, explained, unexplained } = outcome;
  const parts = [...explained].filter(([, cases]) => cases.length > 0).map(([difference, cases]) =>
    `## ${difference.title}\n\n${difference.reason}\n\n${cases.length} variants, such as ${
      examples(cases)
    }.\n`
  );
  return `<!-- Written by \`deno task compare\`; the reasons are in differences.ts. -->

# Verdicts that differ from those of keepalived ${version}

Of ${count} generated configurations ${agreed} got the same exit code from \`keepalived -t\` and holdfast, ${
    count - agreed - unexplained.length
  } another one for a reason below, ${unexplained.length} another one without.

${parts.join("\n")}`;
}

function examples(cases: readonly Compared[]): string {
  const shown = cases.map(({ variant: { keyword, probe, block } }) =>
    /^[a-z]+(_|\\d)/.test(block) && probe === "" ? `${keyword} in ${block}` : `${keyword} ${probe}`
  ).map((text) => `\`${text.replaceAll("\n", " ").replaceAll("`", "").trim()}\``);
  return [...new Set(shown)].slice(0, 4).join(", ");
}

function option(name: string): string | undefined {
  const at = Deno.args.indexOf(`--${name}`);
  return at < 0 ? undefined : Deno.args[at + 1];
}

/** Kinds of variants. */
const KINDS: Readonly<Record<string, () => readonly Variant[]>> = {
  rows: rowVariants,
  twice: twiceVariants,
  mutants: mutantVariants,
  shapes: () =>
    shapeVariants(goldenBases(), {
      seed: Number(option("seed") ?? 1),
      count: Number(option("shapes") ?? 5000),
    }),
};

async function main(): Promise<number> {
  const only = option("only");
  const variants = Object.entries(KINDS)
    .flatMap(([kind, variantsOf]) => only === undefined || only === kind ? variantsOf() : []);
  const outcome = await compare(variants);
  for (const each of outcome.unexplained.slice(0, Number(option("show") ?? 40))) {
    print(describe(each));
  }
  print(
    `${outcome.count} variants: ${outcome.agreed} agree, ${outcome.unexplained.length} differ without a reason`,
  );
  if (only === undefined) {
    const text = document(outcome, await keepalivedVersion());
    await Deno.writeTextFile(new URL("differences.md", import.meta.url), text);
  }
  return outcome.unexplained.length === 0 ? 0 : 1;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) Deno.exit(await main());
