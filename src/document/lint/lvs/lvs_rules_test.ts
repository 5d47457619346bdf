import assert from "node:assert/strict";
import { instanceText, lintLines, lintText } from "../fixtures.ts";

const SERVER = "  real_server 10.1.0.1 80 {\n    TCP_CHECK {\n    }\n  }";
const BARE = "  real_server 10.1.0.2 80 {\n  }";

function service(lines: readonly string[], header = "10.0.0.1 80"): string {
  return [
    `virtual_server ${header} {`,
    "  lb_algo rr",
    "  protocol TCP",
    ...lines,
    "}",
    "",
  ].join("\n");
}

Deno.test("no-checker: a real_server without one, is found", () => {
  const text = service(["  lb_kind NAT", SERVER, BARE]);
  assert.deepEqual(lintLines(text, ["no-checker"]), [
    "9:15 warning no-checker: Cannot notice a failure of real_server 10.1.0.2 80 in virtual_server 10.0.0.1 80: it has no checker",
  ]);
});

Deno.test("no-checker: a misspelt or unusable one, says nothing more", () => {
  for (const checker of ["TCP_CHEKC {\n }", "HTTP_GET {\n }"]) {
    const text = service(["  lb_kind NAT", `  real_server 10.1.0.1 80 {\n    ${checker}\n  }`]);
    assert.equal(lintText(text).filter(({ severity }) => severity === "error").length, 1);
    assert.deepEqual(lintLines(text, ["no-checker"]), []);
  }
});

Deno.test("no-checker: a checker holdfast does not act on yet, is one", () => {
  const text = service([
    "  lb_kind NAT",
    "  real_server 10.1.0.1 80 {\n    PING_CHECK {\n    }\n  }",
  ]);
  assert.deepEqual(lintLines(text, ["no-checker"]), []);
});

Deno.test("quorum-too-high: above the sum of the weights, is found once and keeps its status", () => {
  const text = service(["  lb_kind NAT", "  quorum 4", "  weight 3", SERVER]);
  assert.deepEqual(
    lintText(text).map(({ line, column, code, status, message }) =>
      `${line}:${column} ${code} ${status} ${message}`
    ),
    [
      "5:10 quorum-too-high general Cannot reach quorum 4 in virtual_server 10.0.0.1 80: the weights sum up to 3, which is used",
    ],
  );
  assert.deepEqual(lintText(service(["  lb_kind NAT", "  quorum 3", "  weight 3", SERVER])), []);
});

Deno.test("dr-loopback: DR and TUN, hint once per file", () => {
  const text = service(["  lb_kind DR", SERVER]) +
    service(["  lb_kind TUN", SERVER], "10.0.0.2 80");
  assert.deepEqual(lintLines(text, ["dr-loopback"]), [
    "4:11 info dr-loopback: Cannot see from here whether the real servers of virtual_server 10.0.0.1 80 and 1 more hold 10.0.0.1: DR does not change the destination",
  ]);
  assert.deepEqual(lintLines(service(["  lb_kind NAT", SERVER]), ["dr-loopback"]), []);
});

const ADDRESSES = [
  { interface: "lo", address: "127.0.0.1", prefixLength: 8 },
  { interface: "eth0", address: "192.168.7.5", prefixLength: 22 },
];

Deno.test("address-nowhere: a service whose address nobody holds, is found", () => {
  const text = service(["  lb_kind NAT", SERVER]);
  assert.deepEqual(lintLines(text, ["address-nowhere"], { addresses: ADDRESSES }), [
    "1:16 warning address-nowhere: Cannot find 10.0.0.1 of virtual_server 10.0.0.1 80 on an interface: no vrrp_instance holds it, nor does this host",
  ]);
  assert.deepEqual(lintLines(text, ["address-nowhere"]), [], "nothing is known of the host");
});

for (
  const [where, text] of [
    ["an instance", instanceText([]) + service(["  lb_kind NAT", SERVER])],
    ["this host", service(["  lb_kind NAT", SERVER], "192.168.7.5 80")],
    [
      "static_ipaddress",
      `static_ipaddress {\n  10.0.0.1/32\n}\n${service(["  lb_kind NAT", SERVER])}`,
    ],
    ["quorum_up", service(["  lb_kind NAT", '  quorum_up "ip a add 10.0.0.1/32 dev lo"', SERVER])],
    ["the firewall", service(["  lb_kind NAT", SERVER], "fwmark 7")],
  ] as const
) {
  Deno.test(`address-nowhere: ${where} has it, says nothing`, () => {
    assert.deepEqual(lintLines(text, ["address-nowhere"], { addresses: ADDRESSES }), []);
  });
}

Deno.test("address-nowhere: a group, the first address nobody holds is named", () => {
  const group = "virtual_server_group web {\n  192.168.7.5 80\n  10.0.0.9 80\n}\n";
  const text = group + service(["  lb_kind NAT", SERVER], "group web");
  assert.deepEqual(lintLines(text, ["address-nowhere"], { addresses: ADDRESSES }), [
    "5:16 warning address-nowhere: Cannot find 10.0.0.9 of virtual_server group web on an interface: no vrrp_instance holds it, nor does this host",
  ]);
});

for (
  const [address, found] of [
    ["192.168.9.1", [
      "5:5 info address-off-link: Cannot find 192.168.9.1 of VI_1 in a network of eth0: it has 192.168.7.5/22",
    ]],
    ["192.168.4.1", []],
    ["192.168.9.1/24", []],
    ["192.168.9.1 dev lo", []],
    ["192.168.9.1 dev eth7", []],
  ] as const
) {
  Deno.test(`address-off-link: ${address}, ${found.length === 0 ? "says nothing" : "is found"}`, () => {
    const text = instanceText([]).replace("10.0.0.1/24", address);
    assert.deepEqual(lintLines(text, ["address-off-link"], { addresses: ADDRESSES }), found);
  });
}
