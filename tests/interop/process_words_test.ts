/** Keywords about timing, carrier and sockets, beside Debian's keepalived for the same file. */

import assert from "node:assert/strict";
import {
  AddressWatch,
  type Kind,
  Lab,
  labTest,
  startNode,
  type Topology,
  until,
} from "../lab/mod.ts";

const VIP = "192.0.2.100";

const plan = (address: string) => ({ links: { eth0: { network: "lan", addresses: [address] } } });

const TOPOLOGY: Topology = { alpha: plan("192.0.2.1/24"), beta: plan("192.0.2.2/24") };

const instance = (priority: number, words = "", globals = "", root = "") =>
  `${root}
global_defs {
    ${globals}
}
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int 1
    garp_master_delay 0
    ${words}
    virtual_ipaddress {
        ${VIP}/24
    }
}
`;

/** keepalived 2.2 does not know the keyword: there the stronger one that was stopped goes on, and the other gives way. */
labTest(
  "timer_expired_backup: a master stopped for longer than a backup waits, is backup when it goes on",
  [
    "keepalived",
  ],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using watch = await AddressWatch.start(lab, ["alpha", "beta"]);
    const words = "nopreempt\ntimer_expired_backup";
    const alpha = await startNode(lab, "alpha", {
      kind: "holdfast",
      config: instance(200, words),
    });
    await lab.owned(VIP, "alpha");
    const beta = await startNode(lab, "beta", { kind: "keepalived", config: instance(100) });
    await beta.seen(/Entering BACKUP STATE/);
    alpha.signal("SIGSTOP");
    await until("beta has taken over", () => lab.has("beta", VIP));
    const resumed = Date.now();
    alpha.signal("SIGCONT");
    await lab.owned(VIP, "beta");
    await until("alpha is backup again", () => {
      return alpha.lines.filter(({ text }) => /Entering BACKUP STATE/.test(text)).length === 2;
    });
    const moved = watch.changes(VIP).filter(({ host, at }) => host === "beta" && at > resumed);
    assert.deepEqual(moved, []);
    assert.equal((await alpha.stop()).code, 0);
    assert.equal((await beta.stop()).code, 0);
  },
);

labTest("linkbeat: a carrier that is asked for is a fault and its end, as with keepalived", [
  "keepalived",
], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const hosts = { holdfast: "alpha", keepalived: "beta" } as const;
  const root = "linkbeat_interfaces {\neth0 ETHTOOL\n}\nlinkbeat_use_polling";
  const words = (kind: Kind) => kind === "holdfast" ? "virtual_router_id 52" : "";
  const kinds = ["holdfast", "keepalived"] as const;
  const nodes = await Promise.all(kinds.map(async (kind) => {
    const host = hosts[kind];
    const vip = VIP.replace("100", kind === "holdfast" ? "101" : "100");
    const config = instance(100, words(kind), "", root).replace(VIP, vip);
    const node = await startNode(lab, host, { kind, config });
    await until(`${kind} is master`, () => lab.has(host, vip), { explain: () => lab.tails() });
    await lab.unplug(host, "eth0");
    await node.seen(/Entering FAULT STATE/);
    await until(`${kind} has let go`, async () => !await lab.has(host, vip));
    await lab.plug(host, "eth0");
    await until(`${kind} is master again`, () => lab.has(host, vip), {
      explain: () => lab.tails(),
    });
    return node;
  }));
  for (const node of nodes) assert.equal((await node.stop()).code, 0);
});

labTest("receive buffers of netlink sockets, are as large as keepalived's for the same file", [
  "keepalived",
  "ss",
], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const globals = "vrrp_netlink_monitor_rcv_bufs 4194304\nvrrp_netlink_monitor_rcv_bufs_force\n" +
    "vrrp_netlink_cmd_rcv_bufs 98304";
  for (const [host, kind] of [["alpha", "holdfast"], ["beta", "keepalived"]] as const) {
    const node = await startNode(lab, host, { kind, config: instance(100, "", globals) });
    // The kernel doubles what is asked for.
    await until(`the buffers of ${kind} are set`, async () => {
      const { stdout } = await lab.run(host, ["ss", "-f", "netlink", "-m"]);
      return stdout.includes("rb8388608") && stdout.includes("rb196608");
    }, {
      explain: async () =>
        (await lab.run(host, ["ss", "-f", "netlink", "-m"])).stdout + lab.tails(),
    });
    assert.equal((await node.stop()).code, 0);
  }
});
