import assert from "node:assert/strict";
import { runCheck } from "./check.ts";
import { DEFAULTS, type RunOptions } from "./line/options.ts";

/** Runs `-tLOG` on a text: exit code and what was written. */
async function check(
  text: string,
  more: Partial<RunOptions> = {},
): Promise<readonly [number, string]> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/x.conf`, text);
    await Deno.writeTextFile(`${folder}/log`, "before\n");
    const files = { file: `${folder}/x.conf`, configTest: `${folder}/log` };
    const code = runCheck({ ...DEFAULTS, ...files, ...more });
    const log = await Deno.readTextFile(`${folder}/log`);
    assert.ok(log.startsWith("before\n"), "-t appends");
    return [code, log.slice("before\n".length).replaceAll(`${folder}/`, "")];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Rule, text, exit code (cli.tsv), what is written. */
const CASES: readonly (readonly [string, string, number, string])[] = [
  ["clean", "global_defs {\nrouter_id a\n}\n", 0, ""],
  [
    "an unknown keyword",
    "global_defs {\n  routr_id a\n}\n",
    5,
    'x.conf:2:3: error: Cannot use keyword "routr_id" in global_defs: unknown, did you mean router_id\n',
  ],
  [
    "known and not acted on, is accepted and visible",
    "global_defs {\n  enable_dbus\n}\n",
    0,
    "x.conf:2:3: info: Cannot act on enable_dbus yet: D-Bus comes with a later version\n",
  ],
  [
    "a missing word",
    "global_defs {\n  vrrp_version\n}\n",
    2,
    "x.conf:2:15: error: Cannot read vrrp_version: it needs 2 or 3\n",
  ],
  [
    "a checked include that fails",
    "includem nope.conf\n",
    6,
    "x.conf:1:10: error: Cannot include nope.conf: there is no such file\n",
  ],
  [
    "scripts without security",
    "vrrp_instance V {\ninterface lo\n}\n" + 'vrrp_script s {\nscript "/bin/sh"\n}\n',
    6,
    "x.conf:1:15: error: Cannot run vrrp_instance V: it has no virtual_router_id\n" +
    "x.conf:1:15: warning: Cannot find a virtual_ipaddress in vrrp_instance V, write no_virtual_ipaddress if none is meant\n" +
    "x.conf:2:11: error: Cannot run vrrp_instance V on lo: a loopback has no neighbours\n" +
    "x.conf:5:8: warning: Cannot vouch for scripts: enable_script_security is not set\n",
  ],
];

for (const [name, text, code, written] of CASES) {
  Deno.test(`runCheck() ${name}, exits with ${code}`, async () => {
    assert.deepEqual(await check(text), [code, written]);
  });
}

Deno.test("runCheck() a file that does not exist, exits with 0 as keepalived does and says so", async () => {
  const log = await Deno.makeTempFile();
  try {
    assert.equal(runCheck({ ...DEFAULTS, file: "/nope/nope.conf", configTest: log }), 0);
    assert.equal(
      await Deno.readTextFile(log),
      '/nope/nope.conf:1:1: error: Cannot read /nope/nope.conf: it is not there, "holdfast example" prints one to begin with\n',
    );
  } finally {
    await Deno.remove(log);
  }
});

Deno.test("runCheck() allConfig and configId (-e, -i), reach the reader", async () => {
  assert.equal((await check("include nope.conf\n"))[0], 0);
  assert.equal((await check("include nope.conf\n", { allConfig: true }))[0], 6);
  assert.equal((await check("@node7 foo\n"))[0], 0);
  assert.equal((await check("@node7 foo\n", { configId: "node7" }))[0], 5);
});
