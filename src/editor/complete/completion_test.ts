import assert from "node:assert/strict";
import { completionsAt } from "./completion.ts";
import { MAIN, marked } from "../fixture.ts";

const SCRIPTS = "vrrp_script chk_a {\n}\nvrrp_script chk_b {\n}\nvrrp_instance VI_1 {\n}\n";

/** Labels offered at the mark. */
function labels(text: string, trigger?: string): readonly string[] {
  const { view, at } = marked(text);
  return completionsAt(view, at, trigger).map(({ label }) => label);
}

const OFFERED: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
  ["empty file", "|", ["vrrp_instance", "global_defs", "include"], ["state"]],
  ["instance", "vrrp_instance A {\n  |\n}", ["state", "priority", "use_vmac"], ["vrrp_instance"]],
  ["instance not closed", "vrrp_instance A {\n  pri|\nvrrp_instance B {\n}\n", ["priority"], [
    "vrrp_instance",
  ]],
  ["after a brace", "vrrp_instance A { |", ["state"], ["vrrp_instance"]],
  ["after }", "vrrp_instance A { } |", ["vrrp_instance"], ["state"]],
  ["checker", "virtual_server 192.0.2.1 80 {\nreal_server 192.0.2.2 80 {\nHTTP_GET {\n|", ["url"], [
    "path",
  ]],
  ["condition", "vrrp_instance A {\n  @node1 st|\n}", ["state"], []],
  ["comment", "vrrp_instance A {\n  state # |\n}", [], ["MASTER"]],
  ["unknown keyword", "vrrp_instance A {\n  nonsense |\n}", [], ["MASTER"]],
  ["second word of a choice", "vrrp_instance A {\n  state MASTER |\n}", [], ["BACKUP"]],
  ["scheduler", "virtual_server 192.0.2.1 80 {\nlb_algo w|\n}", ["rr", "wrr", "wlc"], []],
  ["alias of a scheduler", "virtual_server 192.0.2.1 80 {\nlvs_sched |\n}", ["rr"], []],
  ["toggle", "global_defs {\n vrrp_strict |\n}", ["on", "off"], []],
  ["option after a number", "vrrp_script s {\n weight 2 |\n}", ["reverse", "noreverse"], []],
  ["header", "virtual_server |", ["fwmark", "group"], []],
  ["interface", "vrrp_instance A {\n interface e|\n}", ["eth0", "eth1"], []],
  ["scripts", `${SCRIPTS}vrrp_instance A {\n track_script {\n  |\n }\n}`, ["chk_a", "chk_b"], [
    "VI_1",
  ]],
  ["options of a tracker", `${SCRIPTS}vrrp_instance A {\ntrack_script {\nchk_a |\n}\n}`, [
    "weight",
    "reverse",
  ], ["chk_b"]],
  ["members", `${SCRIPTS}vrrp_sync_group G {\n group { VI_1 | }\n}`, ["VI_1"], ["chk_a"]],
  ["interfaces", "vrrp_instance A {\n track_interface {\n |\n }\n}", ["eth0"], []],
  ["option of an address", "vrrp_instance A {\nvirtual_ipaddress {\n192.0.2.9 |\n}\n}", [
    "dev",
    "label",
  ], []],
  ["interface of an address", "vrrp_instance A {\nvirtual_ipaddress {\n192.0.2.9 dev |\n}\n}", [
    "eth0",
  ], ["label"]],
  ["scope of an address", "vrrp_instance A {\nvirtual_ipaddress {\n192.0.2.9 scope |\n}\n}", [
    "link",
    "host",
  ], ["label"]],
  ["group of addresses", "virtual_server_group web {\n}\nvirtual_server group |", ["web"], []],
  ["variable", "$VIP=192.0.2.1\nvrrp_instance A {\n priority $|\n}", ["VIP", "_ENV"], []],
  ["variable in braces", "$VIP=192.0.2.1\nstate ${V|", ["VIP"], []],
  ["lines of a definition", "$BLOCK=state BACKUP \\\n  pri| \\\n", [], ["priority"]],
];

for (const [name, text, offered, left] of OFFERED) {
  Deno.test(`completionsAt() ${name}, offers what may stand there`, () => {
    const found = labels(text);
    for (const label of offered) assert(found.includes(label), `${label} not in ${found}`);
    for (const label of left) assert(!found.includes(label), `${label} in ${found}`);
    if (offered.length === 0) assert.deepEqual(found, []);
  });
}

Deno.test("completionsAt() signs that ask by themselves, answers only where that helps", () => {
  assert.deepEqual(labels("vrrp_instance A {|", "{"), []);
  assert.deepEqual(labels("vrrp_instance A {\n |", " "), []);
  assert.deepEqual(labels("vrrp_instance A {\n  interface a/|", "/"), []);
  assert(labels("vrrp_instance A {\n state |", " ").includes("MASTER"));
  assert(labels("${|", "{").includes("_ENV"));
});

Deno.test("completionsAt() word half written, replaces all of it", () => {
  const { view, at } = marked("vrrp_instance A {\n  adv|ert_int 1\n}");
  const item = completionsAt(view, at).find(({ label }) => label === "advert_int");
  assert.deepEqual(item?.range, {
    start: { line: 1, character: 2 },
    end: { line: 1, character: 12 },
  });
  assert.equal(item?.snippet, undefined, "words follow already");
});

Deno.test("completionsAt() quoted word, replaces what is inside the quotes", () => {
  const { view, at } = marked(`${SCRIPTS}vrrp_instance A {\n track_script {\n  "chk|"\n }\n}`);
  const item = completionsAt(view, at).find(({ label }) => label === "chk_a");
  assert.deepEqual(item?.range, {
    start: { line: 8, character: 3 },
    end: { line: 8, character: 6 },
  });
});

Deno.test("completionsAt() deprecated word and one not acted on, come late", () => {
  const { view, at } = marked("vrrp_instance A {\n  |\n}");
  const items = new Map(completionsAt(view, at).map((item) => [item.label, item]));
  assert.deepEqual(
    ["priority", "vmac_garp_intvl"].map((label) => items.get(label)?.deprecated),
    [false, true],
  );
  assert.deepEqual(["priority", "vmac_garp_intvl"].map((label) => items.get(label)?.late), [
    false,
    true,
  ]);
});

Deno.test("completionsAt() include, offers files and folders of the directory", () => {
  const others = {
    "/etc/keepalived/conf.d/a.conf": "",
    "/etc/keepalived/conf.d/b.conf": "",
    "/etc/keepalived/.hidden": "",
  };
  const names = (text: string) => {
    const { view, at } = marked(text, others);
    return completionsAt(view, at).map(({ label, kind }) => [label, kind]);
  };
  assert.deepEqual(names("include |"), [["conf.d/", "folder"], ["keepalived.conf", "file"]]);
  assert.deepEqual(names("include conf.d/|"), [["a.conf", "file"], ["b.conf", "file"]]);
  assert.deepEqual(names("include /etc/keepalived/conf.d/a|"), [
    ["a.conf", "file"],
    ["b.conf", "file"],
  ]);
});

Deno.test("completionsAt() file included inside a block, offers what that block takes", () => {
  const part = "/etc/keepalived/part.conf";
  const main =
    "vrrp_script chk_a {\n}\nvrrp_instance A {\n  track_script {\n  }\n include part.conf\n}";
  const { view, at } = marked("pri|", { [MAIN]: main }, part);
  assert.equal(view.root, MAIN);
  const found = completionsAt(view, at).map(({ label }) => label);
  assert(found.includes("priority"));
  assert(!found.includes("vrrp_instance"));
});
