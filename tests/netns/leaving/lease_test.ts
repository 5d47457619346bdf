/**
 * The lease: standing orders go on while JavaScript is busy, but not for longer than the lease,
 * then they end as a master that leaves ends. Proved with the core alone, so that nothing else can
 * be the reason.
 */

import assert from "node:assert/strict";
import {
  type Advert,
  Capture,
  Lab,
  labTest,
  type Program,
  ROOT,
  type Topology,
  until,
} from "../../lab/mod.ts";
import { BACKUP, BUSY_SHORTER, INTERVAL, LEASE, MASTER, VIP } from "./lease_plan.ts";

const TOPOLOGY: Topology = {
  a: { links: { eth0: { network: "lan", addresses: [`${MASTER}/24`] } } },
  b: { links: { eth0: { network: "lan", addresses: [`${BACKUP}/24`] } } },
};

async function startNode(lab: Lab, host: string, role: string): Promise<Program> {
  const { stdout } = await lab.run(host, ["cat", "/sys/class/net/eth0/ifindex"]);
  const script = `${ROOT}/tests/netns/leaving/lease_node.ts`;
  const argv = [Deno.execPath(), "run", "-A", script, role, stdout.trim(), "eth0"];
  const node = lab.start(host, argv, { name: `${role} in ${host}` });
  await node.seen(/^ready counters$/, { limit: 60_000 });
  return node;
}

function from(source: string, adverts: readonly Advert[]): readonly Advert[] {
  return adverts.filter((advert) => advert.source === source);
}

labTest(
  "lease, JavaScript busy for less, adverts keep their schedule and the backup stays",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await Capture.start(lab, "switch", { ifname: lab.bridge("lan") });
    const backup = await startNode(lab, "b", "backup");
    const master = await startNode(lab, "a", "master");
    await lab.owned(VIP, "a");
    master.signal("SIGUSR1");
    const busy = await master.seen(/^busy$/);
    const idle = await master.seen(/^idle$/, { limit: 60_000 });
    const while_ = from(MASTER, await capture.adverts())
      .filter(({ at }) => busy.at < at && at < idle.at);
    const wanted = BUSY_SHORTER / INTERVAL;
    assert.ok(while_.length >= wanted - 2, `${while_.length} adverts instead of ${wanted}`);
    for (const advert of while_) {
      assert.equal(advert.priority, 200);
      assert.equal(advert.ttl, 255);
      assert.ok(advert.checksumGood);
    }
    assert.deepEqual(await lab.owners(VIP), ["a"]);
    assert.doesNotMatch(backup.output, /event|packet/, "it was told of nothing");
    assert.doesNotMatch(master.output, /event/);
  },
);

labTest(
  "lease, JavaScript busy for longer, the core leaves with farewell and the backup takes over",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await Capture.start(lab, "switch", { ifname: lab.bridge("lan") });
    const backup = await startNode(lab, "b", "backup");
    // The virtual address is the first of its subnet: who deletes it carelessly deletes the host's own.
    const ip = (line: string) => lab.run("a", ["ip", ...line.split(" ")]);
    await ip("address flush dev eth0");
    const master = await startNode(lab, "a", "master");
    await lab.owned(VIP, "a");
    await ip(`address add ${MASTER}/24 dev eth0`);
    master.signal("SIGUSR2");
    const busy = await master.seen(/^busy$/);
    const takeover = await backup.seen(/^master done$/, { limit: 60_000 });
    await lab.owned(VIP, "b");
    assert.doesNotMatch(master.output, /^idle$/m, "all this while JavaScript is busy");
    assert.ok(await lab.has("a", MASTER), "the host's own address stays");
    const after = takeover.at - busy.at;
    assert.ok(after >= LEASE / 1_000 * 0.8, `the lease was not waited for: ${after} ms`);

    await master.seen(/^idle$/, { limit: 60_000 });
    await master.seen(/^event lapsed$/);
    const mine = from(MASTER, await capture.adverts());
    assert.deepEqual(mine.slice(-2).map((advert) => advert.priority), [200, 0]);
    assert.ok(mine.at(-1)?.checksumGood);
    assert.deepEqual(await lab.owners(VIP), ["b"]);
    assert.match(backup.output, /^packet 21050001/m, "it took over by the farewell");
  },
);

labTest(
  "prepared takeover, JavaScript busy when the master is lost, speaks and has the address all the same, and tells of it",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await Capture.start(lab, "switch", { ifname: lab.bridge("lan") });
    const backup = await startNode(lab, "b", "prepared");
    const master = await startNode(lab, "a", "master");
    await lab.owned(VIP, "a");
    backup.signal("SIGUSR2");
    await backup.seen(/^busy$/);
    await lab.run("a", ["ip", "link", "set", "eth0", "down"]);
    await until("the address is there", () => lab.has("b", VIP));
    await capture.seen(new RegExp(`Request who-has ${VIP}.* tell ${VIP}`));
    assert.doesNotMatch(backup.output, /^idle$/m, "all this while JavaScript is busy");
    await backup.seen(/^idle$/, { limit: 60_000 });
    await backup.seen(/^event taken-over$/);
    await backup.seen(/^event takeover-applied$/);
    await backup.seen(/^event lapsed$/);
    const mine = from(BACKUP, await capture.adverts());
    assert.deepEqual([mine[0]?.priority, mine.at(-1)?.priority], [200, 0]);
    assert.equal((await master.stop()).success, true);
  },
);
