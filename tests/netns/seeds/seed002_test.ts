/**
 * Seed 002: two nodes by unicast, both BACKUP with `nopreempt`, on ens192 with the document's
 * addresses.
 */

import assert from "node:assert/strict";
import { Capture, Lab, labTest, startNode, type Topology } from "../../lab/mod.ts";
import { quoted } from "../../documents.ts";

const VIP = "172.18.5.148";

const TOPOLOGY: Topology = {
  node144: { links: { ens192: { network: "lan", addresses: ["172.18.5.144/24"] } } },
  node145: { links: { ens192: { network: "lan", addresses: ["172.18.5.145/24"] } } },
};

labTest(
  "seed 002, the first node has the VIP, the other takes it over and keeps it (nopreempt)",
  ["tcpdump", "tshark", "keepalived"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await Capture.start(lab, "node145", { ifname: "ens192", filter: "vrrp" });
    const config144 = quoted("seed002_first");
    const config145 = quoted("seed002_second");

    const first = await startNode(lab, "node144", { kind: "holdfast", config: config144 });
    await lab.owned(VIP, "node144");
    assert.deepEqual(
      (await lab.addresses("node144", "ens192")).filter((line) => line.includes(VIP)),
      [`inet ${VIP}/32 scope global ens192`],
    );

    const second = await startNode(lab, "node145", { kind: "holdfast", config: config145 });
    await second.seen(/VI_1.*BACKUP/i);

    // "systemctl stop keepalived" on the first: the address moves.
    assert.equal((await first.stop()).code, 0);
    await lab.owned(VIP, "node145");

    // It comes back and, not preempting, lets the other keep it. The priorities are equal.
    const again = await startNode(lab, "node144", { kind: "holdfast", config: config144 });
    await again.seen(/VI_1.*BACKUP/i);
    const adverts = capture.lines.length;
    // Four intervals heard by the first node: it would have preempted by now.
    await capture.seen(/172\.18\.5\.145 > 172\.18\.5\.144/, { from: adverts });
    for (let heard = 0; heard < 4; heard++) {
      const from = capture.lines.length;
      await capture.seen(/172\.18\.5\.145 > 172\.18\.5\.144/, { from });
    }
    await lab.owned(VIP, "node145");
    assert.equal((await second.stop()).code, 0);
    await lab.owned(VIP, "node144");

    const seen = await capture.adverts();
    assert.ok(seen.length > 0);
    for (const advert of seen) {
      const from144 = advert.source === "172.18.5.144";
      assert.equal(advert.source, from144 ? "172.18.5.144" : "172.18.5.145");
      assert.equal(advert.destination, from144 ? "172.18.5.145" : "172.18.5.144");
      assert.equal(advert.version, 2);
      assert.equal(advert.vrid, 147);
      assert.equal(advert.authType, 1);
      assert.equal(advert.ttl, 255);
      assert.ok(advert.checksumGood);
      assert.deepEqual(advert.addresses, [VIP]);
      assert.ok(advert.priority === 100 || advert.priority === 0);
    }
  },
);
