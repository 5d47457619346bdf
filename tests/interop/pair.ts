/**
 * A pair of VRRP routers, one ours and one Debian's keepalived, taken through the switchovers of a
 * working life, with every change of the address recorded by the kernel and every advert decoded
 * by tshark.
 */

import assert from "node:assert/strict";
import {
  AddressWatch,
  Capture,
  type Kind,
  Lab,
  type Program,
  slowness,
  startNode,
  type Topology,
  until,
} from "../lab/mod.ts";

/** One combination to go through. */
export interface PairPlan {
  readonly version: 2 | 3;
  readonly transport: "multicast" | "unicast";
  /** Who has the higher priority. */
  readonly master: Kind;
}

const VIP = "192.0.2.100";
const MASTER = { host: "alpha", address: "192.0.2.1", priority: 150 };
const BACKUP = { host: "beta", address: "192.0.2.2", priority: 100 };

/** What a process and a packet may take on top of the protocol's own times, in ms. */
const slack = (): number => 300 * slowness();

/** Advertisement interval in ms: v2 knows whole seconds only. */
function interval(plan: PairPlan): number {
  return plan.version === 2 ? 1000 : 500;
}

/**
 * The longest time without a master: 3 × interval + skew of the one that takes over (RFC 9568
 * §6.1), in ms.
 */
function masterDown(plan: PairPlan): number {
  const unit = plan.version === 2 ? 1000 : interval(plan);
  return 3 * interval(plan) + (unit * (256 - BACKUP.priority)) / 256;
}

const topology: Topology = Object.fromEntries(
  [MASTER, BACKUP].map(({ host, address }) => [
    host,
    { links: { eth0: { network: "lan", addresses: [`${address}/24`] } } },
  ]),
);

function configuration(plan: PairPlan, self: typeof MASTER, peer: typeof MASTER): string {
  const unicast = `
    unicast_src_ip ${self.address}
    unicast_peer {
        ${peer.address}
    }`;
  const authentication = `
    authentication {
        auth_type PASS
        auth_pass s3cret42
    }`;
  return `
global_defs {
    router_id ${self.host}
}
vrrp_instance VI_1 {
    state ${self === MASTER ? "MASTER" : "BACKUP"}
    interface eth0
    virtual_router_id 77
    version ${plan.version}
    priority ${self.priority}
    advert_int ${interval(plan) / 1000}${plan.version === 2 ? authentication : ""}${
    plan.transport === "unicast" ? unicast : ""
  }
    virtual_ipaddress {
        ${VIP}/24
    }
}
`;
}

/** Runs the pair through: start, stop, return, cable out, cable in, crash of the master, return. */
export async function switchovers(plan: PairPlan): Promise<void> {
  const backupKind = plan.master === "holdfast" ? "keepalived" : "holdfast";
  await using lab = await Lab.create(topology);
  const segment = { ifname: lab.bridge("lan"), filter: "vrrp" };
  await using capture = await Capture.start(lab, "switch", segment);
  await using watch = await AddressWatch.start(lab, [MASTER.host, BACKUP.host]);
  const startMaster = (): Promise<Program> => {
    const config = configuration(plan, MASTER, BACKUP);
    return startNode(lab, MASTER.host, { kind: plan.master, config });
  };

  // Together, as after a power cut: the better one is elected.
  const config = configuration(plan, BACKUP, MASTER);
  const [first, backup] = await Promise.all([
    startMaster(),
    startNode(lab, BACKUP.host, { kind: backupKind, config }),
  ]);
  await lab.owned(VIP, MASTER.host);
  const runs = () => backup.lines.length > 0 && backup.status === undefined;
  await until("the backup runs", runs, { explain: () => lab.tails() });
  const converged = Date.now();

  // A clean stop is announced: the backup waits for its skew only.
  const stopped = Date.now();
  assert.equal((await first.stop()).code, 0);
  await lab.owned(VIP, BACKUP.host);
  const handover = watch.ownership(VIP, stopped, Date.now());
  assert.ok(
    handover.none < masterDown(plan) - 2 * interval(plan) + slack(),
    JSON.stringify(handover),
  );
  await capture.seen(/192\.0\.2\.1 > .*prio 0,/);

  // And back: a better priority preempts.
  const second = await startMaster();
  await lab.owned(VIP, MASTER.host);

  // The cable: the one that lost it must let go, the other takes over when the adverts stop.
  await lab.unplug(MASTER.host, "eth0");
  await lab.owned(VIP, BACKUP.host);
  await lab.plug(MASTER.host, "eth0");
  await lab.owned(VIP, MASTER.host);
  const ended = Date.now();

  const worst = watch.ownership(VIP, converged, ended);
  const changes = JSON.stringify(watch.changes(VIP));
  assert.ok(worst.none <= masterDown(plan) + slack(), `${worst.none} ms without: ${changes}`);
  assert.ok(worst.several <= slack(), `${worst.several} ms with two: ${changes}`);

  await checkPackets(plan, capture);
  assert.equal((await second.stop()).code, 0);
  await lab.owned(VIP, BACKUP.host);
  assert.equal((await backup.stop()).code, 0);
  assert.deepEqual(await lab.owners(VIP), []);
}

/** Every advert of both, as another implementation decodes it. */
async function checkPackets(plan: PairPlan, capture: Capture): Promise<void> {
  const adverts = await capture.adverts();
  for (const self of [MASTER, BACKUP]) {
    const own = adverts.filter((advert) => advert.source === self.address);
    assert.ok(own.length > 0, `${self.host} sent adverts`);
    for (const advert of own) {
      const peer = self === MASTER ? BACKUP : MASTER;
      const where = plan.transport === "unicast" ? peer.address : "224.0.0.18";
      assert.equal(advert.destination, where);
      assert.equal(advert.ttl, 255);
      assert.equal(advert.version, plan.version);
      assert.equal(advert.vrid, 77);
      assert.ok([self.priority, 0].includes(advert.priority), `priority ${advert.priority}`);
      assert.equal(advert.interval, interval(plan));
      assert.deepEqual(advert.addresses, [VIP]);
      assert.ok(advert.checksumGood, "tshark finds the checksum good");
      assert.equal(advert.authType, plan.version === 2 ? 1 : undefined);
    }
  }
}
