/** Example configurations, commented, with a host's interfaces and networks filled in. */

import { formatConfig } from "../../src/document/format.ts";
import { formatIpv4, type Interface, ipv4Number, networkOf } from "./network.ts";

/** What an example shows. */
export const EXAMPLES = {
  vip: "one address that moves between two nodes",
  unicast: "the same where multicast does not pass, as in clouds",
  nat: "a pair of LVS directors in front of servers that have it as their gateway",
  dr: "a pair of LVS directors whose servers answer clients directly",
  fnat:
    "a pair of LVS directors that needs nothing of its servers' routing; holdfast leaves such a service out so far",
} as const;

/** Name of an example. */
export type ExampleKind = keyof typeof EXAMPLES;

/** The host an example is for: the interface towards clients and the one towards servers. */
export interface ExampleHost {
  readonly front?: Interface;
  readonly back?: Interface;
}

/** Where an example stands when the host has no such interface. */
const FRONT: Interface = { name: "eth0", address: "192.0.2.10", prefixLength: 24 };
const BACK: Interface = { name: "eth1", address: "198.51.100.10", prefixLength: 24 };

/** Networks smaller than this have no room for an example. */
const SMALLEST = 64;

/** Where the address of clients stands, from the end of its network. */
const VIP = -7;

/** The text of an example, as `holdfast fmt` lays it out. */
export function exampleText(kind: ExampleKind, host: ExampleHost): string {
  const [front = FRONT, back = host.front === undefined ? BACK : front] = [host.front, host.back]
    .map((link) => link !== undefined && networkOf(link).size >= SMALLEST ? link : undefined);
  const place: Place = { front, back };
  return formatConfig(`${head(kind)}${BODIES[kind](place)}`, "keepalived.conf").text;
}

interface Place {
  readonly front: Interface;
  readonly back: Interface;
}

function head(kind: ExampleKind): string {
  return `# holdfast: ${EXAMPLES[kind]}.
# Put it on both nodes as /etc/keepalived/keepalived.conf, with the lines marked "other node" changed there;
# "holdfast check" tells what is wrong with a file, "holdfast explain KEYWORD" what a keyword means.

`;
}

const BODIES: Readonly<Record<ExampleKind, (place: Place) => string>> = {
  vip: ({ front }) => instance("VI_1", front),
  unicast: ({ front }) => instance("VI_1", front, { more: unicast(front) }),
  nat: ({ front, back }) =>
    `${pair(front, back)}
${service(front, "NAT", back)}`,
  dr: ({ front }) =>
    `${instance("VI_1", front)}
# Each server holds the address on lo and does not answer ARP for it.
${service(front, "DR", front)}`,
  fnat: ({ front, back }) =>
    `${pair(front, back)}
# Addresses towards the servers that stand for clients; they move with the others.
local_address_group LOCAL {
    ${at(back, -20)}
}

${service(front, "FNAT", back, "    laddr_group_name LOCAL\n")}`,
};

/** Outer and inner address move together: servers have the inner one as their gateway. */
function pair(front: Interface, back: Interface): string {
  return `vrrp_sync_group VG_1 {
    group {
        VI_OUTSIDE
        VI_INSIDE
    }
}

${instance("VI_OUTSIDE", front)}
${instance("VI_INSIDE", back, { vrid: 52, fromEnd: VIP + 1 })}`;
}

function instance(
  name: string,
  link: Interface,
  { vrid = 51, fromEnd = VIP, more = "" }: { vrid?: number; fromEnd?: number; more?: string } = {},
): string {
  return `vrrp_instance ${name} {
    state BACKUP
    interface ${link.name}
    virtual_router_id ${vrid} # 1 to 255, the same on both nodes and on no other pair of this network
    priority 100 # other node: 90; the greater one is master
    advert_int 1
${more}    virtual_ipaddress {
        ${at(link, fromEnd)}/${link.prefixLength} # the address clients use: choose a free one
    }
}
`;
}

function unicast(link: Interface): string {
  return `    unicast_src_ip ${link.address} # other node: its own
    unicast_peer {
        ${at(link, -9)} # the other node; there: ${link.address}
    }
`;
}

function service(front: Interface, kind: string, back: Interface, more = ""): string {
  return `virtual_server ${at(front, VIP)} 80 {
    delay_loop 2
    lb_algo rr
    lb_kind ${kind}
    protocol TCP
${more}
${realServer(at(back, -12))}
${realServer(at(back, -13))}}
`;
}

function realServer(address: string): string {
  return `    real_server ${address} 80 {
        weight 1
        HTTP_GET {
            url {
                path /
                status_code 200
            }
            connect_timeout 3
            retry 2
            delay_before_retry 1
        }
    }
`;
}

/** A host's address so far from the end of an interface's network, never its own. */
function at(link: Interface, fromEnd: number): string {
  const { first, size } = networkOf(link);
  const found = first + size + fromEnd;
  return formatIpv4(found === ipv4Number(link.address) ? found - 32 : found);
}
