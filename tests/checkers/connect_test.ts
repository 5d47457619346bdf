/** From where checks ask: servers behind a firewall that lets in nothing else. */

import { Lab, labTest, PYTHON, run, type Topology } from "../lab/mod.ts";
import { judge, listening } from "./mod.ts";

const PEER = "10.8.8.2";

const TOPOLOGY: Topology = {
  node: {
    links: {
      eth0: { network: "lan", addresses: ["10.8.8.1/24", "10.8.8.5/24"] },
      eth1: { network: "elsewhere", addresses: ["10.9.9.1/24"] },
    },
  },
  peer: { links: { eth0: { network: "lan", addresses: [`${PEER}/24`] } } },
};

const PORTS = { any: 7000, address: 7001, port: 7002, mark: 7003 };

/** Answers at some ports. */
const ACCEPT = `
import selectors, socket, sys
sockets = selectors.DefaultSelector()
for port in sys.argv[1:]:
    sockets.register(socket.create_server(("", int(port)), backlog=64), selectors.EVENT_READ)
while True:
    for key, _ in sockets.select():
        key.fileobj.accept()[0].close()
`;

const FIREWALL = `table ip checks {
  chain in {
    type filter hook input priority 0
    tcp dport ${PORTS.address} ip saddr != 10.8.8.5 reject with tcp reset
    tcp dport ${PORTS.port} tcp sport != 5555 reject with tcp reset
  }
}
`;

/** Not asked of keepalived. */
const ALONE = { why: "two daemons cannot connect from one port to the same server at once" };

/** Where the mark is seen: it does not leave the host. */
const MARKS = `table ip checks {
  chain out {
    type filter hook output priority 0
    tcp dport ${PORTS.mark} meta mark != 7 reject with tcp reset
  }
}
`;

labTest(
  "TCP_CHECK, connect_ip, connect_port, bindto, bind_port, bind_if, fwmark: asks from where it shall, as keepalived does",
  ["nft", "ss", "python3"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    for (const [host, rules] of [["peer", FIREWALL], ["node", MARKS]] as const) {
      await run(lab.argv(host, ["nft", "-f", "-"]), { input: rules });
    }
    const ports = Object.values(PORTS);
    lab.start("peer", [PYTHON, "-c", ACCEPT, ...ports.map(String)], { name: "servers" });
    await listening(lab, "peer", ports);
    const check = (port: number, rows: string) => `TCP_CHECK {\nconnect_port ${port}\n${rows}\n}`;
    const cases: readonly (readonly [
      name: string,
      port: number,
      rows: string,
      good: boolean,
      address?: string,
    ])[] = [
      ["plain", PORTS.any, "", true],
      ["connect_ip", PORTS.any, `connect_ip ${PEER}`, true, "10.8.8.77"],
      ["connect_ip of nobody", PORTS.any, "connect_ip 10.8.8.78", false],
      ["no bindto", PORTS.address, "", false],
      ["bindto", PORTS.address, "bindto 10.8.8.5", true],
      ["bindto another", PORTS.address, "bindto 10.8.8.1", false],
      ["no bind_port", PORTS.port, "", false],
      ["bind_port", PORTS.port, "bind_port 5555", true],
      ["no fwmark", PORTS.mark, "", false],
      ["fwmark", PORTS.mark, "fwmark 7", true],
      ["fwmark of another", PORTS.mark, "fwmark 8", false],
      ["bind_if", PORTS.any, "bind_if eth0", true],
      ["bind_if of another network", PORTS.any, "bind_if eth1", false],
    ];
    await judge(
      lab,
      "node",
      cases.map(([name, port, rows, good, address = PEER], index) => ({
        name,
        address,
        port: index + 1,
        check: check(port, rows),
        good,
        ...(rows.startsWith("bind_port") && { keepalived: ALONE }),
      })),
    );
  },
);
