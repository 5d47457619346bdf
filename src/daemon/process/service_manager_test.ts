import assert from "node:assert/strict";
import type { Call, CallResult } from "../../native/mod.ts";
import { openServiceManager, watchdogInterval } from "./service_manager.ts";

/** A core that keeps what it is asked, and the manager it is for. */
function manager(
  environment: Readonly<Record<string, string>>,
  { answer = { result: "done" }, deadline }: {
    readonly answer?: CallResult;
    readonly deadline?: number;
  } = {},
) {
  const said: string[] = [];
  const now = 5_000_000.5;
  const core = {
    now: () => now,
    ask: (call: Call, take: (result: CallResult, at: number) => void) => {
      assert.equal(call.call, "notify");
      if (call.call === "notify") said.push(`${call.socket}: ${call.text.replaceAll("\n", " ")}`);
      take(answer, now);
    },
  };
  const told = openServiceManager({ core, environment, pid: 77, deadline: () => deadline });
  return { said, told };
}

Deno.test("openServiceManager() without a socket, says nothing and sets no timer", () => {
  const { said, told } = manager({ WATCHDOG_USEC: "1000000" });
  told.ready("Runs");
  told.reloading();
  told.stopping();
  assert.deepEqual(said, []);
});

Deno.test("openServiceManager() ready, reload and stop, are said in sd_notify's words", () => {
  const { said, told } = manager({ NOTIFY_SOCKET: "@n" });
  told.ready("Runs\nwell");
  told.reloading();
  told.failing("Cannot start");
  told.stopping();
  assert.deepEqual(said, [
    "@n: READY=1 MAINPID=77 STATUS=Runs well",
    "@n: RELOADING=1 MONOTONIC_USEC=5000000",
    "@n: STATUS=Cannot start",
    "@n: STOPPING=1 STATUS=Stopping",
  ]);
});

for (
  const [what, deadline, alive] of [
    ["without a deadline", undefined, true],
    ["with one ahead", 6_000_000, true],
    ["with one just passed", 4_950_000, true],
    ["whose deadline has long passed", 4_000_000, false],
  ] as const
) {
  Deno.test(`openServiceManager() a loop ${what}, is ${alive ? "" : "not "}alive to the watchdog`, () => {
    const environment = { NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "900000" };
    const { said, told } = manager(environment, deadline === undefined ? {} : { deadline });
    using _ = told;
    told.ready("Runs");
    told.ready("Runs");
    assert.equal(said.filter((text) => text === "/n: WATCHDOG=1").length, alive ? 1 : 0);
  });
}

Deno.test("openServiceManager() no room for a message, it is sent again", async () => {
  let left = 2;
  const { promise, resolve } = Promise.withResolvers<void>();
  const core = {
    now: () => 0,
    ask: (_call: Call, take: (result: CallResult, at: number) => void) => {
      left -= 1;
      if (left === 0) resolve();
      const full = { result: "failed", status: 17, errno: 11, message: "full" } as const;
      take(left === 0 ? { result: "done" } : full, 0);
    },
  };
  const environment = { NOTIFY_SOCKET: "@n" };
  const told = openServiceManager({ core, environment, pid: 1, deadline: () => undefined });
  told.stopping();
  await promise;
});

for (
  const [environment, interval] of [
    [{}, undefined],
    [{ WATCHDOG_USEC: "30000000" }, 30_000_000],
    [{ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "77" }, 30_000_000],
    [{ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "78" }, undefined],
    [{ WATCHDOG_USEC: "0" }, undefined],
    [{ WATCHDOG_USEC: "often" }, undefined],
  ] as const
) {
  Deno.test(`watchdogInterval() of ${JSON.stringify(environment)}, is ${interval}`, () => {
    assert.equal(watchdogInterval(environment, 77), interval);
  });
}
