import assert from "node:assert/strict";
import { rehearse } from "./rehearsal.ts";

Deno.test("rehearse() of the example for the executable, becomes master, sends adverts, checks servers", async () => {
  const example = new URL("../../scripts/one_file/example.conf", import.meta.url).pathname;
  const calls = await rehearse(example);
  for (
    const call of ["follow", "listen", "transmit", "address-apply", "announce", "probes"] as const
  ) {
    assert.ok(calls.has(call), `${call} among ${[...calls].join(" ")}`);
  }
});
