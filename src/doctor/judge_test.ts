import assert from "node:assert/strict";
import type { Config } from "../document/config.ts";
import { readConfig } from "../document/config.ts";
import { memoryFiles } from "../language/mod.ts";
import type { Facts, LinkFact } from "./facts.ts";
import type { Finding, FindingKind } from "./finding.ts";
import { parseIptables } from "./firewall/iptables.ts";
import { judge } from "./judge.ts";

function configOf(text: string): Config {
  const [config] = readConfig("/x.conf", memoryFiles({ "/x.conf": text }));
  return config;
}

const VRRP = configOf(`
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  virtual_ipaddress {
    192.0.2.10/32
  }
  virtual_ipaddress_excluded {
    2001:db8::10/128 dev eth1
  }
  virtual_routes {
    198.51.100.0/24 via 192.0.2.254
  }
}
`);
const LVS = configOf(`
virtual_server 192.0.2.10 80 {
  protocol TCP
  lb_algo mh
  lb_kind NAT
  real_server 10.0.0.1 80 {
    TCP_CHECK {
    }
  }
}
`);
const BOTH: Config = { ...VRRP, lvs: LVS.lvs };

const ETH0: LinkFact = {
  name: "eth0",
  up: true,
  carrier: true,
  multicast: true,
  loopback: false,
  addresses: ["192.0.2.1"],
};

/** A host on which everything works. */
const WELL: Facts = {
  kernel: "6.1.0-28-amd64",
  modules: { there: new Set(["ip_vs", "ip_vs_mh"]), loadable: new Set() },
  sysctls: new Map([
    ["net/ipv4/ip_forward", "1"],
    ["net/ipv4/conf/all/rp_filter", "0"],
    ["net/ipv4/conf/eth0/rp_filter", "2"],
    ["net/ipv4/vs/expire_nodest_conn", "1"],
  ]),
  capabilities: (1n << 41n) - 1n,
  links: [ETH0, { ...ETH0, name: "eth1", addresses: [] }],
  firewall: { chains: [], unread: [] },
  limits: { openFiles: 1_048_576, lockedMemory: 8 << 20, realTime: 0 },
  clock: { source: "tsc", kept: true },
  processes: [{ pid: 1, name: "systemd" }],
  managed: [],
  wire: [],
  servers: [{ address: "10.0.0.1", port: 80, outcome: "open" }],
};

const sysctls = (...pairs: readonly (readonly [string, string])[]) => ({
  sysctls: new Map([...WELL.sysctls, ...pairs]),
});
const eth0 = (changes: Partial<LinkFact>) => ({
  links: [{ ...ETH0, ...changes }, { ...ETH0, name: "eth1" }],
});
const saved = (...rules: readonly string[]) => ({
  firewall: {
    chains: parseIptables(
      ["*filter", ":INPUT ACCEPT", ":FORWARD ACCEPT", ":OUTPUT ACCEPT", ...rules].join("\n"),
      "ip",
    ),
    unread: [],
  },
});

/** What is changed of the host, or of the configuration, and what is found; of each kind at least one. */
interface Case {
  readonly facts?: Partial<Facts>;
  readonly config?: Config;
  readonly level: Finding["level"];
  readonly what: RegExp;
  readonly mend?: RegExp;
}

const withProcess = (process: Partial<Config["process"]["vrrp"]>): Config => ({
  ...BOTH,
  process: { ...BOTH.process, vrrp: process },
});

const CASES: Readonly<Record<FindingKind, readonly Case[]>> = {
  "kernel-module": [
    {
      facts: { modules: { there: new Set(["ip_vs"]), loadable: new Set() } },
      level: "error",
      what: /6\.1\.0-28-amd64 has no module ip_vs_mh/,
      mend: /modprobe ip_vs_mh/,
    },
    {
      facts: { modules: { there: new Set(["ip_vs"]) } },
      level: "warning",
      what: /ip_vs_mh is not loaded/,
    },
  ],
  "capability": [
    {
      facts: { capabilities: 1n << 12n },
      level: "error",
      what: /no CAP_NET_RAW/,
      mend: /AmbientCapabilities=CAP_NET_RAW/,
    },
    {
      facts: { capabilities: 0x3000n },
      config: withProcess({ realTime: 50 }),
      level: "error",
      what: /no CAP_SYS_NICE/,
    },
  ],
  "open-files": [
    {
      facts: { limits: { openFiles: 40 } },
      level: "error",
      what: /At most 40 files/,
      mend: /LimitNOFILE=65536/,
    },
    { facts: { limits: { openFiles: 48 } }, level: "warning", what: /and 49 can be wanted/ },
  ],
  "locked-memory": [
    {
      facts: { limits: { lockedMemory: 8 << 20 } },
      config: withProcess({ noSwap: true }),
      level: "warning",
      what: /At most 8192 KiB/,
    },
  ],
  "real-time": [
    {
      facts: { limits: { realTime: 10 } },
      config: withProcess({ realTime: 50 }),
      level: "warning",
      what: /priority 50 is configured, at most 10/,
    },
  ],
  "clock-source": [
    {
      facts: { clock: { source: "acpi_pm", kept: true } },
      config: configOf(
        "vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nversion 3\nadvert_int 0.1\nvirtual_ipaddress {\n192.0.2.10\n}\n}",
      ),
      level: "warning",
      what: /by acpi_pm/,
    },
  ],
  "clock-unsynchronised": [
    {
      facts: { clock: { source: "tsc", kept: false } },
      level: "warning",
      what: /Nobody keeps the time/,
    },
  ],
  "interface-missing": [
    { facts: { links: [ETH0] }, level: "error", what: /no interface eth1/ },
  ],
  "interface-down": [
    {
      facts: eth0({ up: false, carrier: false }),
      level: "error",
      what: /eth0 is down/,
      mend: /ip link set eth0 up/,
    },
  ],
  "interface-no-carrier": [
    { facts: eth0({ carrier: false }), level: "error", what: /eth0 has no carrier/ },
  ],
  "interface-no-multicast": [
    {
      facts: eth0({ multicast: false }),
      level: "error",
      what: /no multicast/,
      mend: /multicast on/,
    },
  ],
  "interface-no-address": [
    { facts: eth0({ addresses: [] }), level: "error", what: /no IPv4 address/ },
    { facts: eth0({ addresses: ["2001:db8::1"] }), level: "error", what: /no IPv4 address/ },
  ],
  "ipv6-off": [
    {
      facts: sysctls(["net/ipv6/conf/eth1/disable_ipv6", "1"]),
      level: "error",
      what: /eth1 has IPv6 switched off/,
      mend: /net\.ipv6\.conf\.eth1\.disable_ipv6=0/,
    },
  ],
  "forwarding-off": [
    {
      facts: sysctls(["net/ipv4/ip_forward", "0"]),
      level: "error",
      what: /IPv4 is not forwarded/,
      mend: /net\.ipv4\.ip_forward=1/,
    },
  ],
  "arp-ignore": [
    {
      facts: sysctls(["net/ipv4/conf/all/arp_ignore", "2"]),
      level: "error",
      what: /arp_ignore of eth0 is 2/,
      mend: /conf\.all\.arp_ignore=0/,
    },
    { facts: sysctls(["net/ipv4/conf/eth0/arp_ignore", "8"]), level: "error", what: /is 8/ },
  ],
  "rp-filter": [
    {
      facts: sysctls(["net/ipv4/conf/eth0/rp_filter", "1"]),
      level: "warning",
      what: /rp_filter of eth0 is strict/,
    },
  ],
  "dead-connections": [
    {
      facts: sysctls(["net/ipv4/vs/expire_nodest_conn", "0"]),
      level: "warning",
      what: /dropped without a word/,
    },
  ],
  "firewall": [
    {
      facts: saved("-A INPUT -p vrrp -j DROP"),
      level: "error",
      what:
        /Adverts of other nodes \(protocol 112\) are dropped by the rule "-A INPUT -p vrrp -j DROP"/,
      mend: /iptables -I INPUT 1 -i eth0 -p 112 -j ACCEPT/,
    },
    {
      facts: saved("-A OUTPUT -d 224.0.0.0/4 -j DROP"),
      level: "error",
      what: /Adverts of this node/,
      mend: /iptables -I OUTPUT 1 -o eth0/,
    },
    {
      facts: saved("-A INPUT -s 192.0.2.2 -j DROP"),
      level: "warning",
      what: /^It may be that adverts of other nodes/,
    },
    {
      facts: saved("-A INPUT -p tcp --dport 80 -j REJECT"),
      level: "error",
      what: /Clients of tcp 192\.0\.2\.10 port 80/,
    },
    {
      facts: saved("-A FORWARD -s 10.0.0.0/8 -j DROP"),
      level: "error",
      what: /Answers of real servers/,
    },
    {
      facts: { firewall: { ...saved("-A INPUT -p 112 -j DROP").firewall, manager: "firewalld" } },
      level: "error",
      what: /protocol 112/,
      mend:
        /firewall-cmd --permanent --add-rich-rule='rule family="ipv4" protocol value="vrrp" accept'/,
    },
    {
      facts: saved("-A INPUT -s 192.0.2.7 -j DROP"),
      config: configOf(
        "vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nunicast_src_ip 192.0.2.1\nunicast_peer {\n192.0.2.7\n}\nvirtual_ipaddress {\n192.0.2.10\n}\n}",
      ),
      level: "error",
      what: /Adverts of 192\.0\.2\.7/,
    },
    {
      facts: saved(
        "-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT",
        "-A INPUT -p vrrp -j DROP",
      ),
      config: configOf(
        "vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nunicast_src_ip 192.0.2.1\nunicast_peer {\n192.0.2.7\n}\nvirtual_ipaddress {\n192.0.2.10\n}\n}",
      ),
      level: "error",
      what: /Adverts of 192\.0\.2\.7/,
    },
    {
      facts: saved("-A INPUT -p ah -j DROP"),
      config: configOf(
        "vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nauthentication {\nauth_type AH\nauth_pass x\n}\nvirtual_ipaddress {\n192.0.2.10\n}\n}",
      ),
      level: "error",
      what: /\(protocol 51\)/,
    },
  ],
  "firewall-unread": [
    {
      facts: { firewall: { chains: [], unread: ["Rules of nftables cannot be read"] } },
      level: "warning",
      what: /cannot be read/,
    },
  ],
  "rival": [
    {
      facts: { processes: [{ pid: 77, name: "keepalived" }] },
      level: "error",
      what: /keepalived \(77\) runs/,
      mend: /systemctl disable --now keepalived/,
    },
    {
      facts: { processes: [{ pid: 78, name: "kube-proxy" }] },
      level: "warning",
      what: /kube-proxy \(78\)/,
    },
  ],
  "interface-managed": [
    {
      facts: { managed: ["eth0"] },
      level: "warning",
      what: /NetworkManager manages eth0/,
      mend: /nmcli device set eth0 managed no/,
    },
  ],
  "address-taken": [
    {
      facts: { wire: [{ address: "192.0.2.10", interface: "eth0", mac: "02:00:00:00:00:09" }] },
      level: "warning",
      what: /02:00:00:00:00:09 answers for 192\.0\.2\.10/,
    },
  ],
  "server-unreachable": [
    {
      facts: { servers: [{ address: "10.0.0.1", port: 80, outcome: "refused" }] },
      level: "warning",
      what: /10\.0\.0\.1:80 refuses/,
    },
    {
      facts: { servers: [{ address: "10.0.0.1", port: 80, outcome: "silent" }] },
      level: "warning",
      what: /does not answer/,
    },
    {
      facts: { servers: [{ address: "10.0.0.1", port: 80, outcome: "no-route" }] },
      level: "warning",
      what: /cannot be reached/,
    },
  ],
};

Deno.test("judge() a host on which everything works, finds nothing", () => {
  assert.deepEqual(judge(BOTH, WELL), []);
});

for (const [kind, cases] of Object.entries(CASES)) {
  for (const [at, { facts, config = BOTH, level, what, mend }] of cases.entries()) {
    Deno.test(`judge() ${kind} ${at + 1}, is found with what it means and what mends it, and nothing else`, () => {
      const found = judge(config, { ...WELL, ...facts });
      assert.deepEqual([...new Set(found.map((each) => each.kind))], [kind], JSON.stringify(found));
      const [first] = found;
      assert.ok(first);
      assert.equal(first.level, level);
      assert.match(first.what, what);
      assert.ok(first.means.length > 10 && !first.means.endsWith("."));
      if (mend !== undefined) assert.match(first.mend.join("\n"), mend);
    });
  }
}

Deno.test("judge() a configuration that asks for nothing, finds nothing on a host that has nothing", () => {
  const bare: Facts = {
    ...WELL,
    modules: { there: new Set(), loadable: new Set() },
    capabilities: 0n,
    links: [],
    sysctls: new Map(),
    limits: {},
  };
  assert.deepEqual(judge(configOf("global_defs {\n}\n"), bare), []);
});

Deno.test("judge() errors, come before warnings", () => {
  const found = judge(BOTH, {
    ...WELL,
    managed: ["eth0"],
    ...sysctls(["net/ipv4/ip_forward", "0"]),
  });
  assert.deepEqual(found.map(({ level }) => level), ["error", "warning"]);
});
