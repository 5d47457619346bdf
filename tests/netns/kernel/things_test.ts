/** Routes, rules and addresses of every kind: what others take away is back. */

import assert from "node:assert/strict";
import { isStandIn, Lab, labTest, run, startNode, type Topology, until } from "../../lab/mod.ts";

const TOPOLOGY: Topology = {
  node: {
    links: {
      eth0: { network: "lan", addresses: ["10.8.8.1/24"] },
      eth1: { network: "other", addresses: ["10.7.7.1/24"] },
    },
  },
};

const CONFIG = `global_defs {
    router_id x
}
static_ipaddress {
    10.77.0.1/24 dev eth1
    10.77.1.2/24 brd 10.77.1.255 dev eth1 scope link label eth1:s
    2001:db8:77::1/64 dev eth1
}
static_routes {
    192.0.2.0/24 via 10.8.8.254 dev eth0
    198.51.100.0/24 dev eth1 scope link metric 20
    blackhole 203.0.113.0/24
    unreachable 203.0.113.128/25 table 55
    2001:db8:99::/64 via 2001:db8:8::254 dev eth0 metric 7
    prohibit 2001:db8:98::/64
}
static_rules {
    from 10.9.0.0/16 table 100 priority 200
    to 2001:db8:9::/48 table 100 priority 201
}
vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 8
    priority 255
    advert_int 1
    virtual_ipaddress {
        10.8.8.100/24 dev eth0
        10.8.8.101/32 dev eth0 label eth0:v
    }
    virtual_ipaddress_excluded {
        2001:db8:8::100/64 dev eth0
    }
    virtual_routes {
        default via 10.8.8.254 dev eth0 table 100 metric 5 src 10.8.8.100
        172.16.0.0/12 via 10.8.8.254 dev eth0 table 101 mtu lock 1400 advmss 1360 initcwnd 20 initrwnd 30 hoplimit 9 window 4096 rto_min 200ms quickack 1 congctl reno
        172.20.0.0/16 tos 0x10 via 10.8.8.253 onlink dev eth0 realms 4/5 features ecn
        172.21.0.0/16 nexthop via 10.8.8.253 dev eth0 weight 3 nexthop via 10.8.8.254 dev eth0 weight 1 onlink
        10.8.8.200 dev eth0 scope link rtt 250ms rttvar 300ms reordering 4 cwnd lock 10 ssthresh 20
        throw 172.23.0.0/16
        172.24.0.0/16 encap ip id 5 dst 10.8.8.9 ttl 9 via 10.8.8.254 dev eth0
        172.25.0.0/16 encap ip6 dst 2001:db8::9 via 10.8.8.254 dev eth0
        2001:db8:97::/64 via 2001:db8:8::254 dev eth0 src 2001:db8:8::100 pref high table 102 hoplimit 3
        2001:db8:96::/64 nexthop via 2001:db8:8::254 dev eth0 weight 2 nexthop via 2001:db8:8::253 dev eth0
        2001:db8:95::/64 via 2001:db8:8::254 dev eth0 expires 600
        fd00::/8 dev eth0 metric 33
    }
    virtual_rules {
        from 10.8.8.0/24 to 192.0.2.0/24 tos 0x10 fwmark 7/0xff iif eth0 oif eth1 table 101 priority 1000
        not from 10.8.8.100 lookup main suppress_prefixlength 0 preference 1001
        fwmark 0x20 table 103 suppress_ifgroup 5 preference 1002
        from all uidrange 100-200 ipproto tcp sport 1-1023 dport 80-80 table 104 preference 1003
        iif eth0 l3mdev preference 1004
        from 10.1.1.1 blackhole preference 1005
        to 10.1.1.2 prohibit preference 1006
        from 10.1.1.3 type goto 1007 preference 1005
        from 10.1.1.4 nop preference 1007
        tunnel-id 9 table 105 preference 1008
        from 2001:db8:8::/48 table 106 preference 1009
        from 10.1.1.5 realms 3/4 table 108
        from 10.1.1.7 unreachable
        from 10.1.1.6 table 107
    }
}
`;

/** Addresses, routes and rules of the node, one text each, in the order of the texts; without what differs between two runs. */
async function shown(lab: Lab): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const family of ["-4", "-6"]) {
    for (const what of ["address", "route show table all", "rule"]) {
      const argv = ["ip", "-n", lab.netns("node"), family, "-d", "-j", ...what.split(" ")];
      const { stdout } = await run(argv);
      const found = JSON.parse(stdout) as readonly Record<string, unknown>[];
      for (const each of found) {
        const { addr_info: addresses, ifname, expires, ...rest } = each;
        if (!Array.isArray(addresses)) {
          texts.push(JSON.stringify({ ...rest, expires: expires !== undefined }));
        } else {
          texts.push(...addresses.map((address) => `${ifname} ${JSON.stringify(address)}`));
        }
      }
    }
  }
  // Addresses that the kernel makes of an interface's number differ from lab to lab.
  return texts.filter((text) => !text.includes("fe80::")).toSorted();
}

labTest(
  "addresses, routes and rules taken away by others, are back without leaving mastership",
  [],
  async () => {
    if (isStandIn()) return;
    await using lab = await Lab.create(TOPOLOGY);
    await lab.run("node", ["ip", "address", "add", "2001:db8:8::1/64", "dev", "eth0", "nodad"]);
    // A route that ends by itself stays away, whoever ended it.
    const config = CONFIG.replace(" expires 600", "");
    const node = await startNode(lab, "node", { kind: "holdfast", config });
    await node.seen(/MASTER STATE/);
    await until("the last rule is there", async () => {
      return (await shown(lab)).some((text) => text.includes("10.1.1.6"));
    });
    const wanted = await shown(lab);
    const back = (what: string) =>
      until(`all is back after ${what}`, async () => {
        return JSON.stringify(await shown(lab)) === JSON.stringify(wanted);
      }, { explain: async () => missing(wanted, await shown(lab)) });
    // As systemd-networkd removes what it does not know, `ip flush` and `dhclient` what they think is theirs.
    for (
      const line of [
        "-4 route flush proto keepalived",
        "-6 route flush proto keepalived",
        "-4 route flush table 101",
        "-4 rule del preference 1000",
        "-6 rule del preference 1009",
        "address del 10.8.8.100/24 dev eth0",
        "address del 10.77.0.1/24 dev eth1",
        "-6 address del 2001:db8:8::100/64 dev eth0",
        "-4 route replace 172.16.0.0/12 dev eth1 table 101",
      ]
    ) {
      await lab.run("node", ["ip", ...line.split(" ")]);
      if (line.includes("replace")) {
        await until("ours is before the other", async () => {
          const { stdout } = await lab.run("node", ["ip", "route", "show", "table", "101"]);
          return stdout.startsWith("172.16.0.0/12 via 10.8.8.254");
        });
        await lab.run("node", [
          "ip",
          "route",
          "del",
          ..."172.16.0.0/12 dev eth1 table 101".split(" "),
        ]);
      }
      await back(line);
    }
    assert.doesNotMatch(node.output, /BACKUP STATE|FAULT STATE/);
    await lab.setLink("node", "eth1", "down");
    await lab.setLink("node", "eth1", "up");
    await back("an interface was down");
    assert.equal((await node.stop()).code, 0);
    const left = (await shown(lab)).filter((text) => text.includes("keepalived"));
    assert.deepEqual(left, []);
  },
);

function missing(wanted: readonly string[], found: readonly string[]): string {
  const lacks = wanted.filter((each) => !found.includes(each)).map((each) => `- ${each}`);
  const more = found.filter((each) => !wanted.includes(each)).map((each) => `+ ${each}`);
  return [...lacks, ...more].join("\n");
}
