/** A new user's mistakes: each gives one clear finding and no cascade. */

import assert from "node:assert/strict";
import { exitStatus, memoryFiles } from "../../language/mod.ts";
import { readConfig } from "../config.ts";
import { allOfText, lintText } from "./fixtures.ts";
import { GOOD, GOOD_HOST } from "../../../tests/data/good_files.ts";

interface Mistake {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly found: string;
}

const MISTAKES: readonly Mistake[] = [
  {
    name: "missing closing brace of an inner block",
    from: "    auth_pass hunter2\n  }\n",
    to: "    auth_pass hunter2\n",
    found:
      '17:3 missing-close-brace Cannot find the "}" of authentication, which begins in line 14, before this',
  },
  {
    name: "missing closing brace of an instance",
    from: "    chk\n  }\n}\n",
    to: "    chk\n  }\n",
    found:
      '24:1 missing-close-brace Cannot find the "}" of vrrp_instance, which begins in line 8, before this',
  },
  {
    name: "missing closing brace at the end of the file",
    from: "    }\n  }\n}\n",
    to: "    }\n  }\n",
    found: '34:1 missing-close-brace Cannot find the "}" of virtual_server',
  },
  {
    name: "missing opening brace of a list",
    from: "  virtual_ipaddress {\n    10.0.0.1/24",
    to: "  virtual_ipaddress\n    10.0.0.1/24",
    found: '18:19 missing-open-brace Cannot find the "{" of virtual_ipaddress',
  },
  {
    name: "missing opening brace of an instance",
    from: "vrrp_instance VI_1 {",
    to: "vrrp_instance VI_1",
    found: '8:18 missing-open-brace Cannot find the "{" of vrrp_instance',
  },
  {
    name: "one closing brace too many",
    from: "    chk\n  }\n}\n",
    to: "    chk\n  }\n}\n}\n",
    found:
      '25:1 extra-close-brace Cannot match this "}": no block is open, or it closes one too early',
  },
  {
    name: "wrong unit: milliseconds",
    from: "advert_int 1",
    to: "advert_int 1000",
    found: "13:14 out-of-range Cannot set advert_int to 1000: must be 0.01 to 255 s",
  },
  {
    name: "wrong unit: a unit behind the number",
    from: "advert_int 1",
    to: "advert_int 1s",
    found: "13:14 not-a-number Cannot set advert_int to 1s: must be 0.01 to 255 s",
  },
  {
    name: "interface typing error",
    from: "interface eth0",
    to: "interface eht0",
    found: "10:13 interface-missing Cannot find interface eht0 of vrrp_instance VI_1",
  },
  {
    name: "duplicate VRID",
    from: "interface eth1\n  virtual_router_id 52",
    to: "interface eth0\n  virtual_router_id 51",
    found:
      "28:21 duplicate-vrid Cannot use virtual_router_id 51 for VI_2: VI_1 has it on eth0 already",
  },
  {
    name: "priority 300",
    from: "priority 100",
    to: "priority 300",
    found: "12:12 out-of-range Cannot set priority to 300: must be 1 to 255",
  },
  {
    name: "bad prefix length",
    from: "10.0.0.1/24",
    to: "10.0.0.1/33",
    found: "19:5 out-of-range",
  },
  {
    name: "bad address",
    from: "10.0.1.1/24",
    to: "10.0.1.256/24",
    found: "31:5 not-an-address",
  },
  {
    name: "prefix length behind a unicast peer",
    from: "  track_script {",
    to: "  unicast_peer {\n    10.0.0.12/24\n  }\n  track_script {",
    found:
      "22:5 not-an-address Cannot use a prefix length in unicast_peer: it takes an address alone",
  },
  {
    name: "misspelt keyword",
    from: "priority 100",
    to: "prioriti 100",
    found: '12:3 unknown-keyword Cannot use keyword "prioriti" in vrrp_instance: unknown',
  },
  {
    name: "misspelt block",
    from: "    TCP_CHECK {\n      connect_timeout 3\n    }\n  }\n  real",
    to: "    TCP_CHEK {\n      connect_timeout 3\n    }\n  }\n  real",
    found: '41:5 unknown-keyword Cannot use keyword "TCP_CHEK" in real_server: unknown',
  },
  {
    name: "misspelt keyword that the block cannot do without",
    from: "virtual_router_id 51",
    to: "virtual_router_di 51",
    found: '11:3 unknown-keyword Cannot use keyword "virtual_router_di" in vrrp_instance: unknown',
  },
  {
    name: "misspelt keyword that has a default",
    from: "lb_algo rr",
    to: "lb_alog rr",
    found: '36:3 unknown-keyword Cannot use keyword "lb_alog" in virtual_server: unknown',
  },
  {
    name: "misspelt list",
    from: "virtual_ipaddress {",
    to: "virtual_ipadress {",
    found: '18:3 unknown-keyword Cannot use keyword "virtual_ipadress" in vrrp_instance: unknown',
  },
  {
    name: "misspelt keyword of a block that others refer to",
    from: 'script "/bin/true"',
    to: 'scirpt "/bin/true"',
    found: '5:3 unknown-keyword Cannot use keyword "scirpt" in vrrp_script: unknown',
  },
  {
    name: "interface left out of an instance that tracks a script",
    from: "  interface eth0\n",
    to: "",
    found: "8:15 incomplete Cannot run vrrp_instance VI_1: it has no interface",
  },
  {
    name: "script left out of its block",
    from: '  script "/bin/true"\n',
    to: "",
    found: "4:1 incomplete Cannot use vrrp_script chk: it has no script",
  },
  {
    name: "line that opens an instance lost",
    from: "vrrp_instance VI_1 {\n",
    to: "",
    found: '8:3 unknown-keyword Cannot use keyword "state" at the top level: unknown',
  },
  {
    name: "line that opens an inner block commented out",
    from: "  authentication {",
    to: "  # authentication {",
    found: '15:5 unknown-keyword Cannot use keyword "auth_type" in vrrp_instance: unknown',
  },
  {
    name: "line that opens a virtual server lost",
    from: "virtual_server 10.0.0.1 80 {\n",
    to: "",
    found: '34:3 unknown-keyword Cannot use keyword "delay_loop" at the top level: unknown',
  },
  {
    name: "password left out",
    from: "auth_pass hunter2",
    to: "auth_pass",
    found: "16:14 missing-word Cannot read auth_pass: it needs a password",
  },
  {
    name: "misspelt script name",
    from: "    chk\n",
    to: "    check\n",
    found: "22:5 unknown-name",
  },
];

function findings(text: string): readonly string[] {
  return lintText(text, GOOD_HOST).filter(({ severity }) => severity !== "info")
    .map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
}

Deno.test("lint() of the good file, finds nothing", () => {
  assert.deepEqual(lintText(GOOD, GOOD_HOST), []);
});

for (const { name, from, to, found } of MISTAKES) {
  Deno.test(`lint() of a mistake: ${name}, finds this one thing`, () => {
    const at = name.includes("end of the file") ? GOOD.lastIndexOf(from) : GOOD.indexOf(from);
    assert.notEqual(at, -1, "the case does not fit the text");
    const text = GOOD.slice(0, at) + to + GOOD.slice(at + from.length);
    const all = findings(text);
    assert.equal(all.length, 1, all.join("\n"));
    assert.ok(all[0]?.startsWith(found), all[0]);
    const told = allOfText(text, GOOD_HOST);
    const [, language] = readConfig("own.conf", memoryFiles({ "/own.conf": text }), GOOD_HOST);
    const others = language.filter(({ code }) => code !== "script-security");
    assert.equal(exitStatus(told), exitStatus(others), "the exit code stays that of -t");
  });
}
