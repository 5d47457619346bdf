import assert from "node:assert/strict";
import { listenToSignals, type SignalRequest } from "./signals.ts";

Deno.test("listenToSignals() a signal before there is a handler, waits for it", async () => {
  using signals = listenToSignals({ ignoreSigint: false });
  // Listening for signals does not keep the event loop alive.
  const alive = setInterval(() => {}, 1_000);
  const { promise: come, resolve } = Promise.withResolvers<void>();
  const other = () => resolve();
  Deno.addSignalListener("SIGHUP", other);
  Deno.kill(Deno.pid, "SIGHUP");
  await come;
  Deno.removeSignalListener("SIGHUP", other);
  const requests: SignalRequest[] = [];
  signals.handle((request) => void requests.push(request));
  assert.deepEqual(requests, ["reload"]);
  clearInterval(alive);
});
