import assert from "node:assert/strict";
import { parseAccounts, runsAs } from "./accounts.ts";

const ACCOUNTS = parseAccounts(
  "root:x:0:0:root:/root:/bin/sh\nweb:x:33:34::/:/bin/false\nbroken\n",
  "root:x:0:\nadm:x:4:\n",
);

Deno.test("runsAs() nothing named, is the daemon's own", () => {
  assert.deepEqual(runsAs({}, undefined, ACCOUNTS), { kind: "daemon" });
});

Deno.test("runsAs() nothing named but keepalived_script exists, is that one", () => {
  const accounts = parseAccounts("keepalived_script:x:990:991::/:/bin/false", "");
  const account = { uid: 990, gid: 991 };
  assert.deepEqual(runsAs({}, undefined, accounts), { kind: "account", account });
});

Deno.test("runsAs() own account before script_user, own group before the account's", () => {
  const as = (uid: number, gid: number) => ({ kind: "account", account: { uid, gid } });
  assert.deepEqual(runsAs({ user: "web" }, { user: "root" }, ACCOUNTS), as(33, 34));
  assert.deepEqual(runsAs({}, { user: "web", group: "adm" }, ACCOUNTS), as(33, 4));
});

Deno.test("runsAs() an account or group that does not exist, is nobody and says whom", () => {
  const reasonOf = (named: { readonly user: string; readonly group?: string }) => {
    const runs = runsAs(named, undefined, ACCOUNTS);
    return runs.kind === "nobody" ? runs.reason : "";
  };
  assert.match(reasonOf({ user: "nobody2" }), /"nobody2": no such account/);
  assert.match(reasonOf({ user: "web", group: "x" }), /group "x": no such group/);
});
