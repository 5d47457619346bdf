import assert from "node:assert/strict";
import { childrenCall } from "./environment.ts";

Deno.test("childrenCall() what the start script set, is taken away or put back", () => {
  const { without, with: restored } = childrenCall({
    HOME: "/root",
    DENO_DIR: "/opt/holdfast/.tools/deno",
    DENO_NO_UPDATE_CHECK: "1",
    HOLDFAST_SET: "DENO_DIR DENO_NO_UPDATE_CHECK",
    HOLDFAST_WAS_DENO_DIR: "/home/ada/deno",
    HOLDFAST_IN_BACKGROUND: "1",
    NO_COLOR: "1",
  });
  for (const name of ["DENO_DIR", "DENO_NO_UPDATE_CHECK", "HOLDFAST_WAS_DENO_DIR", "IFS"]) {
    assert.ok(without.includes(name), name);
  }
  assert.deepEqual(["HOME", "NO_COLOR"].filter((name) => without.includes(name)), []);
  assert.deepEqual(restored, [{ name: "DENO_DIR", value: "/home/ada/deno" }]);
});

Deno.test("childrenCall() variables of the service manager's notifications, do not reach scripts", () => {
  const { without } = childrenCall({});
  assert.deepEqual(
    ["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"].every((name) => without.includes(name)),
    true,
  );
});

const MOST = 2 ** 32 - 1;

for (
  const [text, soft] of [
    ["777", 777],
    ["unlimited", MOST],
    [undefined, 1024],
    ["many", 1024],
    ["0", 1024],
  ] as const
) {
  Deno.test(`childrenCall() open files "${text}", are ${soft}`, () => {
    const environment = text === undefined ? {} : { HOLDFAST_OPEN_FILES: text };
    assert.equal(childrenCall(environment).openFiles, soft);
  });
}
