import assert from "node:assert/strict";
import { closeLog, type LogCore, LogError, openLog } from "./log.ts";

/** A core that takes every call but those named, and what it was given. */
function coreOf(refused: readonly string[] = []) {
  const calls: unknown[] = [];
  const posts: { readonly lane: string; readonly text: string }[] = [];
  const core: LogCore = {
    call: (call) => {
      calls.push(call);
      const failed = call.call === "log-open" && refused.includes(call.lane);
      return Promise.resolve(
        failed
          ? { result: "failed", status: 11, errno: 13, message: "cannot open /log: denied" }
          : { result: "done" },
      );
    },
    log: (lane, text) => void posts.push({ lane, text }),
  };
  return { core, calls, posts };
}

Deno.test("openLog() of all lanes, opens them and hands each line over in its form", async () => {
  const { core, calls, posts } = coreOf();
  const log = await openLog(core, { console: true, file: "/log", facility: 3, detail: 0 });
  assert.deepEqual(calls, [
    { call: "log-open", lane: "console" },
    { call: "log-open", lane: "file", path: "/log" },
    { call: "log-open", lane: "syslog" },
  ]);
  log({ level: "error", from: "vrrp", text: "(VI_1) {no} placeholder" });
  await closeLog(core);
  assert.equal(posts.length, 3);
  const line =
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} Keepalived_vrrp: \(VI_1\) {no} placeholder\n$/;
  for (const { lane, text } of posts) {
    if (lane !== "syslog") assert.match(text, line);
    else assert.match(text, /^<27>Keepalived_vrrp\[\d+\]: \(VI_1\) {no} placeholder$/);
  }
});

Deno.test("openLog() with less detail, hands over only what is grave enough", async () => {
  const { core, posts } = coreOf();
  const log = await openLog(core, { console: true, detail: 1 });
  for (const level of ["error", "warning", "notice", "info", "debug"] as const) {
    log({ level, from: "core", text: level });
  }
  await closeLog(core);
  assert.deepEqual(posts.map(({ text }) => text.trim().split(": ")[1]), [
    "error",
    "warning",
    "notice",
    "info",
  ]);
});

Deno.test("openLog() of a file that cannot be opened, throws what the core says", async () => {
  const { core } = coreOf(["file"]);
  await assert.rejects(openLog(core, { console: false, file: "/log", detail: 0 }), (error) => {
    return error instanceof LogError && error.message === "Cannot log: cannot open /log: denied";
  });
});

Deno.test("closeLog() of lanes nobody reads, does not wait for ever", async () => {
  const { core } = coreOf();
  await openLog(core, { console: true, detail: 0 });
  await closeLog({ ...core, call: () => new Promise(() => {}) });
});
