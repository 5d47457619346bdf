/** Rules that look at addresses of the host, the instances and the servers together. */

import assert from "node:assert/strict";
import type { LintRuleName } from "../../language/mod.ts";
import { instanceText, lintLines } from "./fixtures.ts";
import type { HostAddress } from "./rule.ts";

const HOST: readonly HostAddress[] = [
  { interface: "lo", address: "127.0.0.1", prefixLength: 8 },
  { interface: "eth0", address: "10.0.0.11", prefixLength: 24 },
  { interface: "eth0", address: "2001:db8::11", prefixLength: 64 },
  { interface: "eth1", address: "172.16.0.11", prefixLength: 20 },
  { interface: "eth1", address: "172.16.0.111", prefixLength: 24 },
];

const PEER = (peer: string) => ["unicast_peer {", `  ${peer}`, "}"];

const server = (header: string, ...backends: readonly string[]) =>
  `virtual_server ${header} {\n  protocol TCP\n  lb_kind NAT\n${
    backends.map((line) => `  ${line}\n`).join("")
  }}\n`;
const real = (endpoint: string) => `real_server ${endpoint} {\n    TCP_CHECK {\n    }\n  }`;

const vip = (entry: string) => instanceText([]).replace("10.0.0.1/24", entry);
const second = (entry: string) =>
  vip(entry).replace("VI_1", "VI_2").replace("51", "52").replace("eth0", "eth1");

/** Rule, what the text is, the text, what is found. */
const CASES: readonly (readonly [LintRuleName, string, string, readonly string[]])[] = [
  [
    "source-not-held",
    "a file of the other node",
    instanceText(["unicast_src_ip 10.0.0.12", ...PEER("10.0.0.11")]),
    [
      "7:18 warning source-not-held: Cannot send from 10.0.0.12 in VI_1: no interface of this machine has it",
    ],
  ],
  [
    "source-not-held",
    "a multicast source that is nowhere",
    instanceText(["mcast_src_ip 10.0.0.12"]),
    [
      "7:16 warning source-not-held: Cannot send from 10.0.0.12 in VI_1: no interface of this machine has it",
    ],
  ],
  [
    "source-not-held",
    "the own address",
    instanceText(["unicast_src_ip 10.0.0.11", ...PEER("10.0.0.12")]),
    [],
  ],
  [
    "source-not-held",
    "an address of another interface",
    instanceText(["unicast_src_ip 172.16.0.111", ...PEER("10.0.0.12")]),
    [],
  ],
  [
    "source-not-held",
    "an address of IPv6",
    vip("2001:db8::1/64").replace(
      "  virtual_ip",
      "  unicast_src_ip 2001:db8::11\n  unicast_peer {\n    2001:db8::12\n  }\n  virtual_ip",
    ),
    [],
  ],
  [
    "source-not-held",
    "an address that another instance or the file itself brings",
    `static_ipaddress {\n  10.9.0.1/24 dev eth1\n}\n${second("10.7.0.1/24")}${
      instanceText(["unicast_src_ip 10.7.0.1", ...PEER("10.7.0.2")])
    }${instanceText(["unicast_src_ip 10.9.0.1", ...PEER("10.9.0.2")], "VI_3").replace("51", "53")}`,
    [],
  ],
  [
    "address-twice",
    "two instances with one address",
    `${vip("10.0.0.1/24")}${second("10.0.0.1/24")}`,
    ["12:5 warning address-twice: Cannot hold 10.0.0.1 in VI_2: VI_1 holds it as well"],
  ],
  [
    "address-twice",
    "one of them without telling the others",
    `${vip("10.0.0.1/24")}${
      second("10.0.0.2/24").replace(
        "}\n}",
        "}\n  virtual_ipaddress_excluded {\n    10.0.0.1\n  }\n}",
      )
    }`,
    ["15:5 warning address-twice: Cannot hold 10.0.0.1 in VI_2: VI_1 holds it as well"],
  ],
  [
    "address-twice",
    "a static address that is virtual as well",
    `static_ipaddress {\n  10.0.0.1/24 dev eth0\n}\n${vip("10.0.0.1/24")}`,
    ["8:5 warning address-twice: Cannot hold 10.0.0.1 in VI_1: static_ipaddress holds it as well"],
  ],
  [
    "address-twice",
    "two instances with two addresses",
    `${vip("10.0.0.1/24")}${second("10.0.0.2/24")}`,
    [],
  ],
  [
    "address-twice",
    "an address given twice in one instance, of which the language tells",
    vip("10.0.0.1/24\n    10.0.0.1/24"),
    [],
  ],
  [
    "address-own",
    "the own address of the interface",
    vip("10.0.0.11"),
    [
      "5:5 warning address-own: Cannot take 10.0.0.11 as virtual in VI_1: it is the own address of eth0, and the priority is 100",
    ],
  ],
  [
    "address-own",
    "the own address of its owner",
    instanceText(["priority 255"]).replace("10.0.0.1/24", "10.0.0.11/24"),
    [],
  ],
  ["address-own", "one that is not the first", vip("172.16.0.111").replace("eth0", "eth1"), []],
  ["address-own", "the only one of another interface", vip("172.16.0.11 dev eth1"), []],
  [
    "address-prefix",
    "a network too large",
    vip("10.0.0.1/16"),
    [
      "5:5 warning address-prefix: Cannot be sure of 10.0.0.1/16 in VI_1: eth0 has 10.0.0.11/24 there",
    ],
  ],
  [
    "address-prefix",
    "a network within its own",
    vip("10.0.0.1/28"),
    ["5:5 info address-prefix: Cannot be sure of 10.0.0.1/28 in VI_1: eth0 has 10.0.0.11/24 there"],
  ],
  [
    "address-prefix",
    "IPv6 with another length",
    vip("2001:db8::1/48"),
    [
      "5:5 warning address-prefix: Cannot be sure of 2001:db8::1/48 in VI_1: eth0 has 2001:db8::11/64 there",
    ],
  ],
  ["address-prefix", "the prefix of its network", vip("10.0.0.1/24"), []],
  ["address-prefix", "an address alone", vip("10.0.0.1"), []],
  ["address-prefix", "an address alone of IPv6", vip("2001:db8::1"), []],
  ["address-prefix", "a network of its own", vip("10.5.0.1/16"), []],
  ["address-prefix", "one of two networks that hold it", vip("172.16.0.1/20 dev eth1"), []],
  ["address-prefix", "the other one", vip("172.16.0.1/24 dev eth1"), []],
  ["address-prefix", "a network of another interface", vip("10.0.0.1/16 dev eth1"), []],
  [
    "server-is-address",
    "a real server that is the service",
    server("10.0.0.1 80", real("10.0.0.1 80")),
    [
      "4:15 warning server-is-address: Cannot forward from virtual_server 10.0.0.1 80 to real_server 10.0.0.1: it is the service itself",
    ],
  ],
  [
    "server-is-address",
    "a sorry server that is the service",
    server("10.0.0.1 80", "sorry_server 10.0.0.1 80", real("10.1.0.1 80")),
    [
      "4:16 warning server-is-address: Cannot forward from virtual_server 10.0.0.1 80 to sorry_server 10.0.0.1: it is the service itself",
    ],
  ],
  [
    "server-is-address",
    "a real server that is in the group of the service",
    `virtual_server_group g {\n  10.0.0.1-3 80\n}\n${
      server("group g", real("10.0.0.2 80"), real("10.0.0.2 81"))
    }`,
    [
      "7:15 warning server-is-address: Cannot forward from virtual_server group g to real_server 10.0.0.2: it is the service itself",
    ],
  ],
  [
    "server-is-address",
    "a program here on another port",
    server("10.0.0.1 80", real("10.0.0.1 8080")),
    [],
  ],
  [
    "server-is-address",
    "a program here behind the loopback",
    server("10.0.0.1 80", "sorry_server 127.0.0.1 80", real("10.1.0.1 80")),
    [],
  ],
  [
    "server-is-address",
    "a mark, which has no address",
    server("fwmark 7", real("10.0.0.1 80")),
    [],
  ],
];

for (const [rule, name, text, found] of CASES) {
  Deno.test(`${rule}: ${name}, ${found.length === 0 ? "says nothing" : "is found"}`, () => {
    assert.deepEqual(lintLines(text, [rule], { addresses: HOST }), found);
  });
}

Deno.test("rules about addresses, say the same while this node holds the virtual ones", () => {
  const text = vip("10.0.0.1/16");
  const held = [{ interface: "eth0", address: "10.0.0.1", prefixLength: 16 }, ...HOST];
  assert.equal(lintLines(text, ["address-prefix"], { addresses: held }).length, 1);
  const routed = vip("10.8.8.8");
  const lost = lintLines(routed, ["address-off-link"], { addresses: HOST });
  assert.equal(lost.length, 1);
  const own = [{ interface: "eth0", address: "10.8.8.8", prefixLength: 32 }, ...HOST];
  assert.deepEqual(lintLines(routed, ["address-off-link"], { addresses: own }), lost);
});

Deno.test("rules about addresses of the host, say nothing where it is not known", () => {
  const text = instanceText(["unicast_src_ip 10.0.0.12", ...PEER("10.0.0.11")]) + vip("10.0.0.1/9");
  assert.deepEqual(lintLines(text, ["source-not-held", "address-prefix"]), []);
});
