import assert from "node:assert/strict";
import { clearTimer, pause, setTimer } from "./time.ts";

Deno.test("setTimer(), clearTimer() where nobody may name the timers of the web, act all the same: to load those takes as long as a third of a start", async () => {
  const names = ["setTimeout", "clearTimeout"] as const;
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  for (const name of names) {
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get: () => assert.fail(`${name} was loaded`),
    });
  }
  try {
    const fired: string[] = [];
    const forgotten = setTimer(() => fired.push("forgotten"), 1);
    const first = setTimer(() => fired.push("first"), 1);
    clearTimer(forgotten);
    clearTimer(undefined);
    await pause(2);
    assert.deepEqual(fired, ["first"]);
    clearTimer(first);
    clearTimer(first);
  } finally {
    names.forEach((name, n) => Object.defineProperty(globalThis, name, before[n] ?? {}));
  }
});
