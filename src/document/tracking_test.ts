/** What instances and groups follow, and groups with members that do not run: findings and exit codes of keepalived. */

import assert from "node:assert/strict";
import { exitStatus, memoryFiles, renderDiagnostic } from "../language/mod.ts";
import { type Config, readConfig } from "./config.ts";

/** A file, and what `-t` makes of it. */
function read(text: string): {
  readonly vrrp: Config["vrrp"];
  /** Without those that only follow from others. */
  readonly shown: readonly string[];
  readonly exit: number;
  readonly messages: string;
} {
  const [config, diagnostics] = readConfig("/x.conf", memoryFiles({ "/x.conf": text }));
  const shown = diagnostics.filter(({ follows }) => follows !== true)
    .map(({ line, severity, code }) => `${line} ${severity} ${code}`);
  const messages = diagnostics.map(renderDiagnostic).join("\n");
  return { vrrp: config.vrrp, shown, exit: exitStatus(diagnostics), messages };
}

function instance(name: string, vrid: number, lines: readonly string[] = []): string {
  return [
    `vrrp_instance ${name} {`,
    "interface eth0",
    `virtual_router_id ${vrid}`,
    "virtual_ipaddress {",
    `10.0.0.${vrid}/24`,
    "}",
    ...lines,
    "}",
    "",
  ].join("\n");
}

function group(lines: readonly string[], members = "A B"): string {
  return ["vrrp_sync_group G {", `group { ${members} }`, ...lines, "}", ""].join("\n");
}

const SCRIPTS = "vrrp_script plain {\nscript /bin/true\n}\n" +
  "vrrp_script weighty {\nscript /bin/true\nweight 5\n}\n";
const list = (what: string, ...entries: readonly string[]) => [`${what} {`, ...entries, "}"];
const interfaces = (...entries: readonly string[]) => list("track_interface", ...entries);
const scripts = (...entries: readonly string[]) => list("track_script", ...entries);

/** What is left of trackers, as `name weight`. */
function trackers({ tracks }: Pick<Config["vrrp"]["groups"][number], "tracks">) {
  return tracks.map(({ tracker: { name }, weight, inherited }) =>
    inherited ? name : `${name} ${weight}`
  );
}

const ROWS: readonly {
  readonly name: string;
  readonly text: string;
  readonly shown: readonly string[];
  /** Of keepalived 2.2.7 and 2.4.3. */
  readonly exit: number;
  /** Trackers of the first instance, then of the group. */
  readonly follows: readonly string[];
}[] = [
  {
    name: "an owner and a weighted interface",
    text: instance("A", 51, ["priority 255", ...interfaces("eth1 weight 10", "eth2")]),
    shown: ["1 warning conflict"],
    exit: 5,
    follows: ["eth2"],
  },
  {
    name: "an owner and a weighted script",
    text: SCRIPTS + instance("A", 51, ["priority 255", ...scripts("weighty", "plain")]),
    shown: ["8 warning conflict"],
    exit: 5,
    follows: ["plain"],
  },
  {
    name: "an owner and a script whose weight is taken off",
    text: SCRIPTS + instance("A", 51, ["priority 255", ...scripts("weighty weight 0", "plain")]),
    shown: [],
    exit: 0,
    follows: ["weighty 0", "plain"],
  },
  {
    name: "a group with an owner and weights",
    text: SCRIPTS + instance("A", 51) + instance("B", 52, ["priority 255"]) +
      group([...interfaces("eth1 weight -10"), ...scripts("weighty")]),
    shown: ["1 warning unused", "26 warning conflict", "29 warning conflict"],
    exit: 5,
    follows: ["eth1 0", "weighty 0"],
  },
  {
    name: "a group without an owner and weights of its own",
    text: instance("A", 51) + instance("B", 52) + group(interfaces("eth1 weight -10")),
    shown: [],
    exit: 0,
    follows: ["eth1 -10"],
  },
  {
    name: "one interface in a group and its member",
    text: instance("A", 51, interfaces("eth1")) + instance("B", 52) + group(interfaces("eth1")),
    shown: ["21 warning duplicate-name"],
    exit: 5,
    follows: ["eth1", "eth1"],
  },
  {
    name: "a group that tracks its members' own interface",
    text: instance("A", 51) + instance("B", 52, ["dont_track_primary"]) +
      group(interfaces("eth0")),
    shown: ["19 warning duplicate-name"],
    exit: 5,
    follows: ["eth0"],
  },
  {
    name: "one script in a group and its member",
    text: SCRIPTS + instance("A", 51, scripts("plain")) + instance("B", 52) +
      group(scripts("plain")),
    shown: ["4 warning unused", "28 warning duplicate-name"],
    exit: 0,
    follows: ["plain", "plain"],
  },
];

for (const { name, text, shown, exit, follows } of ROWS) {
  Deno.test(`readConfig() ${name}, is told and left out as by keepalived`, () => {
    const result = read(text);
    assert.deepEqual(result.shown, shown, result.messages);
    assert.equal(result.exit, exit);
    const [first] = result.vrrp.instances;
    assert.ok(first !== undefined);
    assert.deepEqual([first, ...result.vrrp.groups].flatMap(trackers), follows);
  });
}

for (
  const { name, text, members, shown, exit } of [
    {
      name: "a member with an error of its own",
      text: instance("A", 51) + instance("B", 52).replace("virtual_router_id 52\n", "") +
        group([]),
      members: ["A"],
      shown: ["8 error incomplete"],
      exit: 5,
    },
  ]
) {
  Deno.test(`readConfig() a group with ${name}, has the others and says no more than that`, () => {
    const result = read(text);
    assert.deepEqual(result.vrrp.groups.flatMap((each) => each.members), members);
    assert.deepEqual(result.shown, shown, result.messages);
    assert.equal(result.exit, exit);
  });
}
