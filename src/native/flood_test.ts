/** A core that never runs dry: what JavaScript owes to others while it drains. */

import assert from "node:assert/strict";
import { openCore } from "./core.ts";
import type { Library } from "./symbols.ts";

/** Header of a record (`core-rs/src/record.rs`) and its kind. */
const [HEADER, EVENT] = [16, 3];

const BELL = { parameters: [], result: "void" } as const;
type Bell = Deno.PointerObject<typeof BELL>;

/** A library whose queue is full again after every drain, and its doorbell. */
function floodingLibrary(): { readonly library: Library; ring(): void } {
  const json = new TextEncoder().encode('{"event":"overrun"}');
  const size = HEADER + Math.ceil(json.length / 8) * 8;
  let bell: Bell | null = null;
  const symbols = {
    core_abi_version: () => 0,
    core_now: () => 0,
    core_open: (pointer: Bell) => {
      bell = pointer;
      return pointer;
    },
    core_call: () => 0,
    core_drain: (_core: Deno.PointerValue, out: Uint8Array) => {
      const view = new DataView(out.buffer);
      const count = Math.floor(out.length / size);
      for (let at = 0; at < count * size; at += size) {
        view.setUint32(at, json.length, true);
        view.setUint8(at + 4, EVENT);
        out.set(json, at + HEADER);
      }
      return count * size;
    },
    core_close: () => 0,
  };
  const ring = () => {
    if (bell === null) throw new Error("not open");
    new Deno.UnsafeFnPointer(bell, BELL).call();
  };
  return { library: { symbols, close: () => {} } as unknown as Library, ring };
}

Deno.test("Core, flooded faster than it delivers, lets timers have their turn and goes on", async () => {
  const { library, ring } = floodingLibrary();
  const core = openCore(library);
  let delivered = 0;
  const { promise: goneOn, resolve } = Promise.withResolvers<void>();
  let timerAt: number | undefined;
  core.listen({
    event: () => {
      delivered += 1;
      if (timerAt !== undefined && delivered > timerAt) resolve();
    },
    packet: () => {},
    failed: () => {},
  });
  setTimeout(() => timerAt = delivered, 0);
  ring();
  await goneOn;
  assert.ok(timerAt !== undefined && timerAt > 0, "the first turn delivered something");
  core[Symbol.dispose]();
  await core.closed;
  const atEnd = delivered;
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(delivered, atEnd, "nothing is delivered once closed");
});
