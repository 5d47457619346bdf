/** Seed 000: heartbeat by unicast on eth1, the VIP with a label on eth0. */

import assert from "node:assert/strict";
import { Capture, Lab, labTest, startNode, type Topology } from "../../lab/mod.ts";
import { type Quoted, quoted } from "../../documents.ts";

const TOPOLOGY: Topology = {
  lvs1: {
    links: {
      eth0: { network: "service", addresses: ["10.0.0.6/24"] },
      eth1: { network: "heartbeat", addresses: ["192.168.0.206/24"] },
    },
  },
  lvs2: {
    links: {
      eth0: { network: "service", addresses: ["10.0.0.7/24"] },
      eth1: { network: "heartbeat", addresses: ["192.168.0.207/24"] },
    },
  },
};

/** The peer's file, as the document explains it: own and peer's address exchanged. */
function peer(config: string): string {
  return config.replaceAll("192.168.0.206", "OWN").replaceAll("192.168.0.207", "192.168.0.206")
    .replaceAll("OWN", "192.168.0.207");
}

for (const name of ["seed000_instance", "seed000_unicast"] satisfies Quoted[]) {
  labTest(
    `${name}, adverts by unicast on eth1 move 10.0.0.100/24 labelled eth0:1 on eth0`,
    ["tcpdump", "tshark"],
    async () => {
      await using lab = await Lab.create(TOPOLOGY);
      await using adverts = await Capture.start(lab, "lvs2", { ifname: "eth1", filter: "vrrp" });
      await using arp = await Capture.start(lab, "lvs2", { ifname: "eth0", filter: "arp" });
      const config = quoted(name);
      const vip = async (host: string) =>
        (await lab.addresses(host)).filter((line) => line.includes("10.0.0.100/"));

      const first = await startNode(lab, "lvs1", { kind: "holdfast", config });
      await lab.owned("10.0.0.100", "lvs1");
      assert.match(
        (await vip("lvs1")).join("\n"),
        /^inet 10\.0\.0\.100\/24 scope global .*eth0:1$/,
      );
      await arp.seen(/Request who-has 10\.0\.0\.100 .*tell 10\.0\.0\.100/);

      const second = await startNode(lab, "lvs2", { kind: "holdfast", config: peer(config) });
      await second.seen(/VI_1.*BACKUP/i);
      assert.equal((await first.stop()).code, 0);
      await lab.owned("10.0.0.100", "lvs2");
      assert.match(
        (await vip("lvs2")).join("\n"),
        /^inet 10\.0\.0\.100\/24 scope global .*eth0:1$/,
      );
      assert.deepEqual(await vip("lvs1"), []);
      assert.equal((await second.stop()).code, 0);
      assert.deepEqual(await vip("lvs2"), []);

      const [line] = adverts.lines;
      assert.match(
        line ?? "",
        /IP 192\.168\.0\.206 > 192\.168\.0\.207: VRRPv2, Advertisement, vrid 100, prio 100, authtype simple, intvl 1s, length 20/,
      );
      for (const advert of await adverts.adverts()) {
        assert.ok(advert.checksumGood);
        assert.equal(advert.ttl, 255);
        assert.deepEqual(advert.addresses, ["10.0.0.100"]);
      }
    },
  );
}
