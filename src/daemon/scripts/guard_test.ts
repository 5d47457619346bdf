/** Against the real core, built with `cargo build --release`. */

import assert from "node:assert/strict";
import { coreTest } from "../../../tests/data/core.ts";
import { parseAccounts } from "./accounts.ts";
import { insecurity, sentence, shellPrograms } from "./guard.ts";

const ROOT = { root: true } as const;

const accounts = parseAccounts("root:x:0:0::/:/bin/sh\nweb:x:33:33::/:/bin/false", "");

for (
  const [line, programs] of [
    ["killall -0 haproxy", ["killall"]],
    ["/opt/a.sh x | grep -q ok && /opt/b.sh; c", ["/opt/a.sh", "grep", "/opt/b.sh", "c"]],
    ["</dev/tcp/127.0.0.1/80", []],
    ["A=1 B=2 /opt/a.sh >/tmp/out 2>&1", ["/opt/a.sh"]],
    ['if ! "/opt/a.sh"; then exec /opt/b.sh; fi', ["/opt/a.sh", "/opt/b.sh"]],
    ["echo $(/opt/a.sh)", ["echo", "/opt/a.sh"]],
  ] as const
) {
  Deno.test(`shellPrograms() ${line}, are ${programs.join(", ") || "none"}`, () => {
    assert.deepEqual(shellPrograms({ argv: ["/bin/sh", "-c", line] }), programs);
  });
}

Deno.test("shellPrograms() of a program with arguments, are none", () => {
  assert.deepEqual(shellPrograms({ argv: ["/opt/a.sh", "-c", "/opt/b.sh"] }), []);
  assert.deepEqual(shellPrograms({ argv: ["/bin/sh", "/opt/a.sh"] }), []);
});

Deno.test("sentence() of a reason of the core, begins as one and has no number twice", () => {
  assert.equal(
    sentence("cannot run /x: No such file or directory (os error 2)"),
    "Cannot run /x: No such file or directory",
  );
});

coreTest("insecurity() programs of root in folders of root, are none", ROOT, async (core) => {
  const context = { core, accounts, scriptUser: { user: "root" } };
  assert.equal(await insecurity({ argv: ["/bin/sh"] }, context), undefined);
  assert.equal(await insecurity({ argv: ["sh"] }, context), undefined);
  const builtin = { argv: ["/bin/sh", "-c", "no-such-builtin; true"] };
  assert.equal(await insecurity(builtin, context), undefined);
});

coreTest(
  "insecurity() a script others can change, is named, also in a line for a shell",
  ROOT,
  async (core) => {
    const context = { core, accounts, scriptUser: { user: "root" } };
    const path = await Deno.makeTempFile();
    await Deno.chmod(path, 0o777);
    const words = `Cannot run ${path} as root: ${path} can be changed by others than root`;
    assert.equal(await insecurity({ argv: [path] }, context), words);
    assert.equal(await insecurity({ argv: ["/bin/sh", "-c", `true; ${path}`] }, context), words);
    assert.equal(await insecurity({ argv: [path], user: "web" }, context), undefined);
    await Deno.remove(path);
    assert.match(
      await insecurity({ argv: ["/nonexistent/x"] }, context) ?? "",
      /^Cannot run .*No such/,
    );
  },
);

coreTest("insecurity() an account that does not exist, is one", ROOT, async (core) => {
  const reason = await insecurity({ argv: ["/bin/sh"], user: "nobody2" }, { core, accounts });
  assert.match(reason ?? "", /no such account/);
});
