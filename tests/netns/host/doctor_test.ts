/** What keeps a pair apart is found by the doctor, and mended by the very command it prints: real rules, real adverts. */

import assert from "node:assert/strict";
import { executable, Lab, labTest, startNode, type Topology, until } from "../../lab/mod.ts";

const TOPOLOGY: Topology = {
  one: { links: { eth0: { network: "lan", addresses: ["10.83.0.1/24"] } } },
  two: { links: { eth0: { network: "lan", addresses: ["10.83.0.2/24"] } } },
};
const VIP = "10.83.0.99";

function configuration(priority: number, more = ""): string {
  return `vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 83
  version 3
  advert_int 0.1
  priority ${priority}
  ${more}
  virtual_ipaddress {
    ${VIP}/24
  }
}
`;
}

interface Found {
  readonly kind: string;
  readonly level: string;
  readonly what: string;
  readonly mend: readonly string[];
}

/** What the doctor finds on a host of what a lab can break; the machine that runs the lab has its own faults. */
async function doctor(
  lab: Lab,
  host: string,
  config: string,
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly findings: readonly Found[] }> {
  const file = await lab.file(`${host}-doctor.conf`, config);
  const pid = `${lab.dir}/${host}-main.pid`;
  const argv = [executable("holdfast"), "doctor", "--json", "-f", file, "-p", pid, ...words];
  const { code, stdout, stderr } = await lab.run(host, argv, { check: false });
  assert.equal(stderr, "");
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Found[] };
  return { code, findings: findings.filter(({ kind }) => !OF_THE_MACHINE.has(kind)) };
}

const OF_THE_MACHINE: ReadonlySet<string> = new Set([
  "clock-source",
  "clock-unsynchronised",
  "kernel-module",
  "open-files",
]);

async function nft(lab: Lab, host: string, rules: string): Promise<void> {
  await lab.run(host, ["nft", "-f", await lab.file(`${host}.nft`, rules)]);
}

/** Does what the doctor says, as root would. */
async function mend(lab: Lab, host: string, { mend: commands }: Found): Promise<void> {
  for (const command of commands) await lab.run(host, ["sh", "-c", command]);
}

/** Rulesets that part the pair, by what of them is in the way. */
const RULESETS: readonly (readonly [string, string, RegExp])[] = [
  [
    "a policy that drops",
    `table inet filter {
      chain input {
        type filter hook input priority 0; policy drop;
        ct state established,related accept
        iifname "lo" accept
        tcp dport 22 accept
      }
    }`,
    /Adverts of other nodes \(protocol 112\) are dropped by the policy of chain input of inet filter/,
  ],
  [
    "a rule in a chain that is jumped to",
    `table ip mine {
      chain strict {
        meta l4proto { icmp, tcp, udp } accept
        drop
      }
      chain in {
        type filter hook input priority -10; policy accept;
        iifname "eth0" jump strict
      }
    }`,
    /Adverts of other nodes .* dropped by the rule "drop" in chain strict of ip mine/,
  ],
  [
    "a rule for what is sent",
    `table inet filter {
      chain output {
        type filter hook output priority 0; policy accept;
        ip daddr 224.0.0.0/4 oifname "eth0" drop
      }
    }`,
    /Adverts of this node .* dropped by the rule "ip daddr 224\.0\.0\.0\/4 oifname eth0 drop"/,
  ],
];

for (const [name, rules, what] of RULESETS) {
  labTest(`holdfast doctor: ${name}, two masters are found, named and mended by the command`, [
    "nft",
  ], async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const [strong, weak] = [configuration(150), configuration(100)];
    for (const host of ["one", "two"]) {
      assert.deepEqual((await doctor(lab, host, strong)).findings, []);
    }
    // Nobody hears the other: by what comes in at the weaker, or by what goes out at the stronger.
    const host = /this node/.test(`${what}`) ? "one" : "two";
    await nft(lab, host, rules);
    await startNode(lab, "one", { kind: "holdfast", config: strong });
    await startNode(lab, "two", { kind: "holdfast", config: weak });
    await until("both are master", async () => (await lab.owners(VIP)).length === 2, {
      explain: () => lab.tails(),
    });
    const { code, findings } = await doctor(lab, host, strong);
    assert.equal(code, 2);
    assert.deepEqual(findings.map(({ kind, level }) => [kind, level]), [["firewall", "error"]]);
    const [finding] = findings;
    assert.ok(finding);
    assert.match(finding.what, what);
    await mend(lab, host, finding);
    await until("one is master", async () => `${await lab.owners(VIP)}` === "one", {
      explain: () => lab.tails(),
    });
    assert.deepEqual((await doctor(lab, host, strong)).findings, []);
  });
}

labTest(
  "holdfast doctor: a link that is down, ARP that is silent, are mended by the command",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const config = configuration(150);
    await lab.run("one", ["sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=8"]);
    await lab.setLink("one", "eth0", "down");
    const { code, findings } = await doctor(lab, "one", config);
    assert.equal(code, 2);
    assert.deepEqual(findings.map(({ kind }) => kind), ["interface-down", "arp-ignore"]);
    for (const finding of findings) {
      // What is for the next boot is not for a lab.
      const now = finding.mend.filter((command) => !command.startsWith("echo "));
      await mend(lab, "one", { ...finding, mend: now });
    }
    await until(
      "the link runs",
      async () => (await doctor(lab, "one", config)).findings.length === 0,
    );
  },
);

labTest(
  "holdfast doctor --probe-addresses: who answers for a virtual address is named",
  ["nft"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const config = configuration(150);
    assert.deepEqual((await doctor(lab, "one", config, "--probe-addresses")).findings, []);
    await startNode(lab, "two", { kind: "holdfast", config });
    await until("two is master", () => lab.has("two", VIP), { explain: () => lab.tails() });
    const { stdout } = await lab.run("two", ["cat", "/sys/class/net/eth0/address"]);
    const { findings } = await doctor(lab, "one", config, "--probe-addresses");
    assert.deepEqual(findings.map(({ kind }) => kind), ["address-taken"]);
    assert.match(
      findings[0]?.what ?? "",
      new RegExp(`${stdout.trim()} answers for ${VIP} on eth0`),
    );
    // Who holds it needs not ask.
    assert.deepEqual((await doctor(lab, "two", config, "--probe-addresses")).findings, []);
  },
);

labTest(
  "holdfast doctor: real servers that refuse, and to which there is no way, are told",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const config = `virtual_server 10.83.0.50 80 {
    protocol TCP
    lb_algo rr
    lb_kind DR
    real_server 10.83.0.2 80 {
    }
    real_server 192.0.2.1 80 {
    }
  }`;
    const { findings } = await doctor(lab, "one", config);
    assert.deepEqual(
      findings.map(({ what }) => what).toSorted(),
      ["10.83.0.2:80 refuses connections", "192.0.2.1:80 cannot be reached: there is no way to it"],
    );
    assert.deepEqual((await doctor(lab, "one", config, "--no-servers")).findings, []);
  },
);
