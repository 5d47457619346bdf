import assert from "node:assert/strict";
import { MAIN, marked } from "./fixture.ts";
import { hoverAt } from "./hover.ts";

const hover = (text: string, others: Readonly<Record<string, string>> = {}) => {
  const { view, at } = marked(text, others);
  return hoverAt(view, at);
};

Deno.test("hoverAt() keyword, tells shape, meaning and default", () => {
  const found = hover("vrrp_instance A {\n  virtual_router|_id 51\n  priority 100\n}");
  assert.equal(found?.title, "virtual_router_id <number 1 to 255>");
  assert.deepEqual(found?.range, {
    start: { line: 1, character: 2 },
    end: { line: 1, character: 19 },
  });
  const priority = hover("vrrp_instance A {\n  priority 1|00\n}");
  assert.match(priority?.facts.join(" ") ?? "", /Default: 100, or 255/);
});

Deno.test("hoverAt() alias, tells what it is another name of, and its own deprecation", () => {
  const found = hover("vrrp_instance A {\n  vmac_garp|_intvl 1\n}");
  assert.equal(found?.facts[0], "Another name of garp_extra_if.");
  assert(found?.facts.includes("Deprecated: write garp_extra_if."));
});

Deno.test("hoverAt() word keepalived does not know, tells the right one", () => {
  const found = hover("vrrp_instance A {\n  lvs_sync_daemon_int|eface eth0\n}");
  assert(found?.facts.includes("Write lvs_sync_daemon_interface."), String(found?.facts));
});

Deno.test("hoverAt() option of an entry, tells of the option", () => {
  const entry = (word: string) =>
    hover(`vrrp_instance A {\n  virtual_ipaddress {\n    ${word}\n  }\n}`)?.title;
  assert.equal(entry("192.0.2.1/24 d|ev eth0"), "dev <interface>");
  assert.match(entry("192.0.2.|1/24 dev eth0") ?? "", /^virtual_ipaddress \{ <address>/);
});

Deno.test("hoverAt() name of a script, tells where it stands", () => {
  const text = "vrrp_script chk {\n}\nvrrp_instance A {\n  track_script {\n    c|hk\n  }\n}";
  assert.deepEqual(hover(text)?.facts, [`Stands in ${MAIN}, line 1.`]);
  assert.deepEqual(hover(text.replace("chk", "other"))?.facts, ["No vrrp_script has this name."]);
});

Deno.test("hoverAt() variable, tells its value, but none that is secret", () => {
  assert.deepEqual(hover("$VIP=192.0.2.1\nstate $V|IP")?.facts, [
    `Defined in ${MAIN}, line 1: 192.0.2.1`,
  ]);
  const secret = "$X=hunter2\nvrrp_instance A {\n authentication {\n  auth_pass ${|X}\n }\n}";
  assert.deepEqual(hover(secret)?.facts, [`Defined in ${MAIN}, line 1.`]);
  assert.deepEqual(hover("$PASSWORD=hunter2\nstate $PASS|WORD")?.facts, [
    `Defined in ${MAIN}, line 1.`,
  ]);
  assert.match(hover("state ${_EN|V X}")?.facts[0] ?? "", /environment variable/);
  assert.deepEqual(hover("state $NO|BODY")?.facts, ["Not defined."]);
});

Deno.test("hoverAt() include, tells the files it reads", () => {
  const others = { "/etc/keepalived/conf.d/a.conf": "", "/etc/keepalived/conf.d/b.conf": "" };
  assert.deepEqual(hover("include conf.d/|*.conf", others)?.facts, [
    "Reads /etc/keepalived/conf.d/a.conf.",
    "Reads /etc/keepalived/conf.d/b.conf.",
  ]);
  assert.deepEqual(hover("include no|ne")?.facts, ["No file matches."]);
});

Deno.test("hoverAt() comment, blank and unknown word, says nothing", () => {
  for (const text of ["# vrrp_|instance", "vrrp_instance A {\n|\n}", "nonse|nse", "|"]) {
    assert.equal(hover(text), undefined, text);
  }
});
