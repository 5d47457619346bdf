/** Hundreds of servers that go in one moment, with a master of VRRP in the same daemon: the node stays what it is. */

import assert from "node:assert/strict";
import { Lab, labTest, PYTHON, startNode, type Topology, until } from "../lab/mod.ts";

/** Servers, each an endpoint of its own, four a service. */
const SERVICES = 150;
const ADDRESSES = ["10.77.0.11", "10.77.0.12", "10.77.0.13", "10.77.0.14"];
const VIP = "10.77.0.99";

const TOPOLOGY: Topology = {
  master: { links: { eth0: { network: "lan", addresses: ["10.77.0.1/24"] } } },
  backup: { links: { eth0: { network: "lan", addresses: ["10.77.0.2/24"] } } },
  rack: {
    links: { eth0: { network: "lan", addresses: ADDRESSES.map((each) => `${each}/24`) } },
  },
};

function router(priority: number): string {
  return `vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 77
  priority ${priority}
  advert_int 1
  virtual_ipaddress { ${VIP}/24 }
}
`;
}

function services(): string {
  const servers = (port: number) =>
    ADDRESSES.map((address) =>
      `  real_server ${address} ${port} {\n    TCP_CHECK { connect_timeout 3 }\n  }\n`
    ).join("");
  const service = (port: number) =>
    `virtual_server ${VIP} ${port} {\n  delay_loop 3\n  retry 0\n  lb_algo rr\n  lb_kind NAT\n` +
    `  protocol TCP\n${servers(port)}}\n`;
  return Array.from({ length: SERVICES }, (_, index) => service(2000 + index)).join("");
}

/** Accepts whoever comes at every port. */
const RACK = `
import selectors, socket
selector = selectors.DefaultSelector()
for port in range(2000, 2000 + ${SERVICES}):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", port))
    listener.listen(64)
    selector.register(listener, selectors.EVENT_READ)
print("listens", flush=True)
while True:
    for key, _ in selector.select():
        key.fileobj.accept()[0].close()
`;

labTest(
  `${
    SERVICES * ADDRESSES.length
  } servers fail in one moment and come back, no advert is missed and the table follows`,
  ["ipvs", "ipvsadm"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const rack = () => lab.start("rack", [PYTHON, "-c", RACK]);
    const first = rack();
    await first.seen(/listens/);
    const backup = await startNode(lab, "backup", { kind: "holdfast", config: router(100) });
    const master = await startNode(lab, "master", {
      kind: "holdfast",
      config: `${router(200)}${services()}`,
    });
    const destinations = async () =>
      (await lab.run("master", ["ipvsadm", "-Sn"])).stdout.match(/^-a /gm)?.length ?? 0;
    const all = SERVICES * ADDRESSES.length;
    const explain = () => `${master.output}\n${backup.output}`;
    await lab.owned(VIP, "master");
    await until("every server is in the table", async () => await destinations() === all, {
      explain,
    });
    // From here on the backup has nothing to say.
    const from = backup.lines.length;
    first.signal("SIGKILL");
    await first.end();
    await until("no server is left", async () => await destinations() === 0, { explain });
    const second = rack();
    await second.seen(/listens/);
    await until("all are back", async () => await destinations() === all, { explain });
    const said = backup.lines.slice(from).map(({ text }) => text).join("\n");
    assert.doesNotMatch(said, /MASTER STATE|Transition/, "the backup heard every advert in time");
    assert.doesNotMatch(master.output, /BACKUP STATE[\s\S]*BACKUP STATE|lapse/i);
    assert.equal((await master.stop()).code, 0);
    assert.equal((await backup.stop()).code, 0);
  },
);
