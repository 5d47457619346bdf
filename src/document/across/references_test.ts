import assert from "node:assert/strict";
import { exitStatus, memoryFiles } from "../../language/mod.ts";
import { readConfig } from "../config.ts";

/** Messages about names, and the exit code. */
function read(text: string, interfaces?: readonly string[]): readonly [readonly string[], number] {
  const [, diagnostics] = readConfig("/x.conf", memoryFiles({ "/x.conf": text }), {
    ...(interfaces && {
      host: {
        interfaces: new Set(interfaces),
        hasProgram: () => true,
        hasAccount: () => true,
        routeNames: () => (table: string, name: string) =>
          table === "rt_tables" && name === "main" ? 254 : undefined,
      },
    }),
  });
  const told = diagnostics.filter(({ code }) =>
    ["unknown-name", "interface-missing"].includes(code)
  );
  return [told.map(({ message }) => message), exitStatus(diagnostics)];
}

const instance = (lines: string) =>
  `vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1\n}\n${lines}\n}\n`;
const file = "track_file f {\nfile /x\n}\n";
const tracksFile = instance("track_file {\nf\n}");
const server = (check: string) =>
  `virtual_server 10.0.0.1 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\nreal_server 10.1.0.1 80 {\n${check}\n}\n}\n`;
const bfd = (lines = "") => `bfd_instance b {\nneighbor_ip 10.0.0.2\n${lines}\n}\n`;

/** Case, text, messages, exit code. */
const CASES: readonly (readonly [string, string, readonly string[], number])[] = [
  ["a file declared above", file + tracksFile, [], 0],
  ["a file declared below", tracksFile + file, [
    "Cannot use track_file f before its declaration in keepalived: move that above",
  ], 5],
  ["a file declared nowhere", tracksFile, ["Cannot find track_file f: it is not declared"], 5],
  [
    "the old name of a file",
    file.replace("track_file", "vrrp_track_file") + tracksFile,
    [],
    0,
  ],
  ["a session for checkers only", bfd("checker") + instance("track_bfd {\nb\n}"), [
    "Cannot find bfd_instance b: it is not declared",
  ], 5],
  ["a session for both", bfd() + instance("track_bfd {\nb\n}"), [], 0],
  [
    "a group of static addresses",
    "track_group g {\ngroup {\nV\n}\n}\nstatic_ipaddress {\n10.0.0.9 dev eth0 track_group g\n}\n",
    [],
    0,
  ],
  ["no group of static addresses", "static_ipaddress {\n10.0.0.9 dev eth0 track_group g\n}\n", [
    "Cannot find track_group g: it is not declared",
  ], 5],
  ["a group of static routes", "static_routes {\n10.0.0.0/8 dev eth0 track_group g\n}\n", [
    "Cannot find track_group g: it is not declared",
  ], 5],
  ["a checked file", server("FILE_CHECK {\ntrack_file f\n}"), [
    "Cannot find track_file f: it is not declared",
  ], 5],
  ["a checked session", bfd() + server("BFD_CHECK {\nname b\n}"), [], 0],
];

for (const [name, text, messages, exit] of CASES) {
  Deno.test(`checkReferences() ${name}, exits with ${exit}`, () => {
    assert.deepEqual(read(text), [messages, exit]);
  });
}

Deno.test("checkHostNames() interfaces and names of routes, are those of the machine", () => {
  const routes = instance(
    "virtual_routes {\n10.0.0.0/8 dev eth1 table main\n10.1.0.0/16 dev eth9 table isp\n}",
  );
  assert.deepEqual(read(routes, ["eth0", "eth1"])[0], [
    "Cannot find interface eth9 of this entry",
    "Cannot find the name isp in rt_tables",
  ]);
  assert.deepEqual(read("linkbeat_interfaces {\neth9\n}\n", ["eth0"]), [
    ["Cannot find interface eth9 of this entry"],
    4,
  ]);
});
