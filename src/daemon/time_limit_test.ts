import assert from "node:assert/strict";
import { limitTime } from "./time_limit.ts";

/** Nothing of this program runs for so long: what a stop, a pause of the machine or starvation is. */
function stall(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

function shell(script: string): Deno.ChildProcess {
  return new Deno.Command("/bin/sh", { args: ["-c", script], stdin: "null" }).spawn();
}

Deno.test("limitTime() a child that ended while nobody looked, is not late", async () => {
  const child = shell("exit 3");
  let expired = false;
  using _limit = limitTime(child.pid, 50, () => expired = true);
  stall(1_500);
  assert.equal((await child.status).code, 3);
  assert.equal(expired, false);
});

Deno.test("limitTime() a child that outlives its limit and the unseen time, is late", async () => {
  const child = shell("exec sleep 1000");
  const expired = new Promise<void>((resolve) => limitTime(child.pid, 50, resolve));
  stall(500);
  await expired;
  child.kill("SIGKILL");
  await child.status;
});

Deno.test("limitTime() a child that was held up together with this program, has its time", async () => {
  const child = shell("read line");
  child.kill("SIGSTOP");
  let expired = false;
  using _limit = limitTime(child.pid, 1_000, () => expired = true);
  stall(2_500);
  child.kill("SIGCONT");
  await child.status;
  assert.equal(expired, false);
});

Deno.test("limitTime() disposed of, never expires", async () => {
  let expired = false;
  limitTime(Deno.pid, 1, () => expired = true)[Symbol.dispose]();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(expired, false);
});
