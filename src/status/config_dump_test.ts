import assert from "node:assert/strict";
import { configDump } from "./config_dump.ts";

Deno.test("configDump() nested fields and lists, are indented", () => {
  const dump = configDump({
    name: "VI_1",
    list: [1, 2],
    peers: [{ address: "10.0.0.1" }],
    none: [],
  });
  assert.deepEqual(dump, ["name = VI_1", "list = 1 2", "peers", "  address = 10.0.0.1"]);
});

Deno.test("configDump() a secret, is masked", () => {
  const dump = configDump({ authentication: { kind: "pass", key: Uint8Array.of(65, 66) } });
  assert.deepEqual(dump, ["authentication", "  kind = pass", "  key = ********"]);
});
