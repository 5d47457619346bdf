import assert from "node:assert/strict";
import { memoryFiles } from "../../language/mod.ts";
import { readBound } from "../../document/config.ts";
import { instanceText } from "../../document/lint/fixtures.ts";
import { readingOf } from "./reading.ts";
import { reread } from "./reread.ts";

const WHOLE = instanceText([]);

/** Reads what a file says, one text after the other; gives what came of it, what was logged and how long was waited. */
async function rereadOf(texts: readonly string[], giveUpAfter = 10): Promise<{
  readonly instances: number;
  readonly why: string | undefined;
  readonly logged: readonly string[];
  readonly waits: readonly number[];
}> {
  const bound = (text: string) => readBound("/k.conf", memoryFiles({ "/k.conf": text }));
  const running = bound(WHOLE).config;
  const readings = texts.map((text) => readingOf(bound(text), { file: "/k.conf", running }));
  const logged: string[] = [];
  const waits: number[] = [];
  let round = 0;
  const { config, refusal } = await reread({
    file: "/k.conf",
    read: () => {
      const reading = readings[Math.min(round++, readings.length - 1)];
      return reading === undefined
        ? Promise.reject(new Error("nothing"))
        : Promise.resolve(reading);
    },
    isWanted: () => waits.length < giveUpAfter,
    log: ({ text }) => void logged.push(text),
    pause: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
  });
  return { instances: config.vrrp.instances.length, why: refusal?.why, logged, waits };
}

Deno.test("reread() of a whole file, takes it at once", async () => {
  const { why, waits, logged } = await rereadOf([WHOLE.replace("10.0.0.1", "10.0.0.2")]);
  assert.deepEqual([why, waits, logged], [undefined, [], []]);
});

Deno.test("reread() of a file that is being written, waits for the rest and takes it", async () => {
  const half = WHOLE.slice(0, 60);
  const { why, waits, logged, instances } = await rereadOf(["", half, WHOLE]);
  assert.deepEqual([why, instances], [undefined, 1]);
  assert.deepEqual(waits, [1_000, 1_000]);
  assert.deepEqual(logged, [
    "Waiting for the rest of /k.conf: the file configures nothing, and something runs",
  ]);
});

Deno.test("reread() of a file that stays empty, keeps what runs after three more looks", async () => {
  const { why, waits, logged } = await rereadOf([""]);
  assert.equal(why, "the file configures nothing, and something runs");
  assert.deepEqual([waits.length, logged.length], [3, 1]);
});

Deno.test("reread() of a mistake, keeps what runs and does not wait", async () => {
  const { why, waits } = await rereadOf([WHOLE.replace("interface", "interfcae")]);
  assert.equal(why, "by its errors it lacks what runs: vrrp_instance VI_1");
  assert.deepEqual(waits, []);
});

Deno.test("reread() of a file that is being written when the daemon stops, waits no longer", async () => {
  const { waits } = await rereadOf(["", "", ""], 1);
  assert.deepEqual(waits, [1_000]);
});
