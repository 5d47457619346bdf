import assert from "node:assert/strict";
import fc from "fast-check";
import { renderFinding, renderJson, renderSarif } from "../../language/mod.ts";
import { lintText } from "./fixtures.ts";

const SECRET = "s3cr3tpw";

/** Lines of configurations, in an order that makes sense and others. */
const LINES = [
  "global_defs {",
  "vrrp_strict",
  "vrrp_script chk {",
  'script "/x y"',
  "weight -2",
  "fall 10",
  "vrrp_sync_group G {",
  "group {",
  "VI_1",
  "vrrp_instance VI_1 {",
  "vrrp_instance VI_2 {",
  "state MASTER",
  "interface eth0",
  "virtual_router_id 51",
  "priority 255",
  "priority 200",
  "nopreempt",
  "authentication {",
  "auth_type PASS",
  `auth_pass ${SECRET}`,
  `auth_pass ${SECRET} more ${SECRET}`,
  `auth_pas ${SECRET}`,
  `auth_type PASS ${SECRET}`,
  "virtual_ipaddress {",
  "10.0.0.1/24",
  "2001:db8::1",
  "unicast_src_ip 10.0.0.2",
  "unicast_peer {",
  "10.0.0.2",
  "track_script {",
  "chk weight 3",
  "chk",
  "virtual_server 10.0.0.9 80 {",
  "virtual_server group web {",
  "lb_kind DR",
  "quorum 9",
  "real_server 10.1.0.1 80 {",
  "TCP_CHECK {",
  "MISC_CHECK {",
  'misc_path "/z"',
  "# holdfast: off no-checker x",
  "}",
  "}",
  "}",
  "{",
  '"',
];

const TEXT = fc.array(fc.constantFrom(...LINES), { maxLength: 60 }).map((lines) =>
  lines.join("\n")
);

Deno.test("lint() of any lines, against any other file, gives findings inside the text and never throws", () => {
  fc.assert(
    fc.property(TEXT, TEXT, (text, peer) => {
      const lines = text.split("\n");
      for (const found of lintText(text, { peer, addresses: [], scripts: new Map() })) {
        assert.ok(found.line >= 1 && found.line <= lines.length, JSON.stringify(found));
        assert.ok(found.column >= 1 && found.length >= 1, JSON.stringify(found));
        assert.doesNotMatch(found.message, /undefined|NaN|\[object/);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("no format shows a secret, whatever stands around it", () => {
  fc.assert(
    fc.property(TEXT, TEXT, (text, peer) => {
      const findings = lintText(text, { peer });
      const lines = () => text.split("\n");
      const shown = [
        ...findings.map((found) => renderFinding(found, { lines, colour: false })),
        renderJson(findings),
        renderSarif(findings, { version: "1" }),
      ].join("");
      assert.ok(!shown.includes(SECRET), shown);
    }),
    { numRuns: 1000 },
  );
});
