import assert from "node:assert/strict";
import { exitStatus, memoryFiles } from "../../language/mod.ts";
import { readConfig } from "../config.ts";

/** Lines that are told of, by rule, and the exit code. */
function read(text: string): readonly [readonly string[], number] {
  const [, diagnostics] = readConfig("/x.conf", memoryFiles({ "/x.conf": text }));
  const told = diagnostics.filter(({ severity }) => severity !== "info");
  return [told.map(({ line, code }) => `${line} ${code}`), exitStatus(diagnostics)];
}

const file = (line = "") => `track_file f { file /x\n${line}\n}\n`;
const session = (line = "") => `bfd_instance b { neighbor_ip 10.0.0.2\n${line}\n}\n`;
const process = "vrrp_track_process p { process sh\nweight 5\n}\n";
/** An instance in lines 4 to 12, what it tracks in 10 and 11. */
const instance = (track: string, name = "V") =>
  `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${name.charCodeAt(0)}\n` +
  `virtual_ipaddress {\n10.0.0.1\n}\n${track}\n}\n`;
const group = (line = "") => `${instance("", "W")}vrrp_sync_group G {\ngroup { V W }\n${line}\n}\n`;

/** Case, text, findings, exit code; Debian's keepalived 2.2.7 gave the same ones. */
const CASES: readonly (readonly [string, string, readonly string[], number])[] = [
  ["a file in no group", file() + instance("track_file {\nf\n}"), [], 0],
  ["a file, whose weight is 1", file() + instance("track_file {\nf\n}") + group(), [
    "11 conflict",
  ], 5],
  [
    "a file declared with weight 0",
    file("weight 0") + instance("track_file {\nf\n}") + group(),
    [],
    0,
  ],
  [
    "a file tracked with weight 0",
    file() + instance("track_file {\nf weight 0\n}") + group(),
    [],
    0,
  ],
  [
    "a file in a group that allows weights",
    file() + instance("track_file {\nf\n}") + group("sync_group_tracking_weight"),
    [],
    0,
  ],
  ["a file tracked by the group", file() + instance("") + group("track_file {\nf\n}"), [], 0],
  ["a session without weight", session() + instance("track_bfd {\nb\n}") + group(), [], 0],
  ["a session with weight", session("weight 5") + instance("track_bfd {\nb\n}") + group(), [
    "11 conflict",
  ], 5],
  ["a process with weight", process + instance("track_process {\np\n}") + group(), [], 0],
  ["a file twice", file() + instance("track_file {\nf\nf\n}"), ["12 duplicate-name"], 5],
  ["a process twice", process + instance("track_process {\np\np\n}"), ["12 duplicate-name"], 5],
  ["a session twice", session() + instance("track_bfd {\nb\nb\n}"), ["12 duplicate-name"], 5],
  [
    "a file twice by the group",
    file() + instance("") + group("track_file {\nf\nf\n}"),
    ["24 duplicate-name"],
    5,
  ],
];

for (const [name, text, found, exit] of CASES) {
  Deno.test(`checkTracked() ${name}, is told as keepalived does`, () => {
    assert.deepEqual(read(text), [found, exit]);
  });
}

Deno.test("checkTracked() of a misspelt weight 0, tells of the misspelling only", () => {
  const text = file("wieght 0") + instance("track_file {\nf\n}") + group();
  const [, diagnostics] = readConfig("/x.conf", memoryFiles({ "/x.conf": text }));
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity !== "info")
      .map(({ code, follows }) => [code, follows]),
    [["unknown-keyword", undefined], ["conflict", true]],
  );
});
