/** Two daemons of one host with one virtual router: they cannot hear each other's adverts, so they tell each other. */

import assert from "node:assert/strict";
import { Lab, labTest, PYTHON, startNode, type Topology, until } from "../../lab/mod.ts";
import { AddressWatch } from "../../lab/timeline.ts";

const TOPOLOGY: Topology = {
  node: {
    links: {
      eth0: { network: "lan", addresses: ["10.77.0.1/24"] },
      eth1: { network: "other", addresses: ["10.78.0.1/24"] },
    },
  },
};

function instance(name: string, dev = "eth0"): string {
  return `vrrp_instance ${name} {
    interface ${dev}
    virtual_router_id 77
    virtual_ipaddress { 10.77.0.99/24 }
}
`;
}

/** One of the daemons of the host, with a pid file of its own. */
function start(lab: Lab, name: string, config: string) {
  const flags = ["-p", `${lab.dir}/${name}.pid`];
  return startNode(lab, "node", { kind: "holdfast", name, config, flags });
}

function again(own: string, its: string): RegExp {
  return new RegExp(
    `\\(${own}\\) Another daemon of this host \\(process \\d+\\) runs the same virtual router as vrrp_instance ${its}:`,
  );
}

function over(own: string, its: string): RegExp {
  return new RegExp(
    `\\(${own}\\) The other daemon of this host .* does not run the same virtual router as vrrp_instance ${its} any more`,
  );
}

labTest(
  "two daemons with one virtual router on one interface, both say so with process and instance, and when it is over",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const one = await start(lab, "one", instance("VI_ONE"));
    await one.seen(/Entering (BACKUP|MASTER) STATE/);
    const two = await start(lab, "two", instance("VI_TWO"));
    await one.seen(again("VI_ONE", "VI_TWO"));
    await two.seen(again("VI_TWO", "VI_ONE"));
    // Anything may be sent to a name that everybody can see.
    await lab.run("node", [PYTHON, "-c", NONSENSE]);
    await one.seen(/Ignored \d+ datagrams at the socket for other daemons/);
    // Somewhere else it is another virtual router.
    await lab.file("two.conf", instance("VI_TWO", "eth1"));
    two.signal("SIGHUP");
    await one.seen(over("VI_ONE", "VI_TWO"));
    await two.seen(over("VI_TWO", "VI_ONE"));
    const three = await start(lab, "three", instance("VI_THREE"));
    await one.seen(again("VI_ONE", "VI_THREE"));
    three.signal("SIGKILL");
    await three.end();
    await one.seen(over("VI_ONE", "VI_THREE"));
    await two.stop();
    await one.stop();
  },
);

labTest(
  "a second daemon with the address of a master, does not take it for a left-over at its start",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const one = await start(lab, "one", instance("VI_ONE"));
    await until("the first is master", () => lab.has("node", "10.77.0.99"));
    await using watch = await AddressWatch.start(lab, ["node"]);
    const two = await start(lab, "two", instance("VI_TWO"));
    await two.seen(/Entering BACKUP STATE/);
    await two.seen(again("VI_TWO", "VI_ONE"));
    const gone = watch.changes("10.77.0.99").filter(({ kind }) => kind === "deleted");
    assert.deepEqual(gone, []);
    await two.stop();
    await one.stop();
  },
);

const NONSENSE = `
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
for line in open("/proc/self/net/unix"):
    name = line.split()[-1]
    if name.startswith("@holdfast-routers."):
        s.sendto(b"nonsense", "\\0" + name[1:])
`;
