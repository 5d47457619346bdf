import assert from "node:assert/strict";
import { accountFor, parseAccounts } from "./accounts.ts";

const ACCOUNTS = parseAccounts(
  "root:x:0:0:root:/root:/bin/sh\nweb:x:33:34::/:/bin/false\nbroken\n",
  "root:x:0:\nadm:x:4:\n",
);

Deno.test("accountFor() nothing named, is the daemon's own", () => {
  assert.equal(accountFor({}, undefined, ACCOUNTS), undefined);
});

Deno.test("accountFor() nothing named but keepalived_script exists, is that one", () => {
  const accounts = parseAccounts("keepalived_script:x:990:991::/:/bin/false", "");
  assert.deepEqual(accountFor({}, undefined, accounts), { uid: 990, gid: 991 });
});

Deno.test("accountFor() own account before script_user, own group before the account's", () => {
  assert.deepEqual(accountFor({ user: "web" }, { user: "root" }, ACCOUNTS), { uid: 33, gid: 34 });
  assert.deepEqual(accountFor({}, { user: "web", group: "adm" }, ACCOUNTS), { uid: 33, gid: 4 });
});

Deno.test("accountFor() an account or group that does not exist, throws and names it", () => {
  assert.throws(() => accountFor({ user: "nobody2" }, undefined, ACCOUNTS), /"nobody2": no such/);
  assert.throws(() => accountFor({ user: "web", group: "x" }, undefined, ACCOUNTS), /group "x"/);
});
