import assert from "node:assert/strict";
import { memoryFiles } from "../../language/mod.ts";
import { readConfig } from "../../document/config.ts";
import { instanceText } from "../../document/lint/fixtures.ts";
import { Secret } from "../../net/secret.ts";
import { putSecrets, secretsOf } from "./secrets_across.ts";

Deno.test("putSecrets() into the clone of a configuration, makes it the same", () => {
  const text = instanceText(["authentication {", "  auth_type PASS", "  auth_pass hunter2", "}"]);
  const [config] = readConfig("/k.conf", memoryFiles({ "/k.conf": text }));
  const copy = structuredClone(config);
  const secrets = structuredClone(secretsOf(config));
  assert.equal(secrets.length, 1);
  putSecrets(copy, secrets);
  assert.deepEqual(copy, config);
  const authentication = copy.vrrp.instances[0]?.authentication;
  const key = authentication?.kind === "pass" ? authentication.key : undefined;
  assert.ok(key instanceof Secret);
  assert.equal(new TextDecoder().decode(key.reveal().subarray(0, 7)), "hunter2");
});

Deno.test("putSecrets() at places that are not there, changes nothing", () => {
  const copy = { a: 1 };
  putSecrets(copy, [{ path: ["b", "c"], bytes: new Uint8Array(1) }, {
    path: [],
    bytes: new Uint8Array(1),
  }]);
  assert.deepEqual(copy, { a: 1 });
});
