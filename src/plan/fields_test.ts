import assert from "node:assert/strict";
import fc from "fast-check";
import { SECOND, Secret } from "../net/mod.ts";
import { instanceConfig } from "../vrrp/fixtures.ts";
import { differences } from "./fields.ts";

const key = (text: string) => new Secret(new TextEncoder().encode(text));

Deno.test("differences() times, lists and blocks inside, by the words of the file", () => {
  const before = instanceConfig();
  const after = instanceConfig({
    advertInt: 0.5 * SECOND,
    wantState: "master",
    virtualAddresses: [{ address: "10.0.0.1", prefixLength: 24, dev: "eth1" }],
    notify: { notifyMaster: { argv: ["/bin/m", "x"] } },
    garp: { ...before.garp, masterDelay: 2 * SECOND },
  });
  assert.deepEqual(differences(before, after), [
    { field: "advert_int", from: "1 s", to: "0.5 s" },
    { field: "state", from: "backup", to: "master" },
    { field: "virtual_ipaddress 172.16.1.99/32", from: "there" },
    { field: "virtual_ipaddress 10.0.0.1/24", to: "dev eth1" },
    { field: "garp.master_delay", from: "5 s", to: "2 s" },
    { field: "notify.notify_master", to: "/bin/m x" },
  ]);
});

Deno.test("differences() secrets, are told to differ and never shown", () => {
  const of = (text: string) => instanceConfig({ authentication: { kind: "pass", key: key(text) } });
  const found = differences(of("sesame"), of("opensesame"));
  assert.deepEqual(found, [{ field: "authentication.key", from: "…", to: "…" }]);
  assert.deepEqual(differences(of("sesame"), of("sesame")), []);
});

Deno.test("differences() lists in another order, is told", () => {
  const [a, b] = [{ name: "a" }, { name: "b" }];
  assert.deepEqual(differences({ list: [a, b] }, { list: [b, a] }), [
    { field: "list", from: "a, b", to: "b, a" },
  ]);
});

Deno.test("differences() any two values, nothing exactly for equal ones, and bounded text", () => {
  fc.assert(fc.property(fc.object(), fc.object(), (a, b) => {
    assert.deepEqual(differences(a, structuredClone(a)), []);
    for (const { from = "", to = "" } of differences(a, b)) {
      assert.ok(from.length <= 201 && to.length <= 201);
    }
  }));
});
