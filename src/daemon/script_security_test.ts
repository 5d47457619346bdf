import assert from "node:assert/strict";
import { parseAccounts } from "./accounts.ts";
import { insecurity, locate } from "./script_security.ts";

const ACCOUNTS = parseAccounts("root:x:0:0::/:/bin/sh\nweb:x:33:33::/:/bin/false", "");
const AS_ROOT = { accounts: ACCOUNTS, scriptUser: { user: "root" } };

Deno.test("locate() a program on the path, gives its real path; an unknown one, nothing", async () => {
  assert.match(await locate("sh") ?? "", /^\/.*sh$/);
  assert.equal(await locate("no-such-program-here"), undefined);
});

Deno.test("insecurity() a program of root in folders of root, is none", async () => {
  assert.equal(await insecurity({ argv: ["/bin/sh"] }, AS_ROOT), undefined);
});

Deno.test("insecurity() a script others can change, is named", async () => {
  const path = await Deno.makeTempFile();
  await Deno.chmod(path, 0o777);
  assert.match(await insecurity({ argv: [path] }, AS_ROOT) ?? "", /can be changed by others/);
  assert.equal(await insecurity({ argv: [path], user: "web" }, AS_ROOT), undefined);
  await Deno.remove(path);
});

Deno.test("insecurity() an account that does not exist, is one", async () => {
  const reason = await insecurity({ argv: ["/bin/sh"], user: "nobody2" }, AS_ROOT);
  assert.match(reason ?? "", /no such account/);
});
