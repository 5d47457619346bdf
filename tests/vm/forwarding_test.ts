/** Every way of forwarding serves, in both families, over every protocol: a real client, real servers, real tunnels. */

import assert from "node:assert/strict";
import { Lab, labTest, PYTHON, slowness, startNode, type Topology, until } from "../lab/mod.ts";
import { ipvs } from "./seed004.ts";

const link = (network: string, address: string) => ({ network, addresses: [`${address}/24`] });

/**
 * A server whose way back is the director (NAT), one that answers the client itself (DR and tunnels), and one that knows no way back
 * at all (full NAT).
 */
const TOPOLOGY: Topology = {
  client: { links: { eth0: link("outside", "172.16.1.10") } },
  director: {
    forward: true,
    links: { out0: link("outside", "172.16.1.1"), in0: link("inside", "192.168.1.1") },
  },
  behind: { gateway: "192.168.1.1", links: { eth0: link("inside", "192.168.1.101") } },
  beside: {
    links: { eth0: link("inside", "192.168.1.102"), eth1: link("outside", "172.16.1.102") },
  },
  lost: { links: { eth0: link("inside", "192.168.1.103") } },
};

const METHODS = [
  { name: "NAT", port: 7001, words: "NAT", host: "behind", last: 101 },
  { name: "DR", port: 7002, words: "DR", host: "beside", last: 102 },
  { name: "TUN", port: 7003, words: "TUN", host: "beside", last: 102 },
  { name: "GUE", port: 7004, words: "TUN type gue port 6080 csum", host: "beside", last: 102 },
  { name: "GRE", port: 7005, words: "TUN type gre nocsum", host: "beside", last: 102 },
  { name: "FNAT", port: 7006, words: "FNAT", host: "lost", last: 103 },
] as const;

const FAMILIES = [
  {
    family: "inet",
    vip: "172.16.1.99",
    local: "192.168.1.51",
    inside: (last: number) => `192.168.1.${last}`,
  },
  {
    family: "inet6",
    vip: "fd00:1::99",
    local: "fd00:2::51",
    inside: (last: number) => `fd00:2::${last}`,
  },
] as const;

const PROTOCOLS = ["TCP", "UDP", "SCTP"] as const;

const CONFIG = [
  "local_address_group local {",
  ...FAMILIES.map(({ local }) => `  ${local}`),
  "}",
  ...FAMILIES.flatMap(({ vip, inside }) =>
    METHODS.flatMap(({ port, words, name, last }) =>
      PROTOCOLS.map((protocol) => `
virtual_server ${vip} ${port} {
  lb_algo rr
  lb_kind ${words}
  protocol ${protocol}
  ${name === "FNAT" ? "laddr_group_name local" : ""}
  real_server ${inside(last)} ${port} {
  }
}`)
    )
  ),
].join("\n");

/** Answers with its name: NAME PORT…. */
const SERVER = `
import select, socket, sys
name, ports = sys.argv[1], [int(port) for port in sys.argv[2:]]
opened = []
for port in ports:
    for family in (socket.AF_INET, socket.AF_INET6):
        for kind, protocol in ((socket.SOCK_STREAM, 6), (socket.SOCK_DGRAM, 17), (socket.SOCK_STREAM, 132)):
            one = socket.socket(family, kind, protocol)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6: one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            # What answers the client itself answers from the address that was asked.
            own = name == "beside" and kind == socket.SOCK_DGRAM
            address = ("fd00:1::99", "172.16.1.99") if own else ("::", "0.0.0.0")
            one.bind((address[family == socket.AF_INET], port))
            if kind == socket.SOCK_STREAM: one.listen(16)
            opened.append((one, kind))
print("serving", flush=True)
while True:
    for ready in select.select([one for one, _ in opened], [], [])[0]:
        kind = dict((id(one), kind) for one, kind in opened)[id(ready)]
        if kind == socket.SOCK_DGRAM:
            said, peer = ready.recvfrom(2048)
            ready.sendto(name.encode() + b" " + said, peer)
        else:
            peer, _ = ready.accept()
            peer.settimeout(20)
            try: peer.sendall(name.encode() + b" " + peer.recv(2048))
            except OSError: pass
            peer.close()
`;

/** Asks over every protocol, and says what is answered: TIMEOUT, then FAMILY:ADDRESS:PORT:PROTOCOL…. */
const CLIENT = `
import socket, sys
limit = float(sys.argv[1])
for what in sys.argv[2:]:
    family, port, protocol, address = what.split(",")
    kind = socket.SOCK_DGRAM if protocol == "UDP" else socket.SOCK_STREAM
    number = {"TCP": 6, "UDP": 17, "SCTP": 132}[protocol]
    try:
        one = socket.socket(socket.AF_INET if family == "inet" else socket.AF_INET6, kind, number)
        one.settimeout(limit)
        one.connect((address, int(port)))
        one.sendall(b"hello")
        print(what, one.recv(2048).decode(), flush=True)
        one.close()
    except OSError as error:
        print(what, type(error).__name__, error, flush=True)
`;

const IPV6: readonly (readonly [host: string, address: string, dev: string])[] = [
  ["client", "fd00:1::10", "eth0"],
  ["director", "fd00:1::1", "out0"],
  ["director", "fd00:2::1", "in0"],
  ["behind", "fd00:2::101", "eth0"],
  ["beside", "fd00:2::102", "eth0"],
  ["beside", "fd00:1::102", "eth1"],
  ["lost", "fd00:2::103", "eth0"],
];

async function prepare(lab: Lab): Promise<void> {
  const shell = (host: string, text: string) => lab.run(host, ["sh", "-ec", text]);
  for (const [host, address, dev] of IPV6) {
    await shell(host, `ip address add ${address}/64 dev ${dev} nodad`);
  }
  await shell("behind", "ip -6 route add default via fd00:2::1");
  await shell(
    "director",
    [
      "sysctl -qw net.ipv6.conf.all.forwarding=1",
      "ip address add 172.16.1.99/32 dev out0",
      "ip address add fd00:1::99/128 dev out0 nodad",
      "ip address add 192.168.1.51/32 dev in0",
      "ip address add fd00:2::51/128 dev in0 nodad",
    ].join("\n"),
  );
  // What seed 004's script does for DR, and what tunnels need.
  await shell(
    "beside",
    [
      "for name in all lo; do",
      "  sysctl -qw net.ipv4.conf.$name.arp_ignore=1 net.ipv4.conf.$name.arp_announce=2",
      "done",
      "modprobe -a ipip fou ip_gre ip6_tunnel fou6 ip6_gre",
      "ip address add 172.16.1.99/32 dev lo",
      "ip address add fd00:1::99/128 dev lo nodad",
      "ip fou add port 6080 gue",
      "ip -6 fou add port 6080 gue",
      "for name in tunl0 gre0 ip6tnl0 ip6gre0; do ip link set $name up; done",
      "for name in all default eth0 eth1 tunl0 gre0; do sysctl -qw net.ipv4.conf.$name.rp_filter=0; done",
    ].join("\n"),
  );
  for (const host of ["behind", "beside", "lost"]) {
    const ports = METHODS.filter((method) => method.host === host).map(({ port }) => String(port));
    const server = lab.start(host, [PYTHON, "-c", SERVER, host, ...ports], {
      name: `server ${host}`,
    });
    await server.seen(/serving/);
  }
}

labTest("every forwarding method, family and protocol, serves a client", [
  "ipvs",
  "ipvsadm",
  "nft",
  "python3",
], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  await lab.run("director", ["modprobe", "sctp"]);
  await prepare(lab);
  await startNode(lab, "director", { kind: "holdfast", config: CONFIG });
  const wanted = FAMILIES.length * METHODS.length * PROTOCOLS.length;
  await until(
    "every server is in the table",
    async () =>
      (await ipvs(lab, "director")).filter((row) => row.startsWith("-a ")).length === wanted,
    {
      limit: 60_000,
      explain: async () => `${lab.tails()}\n${(await ipvs(lab, "director")).join("\n")}`,
    },
  );
  const asked = FAMILIES.flatMap(({ family, vip }) =>
    METHODS.flatMap(({ port, host, name }) =>
      PROTOCOLS.map((protocol) => ({
        what: `${family},${port},${protocol},${vip}`,
        host,
        name: `${name} ${family} ${protocol}`,
      }))
    )
  );
  const limit = String(3 * slowness());
  const words = asked.map(({ what }) => what);
  const { stdout } = await lab.run("client", [PYTHON, "-c", CLIENT, limit, ...words]);
  const answers = new Map(
    stdout.split("\n").map((line) => {
      const [what = "", ...rest] = line.split(" ");
      return [what, rest.join(" ")] as const;
    }),
  );
  const failed = asked.flatMap(({ what, host, name }) => {
    const answer = answers.get(what) ?? "nothing";
    return answer === `${host} hello` ? [] : [`${name}: ${answer}`];
  });
  assert.deepEqual(failed, []);
});
