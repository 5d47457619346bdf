/** The thread that reads a configuration again, whatever its size, while the loop goes on. */

import { answerAsThread } from "../platform/mod.ts";
import { type LoadOptions, readFile, type Reading, type Running } from "./reading.ts";
import { type PlacedSecret, secretsOf } from "./secrets_across.ts";

/** What it is asked. */
export interface ReadingQuestion {
  readonly options: LoadOptions;
  readonly running: Running;
}

/** What it answers. */
export interface ReadingAnswer {
  readonly reading: Reading;
  readonly secrets: readonly PlacedSecret[];
}

answerAsThread((question): ReadingAnswer => {
  const { options, running } = question as ReadingQuestion;
  const reading = readFile(options, running);
  return { reading, secrets: secretsOf(reading) };
});
