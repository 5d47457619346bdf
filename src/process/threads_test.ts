import assert from "node:assert/strict";
import {
  bindTable,
  block,
  buildTree,
  lastValue,
  memoryFiles,
  preprocess,
} from "../language/mod.ts";
import { GLOBAL_DEFS } from "../global/keywords.ts";
import type { ProcessConfig } from "./config.ts";
import { readProcess } from "./read.ts";
import { raisedPriority, settingChanges, wantedSettings } from "./threads.ts";

const TABLE = { global_defs: block(GLOBAL_DEFS, { text: "Settings" }) };

function processOf(lines: string): ProcessConfig {
  const files = memoryFiles({ "/k.conf": `global_defs {\n${lines}\n}\n` });
  const report = () => {};
  const tree = buildTree(
    preprocess(files, { path: "/k.conf", allConfig: false, report }),
    TABLE,
    report,
  );
  return readProcess({}, lastValue(bindTable(tree, TABLE, { report }).global_defs)?.body ?? {});
}

function textOf(lines: string, runs = { vrrp: true, check: true }): readonly string[] {
  return wantedSettings(processOf(lines), runs).map(({ keyword, setting }) =>
    `${keyword}: ${Object.values(setting).join(" ")}`
  );
}

const WANTED: readonly (readonly [string, string, readonly string[]])[] = [
  ["nothing", "", []],
  ["process_names", "process_names", [
    "vrrp_process_name: name vrrp keepalived_vrrp",
    "checker_process_name: name checker keepalived_lvs",
  ]],
  ["a name that all inherit", "process_name edge\nchecker_process_name probes", [
    "process_name: name loop edge",
    "vrrp_process_name: name vrrp edge",
    "checker_process_name: name checker probes",
  ]],
  ["vrrp_priority", "vrrp_priority -5", [
    "vrrp_priority: nice vrrp -5",
    "vrrp_priority: nice loop -5",
  ]],
  ["checker_priority, which leaves the loop to VRRP", "checker_priority 5", [
    "checker_priority: nice checker 5",
  ]],
  ["vrrp_rt_priority, with keepalived's limit", "vrrp_rt_priority 50", [
    "rlimit_rttime: real-time-limit 10000",
    "vrrp_rt_priority: real-time vrrp 50",
    "vrrp_rt_priority: real-time loop 50",
  ]],
  ["checker_rlimit_rttime without a real-time priority", "checker_rlimit_rttime 500", []],
  ["vrrp_cpu_affinity, of the helpers as well", "vrrp_cpu_affinity 0 2", [
    "vrrp_cpu_affinity: processors vrrp 0,2",
    "vrrp_cpu_affinity: processors loop 0,2",
    "vrrp_cpu_affinity: processors helper 0,2",
  ]],
  ["checker_no_swap", "checker_no_swap", ["checker_no_swap: lock-memory true"]],
];

for (const [name, lines, expected] of WANTED) {
  Deno.test(`wantedSettings() of ${name}`, () => assert.deepEqual(textOf(lines), expected));
}

Deno.test("wantedSettings() without virtual routers, runs the loop as the checkers", () => {
  assert.deepEqual(textOf("vrrp_priority -5\nchecker_priority 5", { vrrp: false, check: true }), [
    "vrrp_priority: nice vrrp -5",
    "checker_priority: nice checker 5",
    "checker_priority: nice loop 5",
  ]);
});

Deno.test("settingChanges() undoes what is not wanted any more, and does what is new or other", () => {
  const runs = { vrrp: true, check: false };
  const before = wantedSettings(processOf("vrrp_priority -5\nvrrp_no_swap\nprocess_name a"), runs);
  const after = wantedSettings(processOf("vrrp_priority -6\nprocess_name a"), runs);
  assert.deepEqual(settingChanges(before, before), []);
  assert.deepEqual(settingChanges(before, after).map(({ setting }) => setting), [
    { setting: "lock-memory", on: false },
    { setting: "nice", role: "vrrp", nice: -6 },
    { setting: "nice", role: "loop", nice: -6 },
  ]);
  assert.deepEqual(settingChanges(after, []).map(({ setting }) => setting), [
    { setting: "name", role: "loop" },
    { setting: "name", role: "vrrp" },
    { setting: "name", role: "checker" },
    { setting: "nice", role: "vrrp" },
    { setting: "nice", role: "loop" },
  ]);
});

Deno.test("raisedPriority() by lateness, goes up by one as far as is allowed", () => {
  const config = processOf("max_auto_priority 3\nmin_auto_priority_delay 500000");
  const after = (late: number, raised?: number) => raisedPriority(config, { late, raised });
  assert.equal(after(499_999), undefined);
  assert.equal(after(500_000), 1);
  assert.equal(after(500_000, 2), 3);
  assert.equal(after(500_000, 3), undefined);
  assert.equal(raisedPriority(processOf(""), { late: 9e6, raised: undefined }), undefined);
  const real = processOf("max_auto_priority\nvrrp_rt_priority 10");
  assert.equal(raisedPriority(real, { late: 1e6, raised: undefined }), 11);
});
