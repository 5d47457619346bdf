import assert from "node:assert/strict";
import { definitionAt } from "./definition.ts";
import { MAIN, marked } from "../fixture.ts";

const FOLDER = "/etc/keepalived/conf.d";

/** `path:line:character` of every place the marked word leads to. */
function targets(
  text: string,
  others: Readonly<Record<string, string>> = {},
  path: string = MAIN,
): readonly string[] {
  const { view, at } = marked(text, others, path);
  return (definitionAt(view, at)?.locations ?? []).map(({ path, range: { start } }) =>
    `${path}:${start.line}:${start.character}`
  );
}

const NAMES: readonly (readonly [string, string, string])[] = [
  ["script", "vrrp_script X {\n}", "vrrp_instance A {\n track_script {\n  X| weight 2\n }\n}"],
  ["instance", "vrrp_instance X {\n}", "vrrp_sync_group G {\n group {\n  B X|\n }\n}"],
  ["file", "track_file X {\n}", "vrrp_instance A {\n track_file {\n  X|\n }\n}"],
  ["process", "vrrp_track_process X {\n}", "vrrp_instance A {\n track_process {\n  X|\n }\n}"],
  ["session", "bfd_instance X {\n}", "vrrp_instance A {\n track_bfd {\n  X|\n }\n}"],
  ["group of addresses", "virtual_server_group X {\n}", "virtual_server group X| {\n}"],
  [
    "local addresses",
    "local_address_group X {\n}",
    "virtual_server 192.0.2.1 1 {\n laddr_group_name |X\n}",
  ],
  [
    "tracked file of a checker",
    "track_file X {\n}",
    "virtual_server 192.0.2.1 1 {\nreal_server 192.0.2.2 1 {\nFILE_CHECK {\ntrack_file X|\n}\n}\n}",
  ],
  [
    "instance of the sync daemon",
    "vrrp_instance X {\n}",
    "global_defs {\n lvs_sync_daemon eth0 inst X|\n}",
  ],
  [
    "group of a static address",
    "track_group X {\n}",
    "static_ipaddress {\n 192.0.2.1 track_group X|\n}",
  ],
];

for (const [name, block, use] of NAMES) {
  Deno.test(`definitionAt() a name (${name}), leads to its block`, () =>
    assert.deepEqual(targets(`${use}\n${block}\n`), [
      `${MAIN}:${use.split("\n").length}:${block.indexOf("X")}`,
    ]));
}

Deno.test("definitionAt() name in an included file, leads there, and from there back", () => {
  const others = { [`${FOLDER}/a.conf`]: "\nvrrp_script chk {\n}\n" };
  const use = "include conf.d/*.conf\nvrrp_instance A {\n track_script {\n  ch|k\n }\n}\n";
  assert.deepEqual(targets(use, others), [`${FOLDER}/a.conf:1:12`]);
  assert.deepEqual(
    targets("vrrp_sync_group G {\n group {\n  A|\n }\n}\n", {
      [MAIN]: use.replace("|", ""),
    }, `${FOLDER}/a.conf`),
    [`${MAIN}:1:14`],
  );
});

Deno.test("definitionAt() instances made by a sequence, leads to where their name is written", () =>
  assert.deepEqual(
    targets(
      "$B=vrrp_instance VI_${i} { \\\n}\n~SEQ(i, 1, 3) $B\nvrrp_sync_group G {\n group {\n  VI_2|\n }\n}\n",
    ),
    [`${MAIN}:0:17`],
  ));

Deno.test("definitionAt() include with a pattern, leads to every file it reads", () => {
  const others = { [`${FOLDER}/a.conf`]: "", [`${FOLDER}/b.conf`]: "" };
  assert.deepEqual(targets("include conf|.d/*.conf\n", others), [
    `${FOLDER}/a.conf:0:0`,
    `${FOLDER}/b.conf:0:0`,
  ]);
});

Deno.test("definitionAt() variable, leads to the definition that counts", () => {
  assert.deepEqual(targets("$A=1\n$A=2\npriority $|A\n$A=3\n"), [`${MAIN}:1:1`]);
  assert.deepEqual(targets("~SEQ(i, 1, 2) priority ${|i}\n"), [`${MAIN}:0:5`]);
  assert.deepEqual(targets("~SEQ(|i, 1, 2) priority ${i}\n"), [`${MAIN}:0:5`]);
  assert.deepEqual(
    targets("include conf.d/a.conf\npriority ${A|}\n", { [`${FOLDER}/a.conf`]: "$A=1\n" }),
    [`${FOLDER}/a.conf:0:1`],
  );
});

Deno.test("definitionAt() name of nothing, keyword and comment, lead nowhere", () => {
  for (
    const text of [
      "vrrp_instance A {\n track_script {\n  none|\n }\n}",
      "vrrp_inst|ance A {\n}",
      "# in|clude a.conf",
      "priority $|B",
    ]
  ) assert.deepEqual(targets(text), [], text);
});
