import assert from "node:assert/strict";
import { memoryFiles } from "../../language/mod.ts";
import { readBound } from "../config.ts";
import { instanceText, lintLines, lintText } from "./fixtures.ts";
import { programsOf, type ScriptFact } from "./mod.ts";

const TEXT = [
  "global_defs {",
  "  script_user root",
  "}",
  "vrrp_script chk {",
  '  script "/etc/chk.sh --fast"',
  "}",
  instanceText(["track_script {", "  chk", "}", 'notify_master "killall -HUP x"']),
  "virtual_server 10.0.0.1 80 {",
  "  lb_algo rr",
  "  lb_kind NAT",
  "  protocol TCP",
  "  real_server 10.1.0.1 80 {",
  "    MISC_CHECK {",
  '      misc_path "/etc/misc.sh"',
  "      user nobody",
  "    }",
  "  }",
  "}",
].join("\n");

const FINE: ScriptFact = { kind: "found", path: "/etc/chk.sh", executable: true };

const RULES = ["script-not-found", "script-not-executable", "script-writable"] as const;

function facts(facts: Readonly<Record<string, ScriptFact>>): readonly string[] {
  return lintLines(TEXT, RULES, { scripts: new Map(Object.entries(facts)) });
}

Deno.test("programsOf() gives the first word of every command, blocks in blocks included", () => {
  const { root } = readBound("x.conf", memoryFiles({ "/x.conf": TEXT }));
  assert.deepEqual([...programsOf(root)].sort(), ["/etc/chk.sh", "/etc/misc.sh", "killall"]);
});

Deno.test("programsOf() of what the shell reads, gives the shell at most", () => {
  for (const command of ["</dev/tcp/127.0.0.1/80", "[ -f /x ]", "A=1 /bin/x", "test -f /x", "$X"]) {
    const text = instanceText([`notify "${command}"`]);
    const { root } = readBound("x.conf", memoryFiles({ "/x.conf": text }));
    assert.ok(programsOf(root).every((program) => program === "/bin/sh"), command);
  }
});

Deno.test("script rules: nothing known or all fine, say nothing", () => {
  assert.deepEqual(facts({}), []);
  assert.deepEqual(facts({ "/etc/chk.sh": FINE }), []);
});

Deno.test("script-not-found: a missing program, is found", () => {
  assert.deepEqual(facts({ "/etc/chk.sh": { kind: "missing" }, killall: { kind: "missing" } }), [
    "5:10 warning script-not-found: Cannot find /etc/chk.sh of script: the script is not tracked",
    "16:17 warning script-not-found: Cannot find killall of notify_master",
  ]);
});

Deno.test("script-not-executable: no execute bit, is found", () => {
  assert.deepEqual(facts({ "/etc/chk.sh": { ...FINE, executable: false } }), [
    "5:10 warning script-not-executable: Cannot run /etc/chk.sh of script: it is not executable",
  ]);
});

Deno.test("script-writable: others can change what root runs, is found; what others run is theirs", () => {
  const writable: ScriptFact = { ...FINE, writable: "/etc" };
  assert.deepEqual(facts({ "/etc/chk.sh": writable, "/etc/misc.sh": writable }), [
    "5:10 warning script-writable: Cannot trust /etc/chk.sh of script: others than root can change /etc",
  ]);
});

Deno.test("script-not-found where the language says so too, is said once with its severity", () => {
  const host = {
    interfaces: new Set(["eth0"]),
    hasProgram: () => false,
    hasAccount: () => true,
  };
  const scripts = new Map<string, ScriptFact>([["/etc/chk.sh", { kind: "missing" }]]);
  const found = lintText(TEXT, { host, scripts }).filter(({ line }) => line === 5);
  assert.deepEqual(found.map(({ code, severity, status }) => [code, severity, status]), [
    ["script-not-found", "error", "general"],
  ]);
});
