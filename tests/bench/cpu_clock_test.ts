import assert from "node:assert/strict";
import { cpuTime } from "./cpu_clock.ts";

Deno.test("cpuTime(), of this process, grows with work by no more than the time spent", () => {
  const before = cpuTime([Deno.pid]);
  const from = performance.now();
  let sum = 0;
  while (performance.now() - from < 50) sum += Math.sqrt(sum + 1);
  const spent = cpuTime([Deno.pid]) - before;
  assert.ok(sum > 0);
  assert.ok(spent > 0, `${spent} ms`);
  // Every processor may have been busy for this process.
  assert.ok(spent < (performance.now() - from) * navigator.hardwareConcurrency + 20, `${spent} ms`);
});

Deno.test("cpuTime(), of a process that does not exist, is nothing", () => {
  assert.equal(cpuTime([0x3fffff]), 0);
});
