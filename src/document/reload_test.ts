import assert from "node:assert/strict";
import { memoryFiles } from "../language/mod.ts";
import { type BoundConfig, readBound } from "./config.ts";
import { instanceText } from "./lint/fixtures.ts";
import { reloadRefusal } from "./reload.ts";

const SERVER = `virtual_server 10.0.0.1 80 {
  protocol TCP
  real_server 10.1.0.1 80 {
    weight 1
  }
  real_server 10.1.0.2 80 {
    weight 1
  }
}
`;

/** What runs. */
const RUNNING = `global_defs {
  router_id lvs1
}
${instanceText(["virtual_ipaddress_excluded {", "  10.0.0.5", "}"])}${
  instanceText([], "VI_2").replace("51", "52").replace("10.0.0.1", "10.0.0.2")
}${SERVER}`;

function bound(text: string, others: Readonly<Record<string, string>> = {}): BoundConfig {
  return readBound("/k.conf", memoryFiles({ ...others, "/k.conf": text }));
}

/** Why a text may not take the place of what runs. */
function refusal(text: string, others?: Readonly<Record<string, string>>): string | undefined {
  const found = reloadRefusal(bound(RUNNING).config, bound(text, others));
  return found && `${found.why}${found.isUnfinished ? " (unfinished)" : ""}`;
}

/** A change of what runs, and why it is refused. */
const CASES: readonly (readonly [string, string, string | undefined])[] = [
  ["an empty file", "", "the file configures nothing, and something runs (unfinished)"],
  [
    "blanks and comments",
    "# nothing\n\n",
    "the file configures nothing, and something runs (unfinished)",
  ],
  [
    "a text of another kind",
    "Dear all,\nplease find\n",
    "the file configures nothing, and something runs (unfinished)",
  ],
  [
    "a file cut off inside a block",
    RUNNING.slice(0, RUNNING.indexOf("  protocol TCP")),
    'a block without its "}" in /k.conf:21 (unfinished)',
  ],
  [
    "a file cut off in the keyword of a block",
    RUNNING.slice(0, RUNNING.indexOf("ance VI_2")),
    "nothing is known of the last line, /k.conf:14 (unfinished)",
  ],
  ["an unknown word at the end, which loses nothing", `${RUNNING}vrrp_inst\n`, undefined],
  ["the same", RUNNING, undefined],
  ["everything taken out but what is global", "global_defs {\n  router_id lvs1\n}\n", undefined],
  ["an instance taken out", RUNNING.replace(/vrrp_instance VI_2[^]*?\n\}\n/, ""), undefined],
  ["an address taken out", RUNNING.replace("    10.0.0.2/24\n", "    10.0.0.3/24\n"), undefined],
  ["a server taken out", RUNNING.replace(/ {2}real_server 10.1.0.1[^]*? {2}\}\n/, ""), undefined],
  ["a brace too many, which loses nothing", `${RUNNING}}\n`, undefined],
  [
    "a misspelt keyword that loses nothing",
    RUNNING.replace("router_id lvs1", "routerid lvs1"),
    undefined,
  ],
  [
    "a misspelt block",
    RUNNING.replace("vrrp_instance VI_2", "vrrp_instanc VI_2"),
    "by its errors it lacks what runs: vrrp_instance VI_2",
  ],
  [
    "the line that opens a block lost",
    RUNNING.replace("vrrp_instance VI_2 {\n", ""),
    "by its errors it lacks what runs: vrrp_instance VI_2",
  ],
  [
    "a keyword that the instance cannot do without misspelt",
    RUNNING.replace("virtual_router_id 52", "virtual_routr_id 52"),
    "by its errors it lacks what runs: vrrp_instance VI_2",
  ],
  [
    "a value that cannot be",
    RUNNING.replace("virtual_router_id 52", "virtual_router_id 520"),
    "by its errors it lacks what runs: vrrp_instance VI_2",
  ],
  [
    "an address that cannot be",
    RUNNING.replace("10.0.0.2/24", "10.0.0.222222/24"),
    "by its errors it lacks what runs: 10.0.0.2 of VI_2",
  ],
  [
    "an address among others that cannot be",
    RUNNING.replace("    10.0.0.5\n", "    10.0.0.500\n    10.0.0.6\n"),
    "by its errors it lacks what runs: 10.0.0.5 of VI_1",
  ],
  [
    "an error in one instance, and an address of another taken out",
    RUNNING.replace("10.0.0.5", "10.0.0.500").replace("10.0.0.2/24", "10.0.0.3/24"),
    "by its errors it lacks what runs: 10.0.0.5 of VI_1",
  ],
  [
    "a real server that cannot be",
    RUNNING.replace("real_server 10.1.0.2 80", "real_server 10.1.0.2:80"),
    "by its errors it lacks what runs: real_server 10.1.0.2 80 of 10.0.0.1 80 tcp",
  ],
  [
    "a misspelt virtual server",
    RUNNING.replace("virtual_server 10", "virtual_sever 10"),
    "by its errors it lacks what runs: virtual_server 10.0.0.1 80 tcp",
  ],
  [
    "several things lost",
    RUNNING.replaceAll(/^(v\w+_)\w(\w+)/gm, "$1$2"),
    "by its errors it lacks what runs: vrrp_instance VI_1, vrrp_instance VI_2, virtual_server 10.0.0.1 80 tcp",
  ],
];

for (const [name, text, found] of CASES) {
  Deno.test(`reloadRefusal() of ${name}, ${found === undefined ? "takes it" : "keeps what runs"}`, () => {
    assert.equal(refusal(text), found);
  });
}

const HOST = {
  interfaces: new Set(["eth0"]),
  hasProgram: () => true,
  programFault: () => undefined,
  hasAccount: () => true,
};
const GROUP = "vrrp_sync_group G {\n  group {\n    VI_1\n    VI_2\n    VI_3\n  }\n}\n";
const NEW = instanceText([], "VI_3").replace("51", "53").replace("10.0.0.1", "10.0.0.3");

/** A change of what runs on a host that has eth0 only, and why it is refused. */
const MISSING: readonly (readonly [string, string, string | undefined])[] = [
  [
    "an instance put on an interface that does not exist",
    RUNNING.replace("eth0", "eth7"),
    "what runs would stop for want of an interface: eth7 of VI_1",
  ],
  [
    "an instance that is to follow one",
    RUNNING.replace("  interface eth0", "  interface eth0\n  track_interface {\n    eth7\n  }"),
    "what runs would stop for want of an interface: eth7 of VI_1",
  ],
  [
    "a new member of a group on one",
    RUNNING + NEW.replace("eth0", "eth7") + GROUP,
    "what runs would stop for want of an interface: eth7 of VI_3",
  ],
  ["a new instance on one", RUNNING + NEW.replace("eth0", "eth7"), undefined],
  [
    "dynamic_interfaces with one",
    RUNNING.replace("eth0", "eth7").replace("router_id lvs1", "dynamic_interfaces"),
    undefined,
  ],
];

for (const [name, text, found] of MISSING) {
  Deno.test(`reloadRefusal() of ${name}, ${found === undefined ? "takes it" : "keeps what runs"}`, () => {
    const next = readBound("/k.conf", memoryFiles({ "/k.conf": text }), { host: HOST });
    assert.equal(reloadRefusal(bound(RUNNING).config, next)?.why, found);
  });
}

Deno.test("reloadRefusal() of an interface that went away while it ran, takes it", () => {
  const text = RUNNING.replace("eth0", "eth7");
  const next = readBound("/k.conf", memoryFiles({ "/k.conf": text }), { host: HOST });
  assert.equal(reloadRefusal(bound(text).config, next), undefined);
});

Deno.test("reloadRefusal() of an include that is gone, keeps what it held", () => {
  const rest = RUNNING.slice(RUNNING.indexOf("vrrp_instance VI_2"));
  const text = "global_defs {\n}\ninclude /conf.d/first.conf\n" + rest;
  const lost = "by its errors it lacks what runs: vrrp_instance VI_1";
  assert.equal(refusal(text), lost);
  const first = RUNNING.slice(
    RUNNING.indexOf("vrrp_instance VI_1"),
    RUNNING.indexOf("vrrp_instance VI_2"),
  );
  assert.equal(refusal(text, { "/conf.d/first.conf": first }), undefined);
  // A pattern that matches nothing is how one takes out the last file of a folder.
  const pattern = text.replace("first.conf", "*.conf");
  assert.equal(refusal(pattern, { "/conf.d/first.conf": first }), undefined);
  assert.equal(refusal(pattern, { "/conf.d/other": "" }), undefined);
  assert.equal(refusal(pattern), lost, "the folder is gone");
});

Deno.test("reloadRefusal() of a file that is gone, keeps what runs; while nothing runs, takes anything", () => {
  const gone = readBound("/other.conf", memoryFiles({ "/k.conf": RUNNING }));
  assert.deepEqual(reloadRefusal(bound(RUNNING).config, gone), {
    why: "cannot read /other.conf: it is not there",
    isUnfinished: true,
  });
  assert.equal(reloadRefusal(bound("").config, bound("")), undefined);
  assert.equal(reloadRefusal(bound("").config, bound("vrrp_instance A {\n")), undefined);
});
