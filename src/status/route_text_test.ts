/** What keepalived 2.2.7 writes into `keepalived.data` for the same entries, but for what `route_text.ts` says. */

import assert from "node:assert/strict";
import { readConfig } from "../document/config.ts";
import { memoryFiles } from "../language/mod.ts";
import { addressText } from "./address_text.ts";
import { routeText, ruleText } from "./route_text.ts";

function statics(list: string, entry: string) {
  const files = memoryFiles({ "/x.conf": `${list} {\n${entry}\n}\n` });
  return readConfig("/x.conf", files)[0].vrrp;
}

/** Entry, and what is written of it. */
const ROUTES: readonly (readonly [string, string])[] = [
  [
    "10.20.0.0/16 via 10.9.0.2 dev eth0",
    "prepend 10.20.0.0/16 via inet 10.9.0.2 dev eth0 proto 18",
  ],
  ["blackhole 10.22.0.0/16 no_track", "add blackhole 10.22.0.0/16 no_track"],
  ["unreachable 10.22.1.0/24 metric 5", "add unreachable 10.22.1.0/24 proto 18 metric 5"],
  [
    "10.23.0.0/16 via 10.9.0.2 dev eth0 src 10.9.0.1 metric 7 mtu lock 1400 advmss 1300 " +
    "hoplimit 5 rtt 400ms rttvar 2s rto_min 300 initcwnd 5 initrwnd 6 window 1000 cwnd 9 " +
    "ssthresh 10 reordering 4 quickack 1 features ecn congctl bbr fastopen_no_cookie 1",
    "prepend 10.23.0.0/16 src 10.9.0.1 via inet 10.9.0.2 dev eth0 proto 18 metric 7 congctl bbr " +
    "rtt 400ms rttvar 2s rto_min 300ms features ecn mtu lock 1400 window 1000 ssthresh 10 cwnd 9 " +
    "advmss 1300 reordering 4 hoplimit 5 initcwnd 5 initrwnd 6 quickack 1 fastopen_no_cookie 1",
  ],
  [
    "10.24.0.0/16 nexthop via 10.9.0.2 dev eth0 weight 3 nexthop via 10.8.0.2 dev eth1 onlink",
    "prepend 10.24.0.0/16 proto 18 nexthop via inet 10.9.0.2 dev eth0 weight 3 " +
    "nexthop via inet 10.8.0.2 dev eth1 onlink",
  ],
  [
    "10.26.0.0/16 via 10.9.0.2 realms 7 table 77 no_track",
    "prepend 10.26.0.0/16 via inet 10.9.0.2 table 77 realm 7 no_track",
  ],
  [
    "10.27.0.0/16 via 10.9.0.2 realms 7/9 table default tos 0x10 no_track",
    "prepend 10.27.0.0/16 tos 16 via inet 10.9.0.2 table 253 realms 7/9 no_track",
  ],
  [
    "10.28.0.0/16 via 10.77.0.2 dev eth0 onlink protocol static no_track",
    "prepend 10.28.0.0/16 via inet 10.77.0.2 dev eth0 proto 4 onlink no_track",
  ],
  ["10.21.0.0/16 dev eth0 protocol static", "prepend 10.21.0.0/16 dev eth0 proto 18"],
  [
    "10.24.0.0/16 via 10.9.0.2 dev eth0 scope link",
    "prepend 10.24.0.0/16 via inet 10.9.0.2 dev eth0 proto 18 scope 253",
  ],
  ["local 10.30.0.1 dev eth0", "add local 10.30.0.1 dev eth0 proto 18"],
  ["default via 10.9.0.3 table 78", "prepend 0.0.0.0/0 via inet 10.9.0.3 table 78 proto 18"],
  ["any via fe80::1 table 9", "prepend ::/0 via inet6 fe80::1 table 9 proto 18"],
  [
    "2001:db8:21::/48 dev eth0 metric 9 pref low expires 300",
    "prepend 2001:db8:21::/48 dev eth0 proto 18 metric 9 expires 300sec pref low",
  ],
  [
    "2001:db8:22::/48 from 2001:db8:9::/64 via fe80::1 dev eth0 pref high",
    "prepend 2001:db8:22::/48 from 2001:db8:9::/64 via inet6 fe80::1 dev eth0 proto 18 pref high",
  ],
  ["default6 via fe80::9 dev eth0", "prepend ::/0 via inet6 fe80::9 dev eth0 proto 18"],
  [
    "10.31.0.0/16 dev eth0 ttl-propagate enabled",
    "prepend 10.31.0.0/16 dev eth0 proto 18 ttl-propagate enabled",
  ],
  ["10.32.0.0/16 dev eth0 append", "append 10.32.0.0/16 dev eth0 proto 18"],
  [
    "10.26.0.0/16 via 10.9.0.2 encap ip id 5 dst 10.9.0.7 src 10.9.0.1 tos 4 ttl 9 flags 1",
    "prepend 10.26.0.0/16 encap ip id 5 dst 10.9.0.7 src 10.9.0.1 tos 4 ttl 9 flags 0x1 " +
    "via inet 10.9.0.2 proto 18",
  ],
  [
    "2001:db8:26::/48 dev eth0 encap ip6 id 5 dst 2001:db8:9::7 tc 4 hoplimit 9",
    "prepend 2001:db8:26::/48 encap ip6 id 5 dst 2001:db8:9::7 tc 4 hoplimit 9 dev eth0 proto 18",
  ],
  [
    "10.25.0.0/16 via 10.9.0.2 encap mpls 100/200",
    "prepend 10.25.0.0/16 encap mpls 100/200 via inet 10.9.0.2 proto 18",
  ],
  [
    "2001:db8:27::/48 via fe80::1 encap ila 1:2:3:4",
    "prepend 2001:db8:27::/48 encap ila 0001:0002:0003:0004 via inet6 fe80::1 proto 18",
  ],
  [
    "10.28.1.0/24 dev eth0 rtt 4000 rttvar lock 5.5s rto_min 200",
    "prepend 10.28.1.0/24 dev eth0 proto 18 rtt 500ms rttvar lock 5.5s rto_min 200ms",
  ],
  ["10.31.0.0/16 dev eth0 to 10.32.0.0/16", "prepend 10.32.0.0/16 dev eth0 proto 18"],
  ["10.26.0.0/16 via 10.9.0.3 via 10.9.0.4", "prepend 10.26.0.0/16 via inet 10.9.0.4 proto 18"],
  [
    "10.29.0.0/16 dev eth0 table 4000000000 metric 4000000000",
    "prepend 10.29.0.0/16 dev eth0 table 4000000000 proto 18 metric 4000000000",
  ],
];

for (const [entry, text] of ROUTES) {
  Deno.test(`routeText() of ${entry}`, () => {
    assert.deepEqual(statics("static_routes", entry).staticRoutes.map(routeText), [text]);
  });
}

Deno.test("routeText() of a second way by or, which goes through the same interface", () => {
  const { staticRoutes } = statics(
    "static_routes",
    "10.1.0.0/16 via 10.9.0.2 or 10.9.0.3 dev eth0",
  );
  assert.deepEqual(staticRoutes.map(({ route }) => route.nextHops), [[
    { device: "eth0", gateway: "10.9.0.2" },
    { device: "eth0", gateway: "10.9.0.3" },
  ]]);
});

const RULES: readonly (readonly [string, string])[] = [
  [
    "from 10.0.0.0/8 to 10.20.0.0/16 table 77 preference 100",
    "from 10.0.0.0/8 to 10.20.0.0/16 priority 100 tos 0x0 protocol 18 lookup 77",
  ],
  [
    "to 10.21.0.0/16 iif eth0 oif eth1 blackhole priority 101",
    "from all to 10.21.0.0/16 priority 101 tos 0x0 iif eth0 oif eth1 protocol 18 type blackhole",
  ],
  [
    "not from 10.22.0.0/16 fwmark 0x5/0xff tos 0x10 table main preference 102",
    "not from 10.22.0.0/16 priority 102 tos 0x10 fwmark 0x5/0xff protocol 18 lookup 254",
  ],
  [
    "fwmark 7 realms 3/4 suppress_prefixlength 8 suppress_ifgroup 5 table 9 priority 103",
    "from all priority 103 tos 0x0 fwmark 0x7 suppress_prefixlen 8 suppress_ifgroup 5 " +
    "protocol 18 realms 3/4 lookup 9",
  ],
  [
    "from all uidrange 5-6 ipproto tcp sport 1-2 dport 5-7 table 10 priority 104",
    "from 0.0.0.0/0 priority 104 tos 0x0 uidrange 5-6 protocol 18 ipproto 6 sport 1-2 dport 5-7 " +
    "lookup 10",
  ],
  [
    "from all l3mdev priority 105",
    "from 0.0.0.0/0 priority 105 tos 0x0 l3mdev protocol 18 lookup 0",
  ],
  [
    "from all tunnel-id 88 table 10 priority 106",
    "from 0.0.0.0/0 priority 106 tos 0x0 tunnel-id 88 protocol 18 lookup 10",
  ],
  [
    "from all type goto 120 priority 107",
    "from 0.0.0.0/0 priority 107 tos 0x0 protocol 18 goto 120",
  ],
  ["from all type nop priority 120", "from 0.0.0.0/0 priority 120 tos 0x0 protocol 18 nop"],
  [
    "from 10.1.0.0/16 unreachable priority 121",
    "from 10.1.0.0/16 priority 121 tos 0x0 protocol 18 type unreachable",
  ],
  [
    "from 2001:db8::/32 table 12 priority 124 protocol 5 no_track",
    "from 2001:db8::/32 priority 124 tos 0x0 protocol 5 lookup 12 no_track",
  ],
  [
    "from 10.0.0.1 table 5 priority 12 no_track",
    "from 10.0.0.1 priority 12 tos 0x0 lookup 5 no_track",
  ],
  [
    "from 10.0.0.1 table 5 priority 10 realms 7",
    "from 10.0.0.1 priority 10 tos 0x0 protocol 18 realms 0/7 lookup 5",
  ],
];

for (const [entry, text] of RULES) {
  Deno.test(`ruleText() of ${entry}`, () => {
    assert.deepEqual(statics("static_rules", entry).staticRules.map(ruleText), [text]);
  });
}

Deno.test("readConfig() rules that name no preference, count down from 16384 in file order", () => {
  const instance = (name: string, id: number) =>
    `vrrp_instance ${name} {\ninterface eth${id}\nvirtual_router_id 5\nvirtual_ipaddress {\n10.${id}.0.1\n}\n` +
    `virtual_rules {\nfrom 10.${id}.0.1 table 7\nfrom 10.${id}.0.2 table 7\n}\n}\n`;
  const text = instance("V", 1) + "static_rules {\nfrom 10.0.0.1 table 7\n}\n" + instance("W", 2);
  const [{ vrrp }] = readConfig("/x.conf", memoryFiles({ "/x.conf": text }));
  const rules = [
    ...vrrp.staticRules,
    ...vrrp.instances.flatMap(({ virtualRules }) => virtualRules),
  ];
  assert.deepEqual(rules.map(({ rule }) => rule.priority), [16382, 16384, 16383, 16381, 16380]);
});

const ADDRESSES: readonly (readonly [string, string])[] = [
  ["10.9.0.50/24 dev eth0", "10.9.0.50/24 dev eth0 scope global"],
  ["10.9.0.52", "10.9.0.52 dev eth0 scope global"],
  ["2001:db8:9::50/64", "2001:db8:9::50/64 dev eth0 scope global preferred_lft forever"],
  ["2001:db8:9::51", "2001:db8:9::51 dev eth0 scope global deprecated"],
  [
    "2001:db8:9::52 preferred_lft forever",
    "2001:db8:9::52 dev eth0 scope global preferred_lft forever",
  ],
  [
    "2001:db8:9::53/64 preferred_lft 100",
    "2001:db8:9::53/64 dev eth0 scope global preferred_lft 100",
  ],
  [
    "2001:db8:9::54/64 -nodad",
    "2001:db8:9::54/64 dev eth0 scope global -nodad preferred_lft forever",
  ],
  [
    "2001:db8:9::55/64 home mngtmpaddr noprefixroute",
    "2001:db8:9::55/64 dev eth0 scope global home mngtmpaddr noprefixroute preferred_lft forever",
  ],
  [
    "10.9.0.53/24 noprefixroute preferred_lft 100",
    "10.9.0.53/24 dev eth0 scope global noprefixroute",
  ],
  ["239.1.1.1 autojoin", "239.1.1.1 dev eth0 scope global autojoin"],
  ["10.9.0.54 peer 10.9.0.60 dev eth1", "10.9.0.54 dev eth1 scope global peer 10.9.0.60/32"],
  [
    "10.9.1.54/30 brd + label eth0:2 scope 77",
    "10.9.1.54/30 brd 10.9.1.55 dev eth0 scope 77 label eth0:2",
  ],
];

for (const [entry, text] of ADDRESSES) {
  Deno.test(`addressText() of ${entry}`, () => {
    const { staticAddresses } = statics("static_ipaddress", entry);
    assert.deepEqual(
      staticAddresses.map((each) => addressText(each, { config: {}, isSet: false })),
      [text],
    );
  });
}
