import assert from "node:assert/strict";
import { memoryFiles } from "../language/mod.ts";
import { readConfig } from "./config.ts";

const KEY = "0123456789abcdef0123456789abcdef";

function read(lines: readonly string[], more: readonly string[] = []) {
  const text = [
    "vrrp_instance V {",
    "interface eth0",
    "virtual_router_id 1",
    "virtual_ipaddress {",
    "10.0.0.1",
    "}",
    ...more,
    "auth_hmac {",
    ...lines,
    "}",
    "}",
    "",
  ].join("\n");
  const files = memoryFiles({
    "/etc/k.conf": text,
    "/etc/key": `${KEY}\n`,
    "/etc/hex": `hex:${"5a".repeat(32)}\n`,
  });
  const [config, findings] = readConfig("/etc/k.conf", files);
  const [instance] = config.vrrp.instances;
  const shown = findings.map(({ severity, message }) => `${severity}: ${message}`);
  return { found: instance?.authentication, shown };
}

Deno.test("readConfig() auth_hmac, has its keys from text, hexadecimal digits and files", () => {
  const { found, shown } = read([
    `key 1 ${KEY}`,
    `key 2 hex:${"5a".repeat(32)}`,
    "key 3 file:key",
    "key 4 file:/etc/hex",
    "active_key 2",
    "mode permissive",
  ]);
  assert.deepEqual(shown, []);
  assert.ok(found?.kind === "hmac");
  const { keys, ...rest } = found;
  assert.deepEqual(rest, { kind: "hmac", activeKey: 2, window: 5, mode: "permissive" });
  const [text, hex, file, hexFile] = keys;
  assert.deepEqual(keys.map(({ id }) => id), [1, 2, 3, 4]);
  assert.ok(file && text?.key.equals(file.key));
  assert.ok(hexFile && hex?.key.equals(hexFile.key));
});

Deno.test("readConfig() auth_hmac, takes three intervals where they are more than 5 s, and no time by number alone", () => {
  const windowOf = (lines: readonly string[], more: readonly string[] = []) => {
    const { found } = read([`key 1 ${KEY}`, "active_key 1", ...lines], more);
    return found?.kind === "hmac" ? found.window : "none";
  };
  assert.equal(windowOf([], ["advert_int 3"]), 9);
  assert.equal(windowOf(["time_window 20"]), 20);
  assert.equal(windowOf(["anti_replay monotonic"]), undefined);
});

for (
  const [name, lines, message] of [
    ["without active_key", [`key 1 ${KEY}`], "Cannot sign the adverts of V: it has no active_key"],
    [
      "with an active_key that is no key",
      [`key 1 ${KEY}`, "active_key 2"],
      "Cannot sign the adverts of V: it has no key 2",
    ],
    [
      "with a short key",
      ["key 1 hidden", "active_key 1"],
      "Cannot use a key of auth_hmac in V: it has 6 bytes, must have 32 to 64",
    ],
    [
      "with a key in no file",
      ["key 1 file:/none", "active_key 1"],
      "Cannot use a key of auth_hmac in V: /none does not exist",
    ],
  ] as const
) {
  Deno.test(`readConfig() auth_hmac ${name}, is an error that shows no key`, () => {
    const { found, shown } = read(lines);
    assert.equal(found, undefined);
    assert.ok(shown.includes(`error: ${message}`), shown.join("\n"));
    assert.ok(!shown.join("\n").includes("hidden"));
  });
}
