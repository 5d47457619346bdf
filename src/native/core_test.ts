/** Against the real core, built with `cargo build --release`; needs no privileges. */

import assert from "node:assert/strict";
import { type Core, type CoreListener, openCore } from "./core.ts";
import { NativeError } from "./error.ts";
import { loadLibrary } from "./load.ts";
import { ABI_VERSION, type Call } from "../core/protocol.ts";
import type { Library } from "./symbols.ts";

/** Or why it cannot be loaded: then there is nothing to test. */
const library = tryLoad();

function tryLoad(): Library | string {
  try {
    return loadLibrary();
  } catch (error) {
    return error instanceof NativeError ? error.message : String(error);
  }
}

function withCore(name: string, body: (core: Core, library: Library) => Promise<void> | void) {
  if (typeof library === "string") {
    Deno.test.ignore(`${name} (skipped: ${library})`, () => {});
    return;
  }
  Deno.test(name, async () => {
    const core = openCore(library);
    try {
      await body(core, library);
    } finally {
      core[Symbol.dispose]();
      await core.closed;
    }
  });
}

withCore("core_abi_version() is that of the generated protocol", (_core, library) => {
  assert.equal(library.symbols.core_abi_version(), ABI_VERSION);
});

withCore("Core.call() with every harmless call is answered", async (core) => {
  const calls: readonly Call[] = [
    { call: "renew" },
    { call: "cease", order: 1, farewell: true, handover: false },
    { call: "unwatch", order: 1 },
    { call: "unlisten", ifindex: 77 },
    { call: "send", order: 1, ifindex: 77, packets: [] },
    { call: "counters" },
    { call: "follow", interfaces: ["lo"], addresses: [] },
  ];
  const results = await Promise.all(calls.map((call) => core.call(call)));
  assert.deepEqual(
    results.map((result) => result.result),
    ["done", "done", "done", "done", "failed", "counters", "followed"],
  );
});

withCore("Core.ask() answers in the order of the calls of one thread", async (core) => {
  const order: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  for (let n = 0; n < 100; n++) {
    core.ask({ call: "renew" }, () => {
      if (order.push(n) === 100) resolve();
    });
  }
  await promise;
  assert.deepEqual(order, Array.from({ length: 100 }, (_, n) => n));
});

withCore("Core.call() longer than the call buffer arrives", async (core) => {
  const path = "é".repeat(200_000);
  const lane = "paper" as "file";
  const result = await core.call({ call: "log-open", lane, path });
  const message = "malformed call: column 0";
  assert.deepEqual(result, { result: "failed", status: 3, errno: 0, message });
  const hex = "00".repeat(200_000);
  const [source, destinations] = ["10.0.0.1", ["10.0.0.2"]];
  const packets = [{ channel: "vrrp4", source, destinations, ttl: 255, hex }] as const;
  const refused = await core.call({ call: "send", order: 1, ifindex: 77, packets });
  assert.equal(
    refused.result === "failed" && refused.status,
    9,
    "read, and found to be no datagram",
  );
});

withCore("Core.tell() that is not obeyed is heard of by the listener", async (core) => {
  const { promise, resolve } = Promise.withResolvers<Parameters<CoreListener["failed"]>>();
  core.listen(listener({ failed: (...failure) => resolve(failure) }));
  core.tell({ call: "renew" });
  core.tell({ call: "send", order: 1, ifindex: 77, packets: [] });
  const [error] = await promise;
  assert.deepEqual([error.call, error.status, error.errno], ["send", 8, 0]);
  assert.equal(error.message, "no socket listens on interface 77");
});

withCore("Core, an answer that throws, delivers those after it", async (core) => {
  const thrown = new Error("thrown by a test");
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    resolve(event.error);
  };
  globalThis.addEventListener("error", onError, { once: true });
  core.ask({ call: "renew" }, () => {
    throw thrown;
  });
  assert.deepEqual(await core.call({ call: "renew" }), { result: "done" });
  assert.equal(await promise, thrown);
});

withCore("Core, calls from inside an answer, are answered too", async (core) => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const again = (left: number) =>
    core.ask({ call: "renew" }, () => left === 0 ? resolve(left) : again(left - 1));
  again(50);
  assert.equal(await promise, 0);
});

withCore(
  "Core, closed, has answered what was called before and refuses what comes after",
  async (core) => {
    const before = core.call({ call: "renew" });
    core[Symbol.dispose]();
    core[Symbol.dispose]();
    const after = await core.call({ call: "renew" });
    assert.deepEqual(await before, { result: "done" });
    assert.deepEqual(after, {
      result: "failed",
      status: 5,
      errno: 0,
      message: "Cannot hand renew to the core: it is closed",
    });
  },
);

withCore("Core, closed from inside an answer, ends once the doorbell is back", async (core) => {
  const { promise, resolve } = Promise.withResolvers<string>();
  core.ask({ call: "renew" }, () => core[Symbol.dispose]());
  core.ask({ call: "renew" }, ({ result }) => resolve(result));
  assert.equal(await promise, "done");
  await core.closed;
});

withCore("Core.now() is the clock of the records", async (core) => {
  const before = core.now();
  const { promise, resolve } = Promise.withResolvers<number>();
  core.ask({ call: "renew" }, (_result, at) => resolve(at));
  const at = await promise;
  assert.ok(before <= at && at <= core.now());
  assert.ok(Number.isInteger(at));
});

function listener(part: Partial<CoreListener>): CoreListener {
  const unexpected = (what: unknown) => assert.fail(`Unexpected: ${JSON.stringify(what)}`);
  return { event: unexpected, packet: unexpected, failed: unexpected, ...part };
}
