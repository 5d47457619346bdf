/** The verdicts of `-t` on some of the generated configurations; `deno task compare` tries all of them. */

import assert from "node:assert/strict";
import { goldenBases } from "../corpus/bases.ts";
import { compare, describe } from "../corpus/compare.ts";
import { rowVariants } from "../corpus/rows.ts";
import { shapeVariants } from "../corpus/shapes.ts";
import { labTest } from "../lab/mod.ts";

/** Every so many variants of the tables: another part of them each time the tables grow. */
const STEP = 41;

labTest(
  "-t judges generated configurations as keepalived does, or for a reason that is written down",
  [
    "keepalived",
  ],
  async () => {
    const variants = [
      ...rowVariants().filter((_, index) => index % STEP === 0),
      ...shapeVariants(goldenBases(), { seed: 2026, count: 150 }),
    ];
    const outcome = await compare(variants);
    assert.equal(outcome.unexplained.map(describe).join("\n"), "");
    assert.ok(
      outcome.agreed > variants.length * 0.9,
      `${outcome.agreed} of ${variants.length} agree`,
    );
  },
);
