/** Whether the firewall lets adverts in and out, and what belongs to virtual servers through. */

import type { Config } from "../document/config.ts";
import { familyOf, type Ip } from "../net/mod.ts";
import type { VrrpInstanceConfig } from "../vrrp/mod.ts";
import type { Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { type Blocked, blockedBy, type Hook, type Packet } from "./firewall/ruleset.ts";

const [TCP, AH, UDP, VRRP, SCTP] = [6, 51, 17, 112, 132];

/** What comes in, what goes out, what goes through. */
const IN: readonly Hook[] = ["ingress", "prerouting", "input"];
const OUT: readonly Hook[] = ["output", "postrouting", "egress"];
const THROUGH: readonly Hook[] = ["prerouting", "forward", "postrouting"];

/** Findings of the firewall, each rule that is in the way once. */
export function judgeFirewall(config: Config, facts: Facts): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (
    const finding of [
      ...ofUnread(config, facts),
      ...ofAdverts(config, facts),
      ...ofServices(config, facts),
    ]
  ) {
    const key = `${finding.what} ${finding.mend.join()}`;
    if (!found.has(key)) found.set(key, finding);
  }
  return [...found.values()];
}

function ofUnread({ vrrp }: Config, { firewall }: Facts): readonly Finding[] {
  if (vrrp.instances.length === 0) return [];
  return firewall.unread.map((why): Finding => ({
    kind: "firewall-unread",
    level: "warning",
    of: "firewall",
    what: why,
    means: "whether it lets adverts pass is not known",
    mend: ["nft list ruleset; iptables-save   # as root"],
  }));
}

function ofAdverts({ vrrp }: Config, facts: Facts): readonly Finding[] {
  return vrrp.instances.flatMap((instance) => {
    const group = instance.mcastDstIp ??
      (instance.family === "inet" ? vrrp.mcastGroup4 : vrrp.mcastGroup6);
    return advertsOf(instance, group).flatMap(({ packet, hooks, from }) => {
      const blocked = blockedBy(facts.firewall.chains, packet, hooks);
      return blocked === undefined ? [] : [findingOf(instance, blocked, { packet, from, facts })];
    });
  });
}

/** A packet, where it passes, and what it is for a person. */
interface Passing {
  readonly packet: Packet;
  readonly hooks: readonly Hook[];
  readonly from: string;
}

/**
 * Adverts as this node hears and sends them. To connection tracking they are new, by unicast too: a backup says nothing, so the first
 * advert it hears is no answer.
 */
function advertsOf(instance: VrrpInstanceConfig, group: Ip): readonly Passing[] {
  const { interface: ifname, family, unicastPeers, unicastSrcIp, mcastSrcIp } = instance;
  const own = unicastSrcIp ?? mcastSrcIp;
  const protocol = instance.authentication?.kind === "ah" ? AH : VRRP;
  const base = { family: family === "inet" ? "ip" : "ip6", protocol } as const;
  const mine = own === undefined ? {} : { source: own };
  const to = own === undefined ? {} : { destination: own };
  const input = ifname === undefined ? {} : { inputInterface: ifname };
  const output = ifname === undefined ? {} : { outputInterface: ifname };
  if (unicastPeers.length === 0) {
    return [
      {
        packet: { ...base, ...input, destination: group, states: ["new"] },
        hooks: IN,
        from: "adverts of other nodes",
      },
      {
        packet: { ...base, ...mine, ...output, destination: group, states: ["new"] },
        hooks: OUT,
        from: "adverts of this node",
      },
    ];
  }
  return unicastPeers.flatMap(({ address }): readonly Passing[] => [
    {
      packet: { ...base, ...input, ...to, source: address, states: ["new"] },
      hooks: IN,
      from: `adverts of ${address}`,
    },
    {
      packet: { ...base, ...mine, ...output, destination: address, states: ["new"] },
      hooks: OUT,
      from: `adverts to ${address}`,
    },
  ]);
}

function findingOf(
  { name, authentication }: VrrpInstanceConfig,
  blocked: Blocked,
  { packet, from, facts }: {
    readonly packet: Packet;
    readonly from: string;
    readonly facts: Facts;
  },
): Finding {
  const number = authentication?.kind === "ah" ? AH : VRRP;
  const leaves = packet.inputInterface === undefined && packet.outputInterface !== undefined;
  return {
    kind: "firewall",
    level: blocked.certain ? "error" : "warning",
    of: name,
    what: `${
      blocked.certain ? capital(from) : `It may be that ${from}`
    } (protocol ${number}) are dropped by ${by(blocked)}`,
    means: leaves
      ? "the backup hears nothing and becomes master as well: two nodes hold the addresses"
      : "this node hears nobody and becomes master as well: two nodes hold the addresses",
    mend: mendOf(blocked, packet, facts),
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function by({ chain, rule }: Blocked): string {
  return rule === undefined
    ? `the policy of ${chain.name}`
    : `the rule "${rule.text}" in ${chain.name}`;
}

/** A command of whoever wrote the rules, which lets such packets pass. */
function mendOf(
  { chain }: Blocked,
  packet: Packet,
  { firewall }: Facts,
): readonly string[] {
  const { protocol, family, inputInterface, outputInterface, destinationPort } = packet;
  const word = protocol === VRRP
    ? "vrrp"
    : protocol === AH
    ? "ah"
    : PORTS.get(protocol) ?? `${protocol}`;
  if (firewall.manager === "firewalld" && destinationPort === undefined) {
    return [
      `firewall-cmd --permanent --add-rich-rule='rule family="${
        family === "ip" ? "ipv4" : "ipv6"
      }" protocol value="${word}" accept'`,
      "firewall-cmd --reload",
    ];
  }
  if (firewall.manager === "ufw" && destinationPort === undefined) {
    const file = family === "ip" ? "before.rules" : "before6.rules";
    const input = family === "ip" ? "ufw-before-input" : "ufw6-before-input";
    return [
      `sed -i '/^COMMIT/i -A ${input} -p ${protocol} -j ACCEPT' /etc/ufw/${file}`,
      "ufw reload",
    ];
  }
  const port = destinationPort === undefined ? "" : ` dport ${destinationPort}`;
  if (chain.tool === "nft") {
    const way = inputInterface !== undefined
      ? `iifname "${inputInterface}" `
      : outputInterface !== undefined
      ? `oifname "${outputInterface}" `
      : "";
    const match = port === "" ? `meta l4proto ${protocol}` : `${word}${port}`;
    return [
      `nft insert rule ${chain.family} ${chain.table} ${chain.chain} ${way}${match} accept   # and in /etc/nftables.conf`,
    ];
  }
  const way = inputInterface !== undefined
    ? `-i ${inputInterface} `
    : outputInterface !== undefined
    ? `-o ${outputInterface} `
    : "";
  const ports = port === "" ? "" : ` --dport ${destinationPort}`;
  const table = chain.table === "filter" ? "" : `-t ${chain.table} `;
  return [
    `${chain.tool} ${table}-I ${chain.chain} 1 ${way}-p ${protocol}${ports} -j ACCEPT   # and in what is loaded at boot`,
  ];
}

const PORTS: ReadonlyMap<number, string> = new Map([[TCP, "tcp"], [UDP, "udp"], [SCTP, "sctp"]]);

/** Clients of virtual servers come in by the input hook, answers by NAT go through (kernel: `ip_vs_core.c`). */
function ofServices({ lvs }: Config, { firewall, ...rest }: Facts): readonly Finding[] {
  const facts = { firewall, ...rest };
  const numbers = { tcp: TCP, udp: UDP, sctp: SCTP };
  return lvs.virtualServers.flatMap(({ services, realServers, fullNat }) =>
    services.flatMap((id) => {
      if (id.kind !== "address") return [];
      const protocol = numbers[id.protocol];
      const family = familyOf(id.address) === "inet" ? "ip" as const : "ip6" as const;
      const ports = id.port === 0 ? {} : { destinationPort: id.port };
      const client: Packet = {
        family,
        protocol,
        destination: id.address,
        ...ports,
        states: ["new"],
      };
      const place = `${id.protocol} ${id.address}${id.port === 0 ? "" : ` port ${id.port}`}`;
      const refused = blockedBy(firewall.chains, client, IN);
      const found: Finding[] = [];
      if (refused?.certain) {
        found.push({
          kind: "firewall",
          level: "error",
          of: place,
          what: `Clients of ${place} are dropped by ${by(refused)}`,
          means: "nobody reaches the virtual server",
          mend: mendOf(refused, client, facts),
        });
      }
      const [nat] = fullNat === undefined
        ? realServers.filter(({ forwarding }) => forwarding.method === "nat")
        : [];
      if (nat === undefined) return found;
      const answer: Packet = {
        family: familyOf(nat.address) === "inet" ? "ip" : "ip6",
        protocol,
        source: nat.address,
        ...(nat.port !== 0 && { sourcePort: nat.port }),
        states: ["new", "established", "invalid"],
      };
      const stopped = blockedBy(firewall.chains, answer, THROUGH);
      if (stopped?.certain) {
        found.push({
          kind: "firewall",
          level: "error",
          of: place,
          what: `Answers of real servers of ${place} are dropped by ${by(stopped)}`,
          means: "clients by lb_kind NAT never hear of the server",
          mend: stopped.chain.tool === "nft"
            ? [
              `nft insert rule ${stopped.chain.family} ${stopped.chain.table} ${stopped.chain.chain} ${answer.family} saddr ${nat.address} accept   # for each real server; and in /etc/nftables.conf`,
            ]
            : [
              `${stopped.chain.tool} -I ${stopped.chain.chain} 1 -s ${nat.address} -j ACCEPT   # for each real server`,
            ],
        });
      }
      return found;
    })
  );
}
