/** Command lines of other programs that start keepalived (compat.md 4.2 and 4.3), as they stand. */

import assert from "node:assert/strict";
import { executable, isStandIn, Lab, labTest, type Topology, until } from "../../lab/mod.ts";

const VIP = "10.8.8.100";

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.8.8.1/24"] } } },
};

const CONFIG = `vrrp_instance VR_1 {
    state BACKUP
    interface eth0
    virtual_router_id 1
    priority 255
    virtual_ipaddress {
        ${VIP}/24 dev eth0
    }
}
`;

function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

labTest(
  "neutron's and the operator's command lines, are obeyed: a pid file for each part that runs, gone at the end",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const config = await lab.file("vr.conf", CONFIG);
    const path = (name: string) => `${lab.dir}/${name}.pid`;
    const words = [
      ...["-P", "-f", config, "-p", path("main"), "-r", path("vrrp"), "-c", path("check")],
      ...["-b", path("bfd"), "-n", "-l", "-D", "-R", "-G", "-x", "--all", "--flush-log-file"],
    ];
    const node = lab.start("node", [executable("holdfast"), ...words], { name: "node" });
    await lab.owned(VIP, "node", { among: ["node"] });
    const main = await until("there is a pid file", () => read(path("main")));
    assert.match(main, /^\d+\n$/);
    assert.match(read(path("vrrp")) ?? "", /^\d+\n$/);
    assert.equal(read(path("check")), undefined);
    if (!isStandIn()) {
      assert.equal(read(path("vrrp")), main);
      await node.seen(/Cannot act on --snmp yet/);
    }
    node.signal("SIGTERM");
    await until("it has ended", () => node.status);
    assert.deepEqual([read(path("main")), read(path("vrrp"))], [undefined, undefined]);
  },
);
