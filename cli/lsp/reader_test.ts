import assert from "node:assert/strict";
import { threadReader } from "./reader.ts";
import type { ReadingTask } from "./reading.ts";

const task = (texts: Readonly<Record<string, string>>): ReadingTask => ({
  texts: new Map(Object.entries(texts)),
  forgetPrograms: false,
});

/** A path that no file has. */
const FILE = "/holdfast-test/nowhere/keepalived.conf";
const PART = "/holdfast-test/nowhere/part.conf";

const codesIn = async (reader: ReturnType<typeof threadReader>, texts: Record<string, string>) =>
  Array.from(
    await reader.read(task(texts)),
    ([path, found]) => [path, found.map(({ code }) => code)],
  );

for (
  const [name, module] of [
    ["thread", undefined],
    ["thread that cannot be started", new URL("data:text/javascript,throw 0")],
  ] as const
) {
  Deno.test(`threadReader() ${name}, reads what is open at each task`, async () => {
    const complaints: unknown[] = [];
    using reader = threadReader({ host: false, configId: "a" }, {
      complain: (error) => complaints.push(error),
      ...(module && { module }),
    });
    assert.deepEqual(await codesIn(reader, { [FILE]: "", [PART]: "nonsense\n" }), [
      [FILE, []],
      [PART, ["unknown-keyword"]],
    ]);
    // The second text is the same, and need not be sent again.
    assert.deepEqual(await codesIn(reader, { [FILE]: "@a nonsense\n", [PART]: "nonsense\n" }), [
      [FILE, ["unknown-keyword"]],
      [PART, ["unknown-keyword"]],
    ]);
    assert.deepEqual(await codesIn(reader, { [PART]: "" }), [[PART, []]]);
    assert.equal(complaints.length, module === undefined ? 0 : 1);
  });
}
