/**
 * Time that passes unseen: a node is stopped (SIGSTOP) and goes on (SIGCONT), as a debugger, a paused
 * virtual machine or busy neighbours do it. What came meanwhile is heard before anything expires, and
 * nobody speaks before having listened. keepalived 2.2.7 passes the first test as well.
 */

import assert from "node:assert/strict";
import {
  beat,
  Capture,
  Lab,
  labTest,
  pause,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";

const [A, B] = ["10.8.8.1", "10.8.8.2"];
const TOPOLOGY: Topology = {
  a: { links: { eth0: { network: "lan", addresses: [`${A}/24`] } } },
  b: { links: { eth0: { network: "lan", addresses: [`${B}/24`] } } },
};

/** Between adverts, in s. */
const BEAT = await beat();

/** No second set of announcements, which could come at any time of a test. */
const ONCE = "garp_master_delay 0\n";

/** More adverts wait after {@linkcode STOP_MS} than are taken from a socket at once. */
const INSTANCES = 40;
/** Longer than Active_Down_Interval of an advert a second, which is 3.6 s at priority 100. */
const STOP_MS = 5_000 * BEAT;

/** A lease that is longer than that. */
const LONG_LEASE = ["--lease", String(10 * BEAT)];

function vip(vrid: number): string {
  return `10.8.9.${vrid}`;
}

function config(instances: number, lines: (vrid: number) => string): string {
  return Array.from({ length: instances }, (_, index) => {
    const vrid = index + 1;
    return `vrrp_instance I${vrid} {
      interface eth0
      virtual_router_id ${vrid}
      advert_int ${BEAT}
      virtual_ipaddress {
        ${vip(vrid)}/32
      }
      ${lines(vrid)}
    }`;
  }).join("\n");
}

/** Half of the backups are the stronger ones and must not preempt. */
function backup(vrid: number): string {
  return ONCE + (vrid % 2 === 0 ? "priority 100" : "priority 250\n nopreempt");
}

/** Adverts captured after `from` (ms since the epoch) that came from `source`. */
async function adverts(capture: Capture, source: string, from: number) {
  return (await capture.adverts()).filter((one) => one.at > from && one.source === source);
}

/** Waits until `source` has sent so many adverts of a virtual router after `from`. */
async function heard(
  capture: Capture,
  { source, from, vrid = INSTANCES, count }: {
    readonly source: string;
    readonly from: number;
    readonly vrid?: number;
    readonly count: number;
  },
): Promise<void> {
  await until(`${count} adverts of ${vrid} from ${source}`, async () => {
    const all = await adverts(capture, source, from);
    return all.filter((one) => one.vrid === vrid).length >= count;
  }, { limit: 30_000 * BEAT });
}

/** Announcements of virtual addresses that a host has sent after `from` (ms since the epoch). */
async function announcements(
  { lab, capture }: { readonly lab: Lab; readonly capture: Capture },
  host: string,
  from: number,
): Promise<readonly string[]> {
  const mac = (await lab.run(host, ["cat", "/sys/class/net/eth0/address"])).stdout.trim();
  const filter = `arp.isgratuitous == 1 and eth.src == ${mac}`;
  const found = await capture.fields(filter, ["frame.time_epoch", "arp.src.proto_ipv4"]);
  return found.flatMap(([at, address = ""]) => Number(at) * 1_000 > from ? [address] : []);
}

labTest(
  "pause, a backup stopped beside a living master, sends nothing when it goes on",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await Capture.start(lab, "switch", { ifname: lab.bridge("lan") });
    const strong = config(INSTANCES, () => `${ONCE}priority 200`);
    await startNode(lab, "a", { kind: "holdfast", config: strong, flags: LONG_LEASE });
    await lab.owned(vip(INSTANCES), "a");
    const b = await startNode(lab, "b", { kind: "holdfast", config: config(INSTANCES, backup) });
    await b.seen(/\(I40\) .*BACKUP/i);
    await heard(capture, { source: A, from: Date.now(), count: 2 });

    const stopped = Date.now();
    b.signal("SIGSTOP");
    await pause(STOP_MS);
    b.signal("SIGCONT");
    await heard(capture, { source: A, from: Date.now(), count: 5 });
    assert.deepEqual(await adverts(capture, B, stopped), []);
    assert.deepEqual(await announcements({ lab, capture }, "b", stopped), []);
    assert.deepEqual(await lab.owners(vip(1)), ["a"]);
    assert.match(b.output, /Did not run for \d/);
  },
);

labTest(
  "pause, both nodes stopped, the backup that goes on first waits for the master",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await Capture.start(lab, "switch", { ifname: lab.bridge("lan") });
    const strong = config(2, () => `${ONCE}priority 200`);
    const flags = LONG_LEASE;
    const a = await startNode(lab, "a", { kind: "holdfast", config: strong, flags });
    await lab.owned(vip(2), "a");
    const b = await startNode(lab, "b", { kind: "holdfast", config: config(2, backup) });
    await b.seen(/\(I2\) .*BACKUP/i);
    await heard(capture, { source: A, from: Date.now(), vrid: 2, count: 2 });

    const stopped = Date.now();
    a.signal("SIGSTOP");
    b.signal("SIGSTOP");
    await pause(STOP_MS + 2_000 * BEAT);
    b.signal("SIGCONT");
    await b.seen(/Did not run for \d/);
    a.signal("SIGCONT");
    await heard(capture, { source: A, from: Date.now(), vrid: 2, count: 5 });
    assert.deepEqual(await adverts(capture, B, stopped), []);
    assert.deepEqual(await announcements({ lab, capture }, "b", stopped), []);
  },
);

labTest(
  "pause, a master stopped for longer than its lease, listens and says nothing",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await Capture.start(lab, "switch", { ifname: lab.bridge("lan") });
    // A second set of announcements is still to come when it is stopped.
    const mine = config(2, () => `priority 200\n nopreempt\n garp_master_delay ${4 * BEAT}`);
    const flags = ["--lease", String(2 * BEAT)];
    const a = await startNode(lab, "a", { kind: "holdfast", config: mine, flags });
    await lab.owned(vip(2), "a");
    const other = config(2, () => `${ONCE}priority 100`);
    await startNode(lab, "b", { kind: "holdfast", config: other });
    const stopped = Date.now();
    a.signal("SIGSTOP");
    await heard(capture, { source: B, from: stopped, vrid: 2, count: 3 });
    const goesOn = Date.now();
    a.signal("SIGCONT");
    await a.seen(/\(I2\) Gave up mastership/);
    await lab.owned(vip(2), "b");
    await heard(capture, { source: B, from: goesOn, vrid: 2, count: 6 });
    assert.deepEqual(await adverts(capture, A, goesOn), []);
    assert.deepEqual(await announcements({ lab, capture }, "a", goesOn), []);
    assert.deepEqual(await lab.owners(vip(1)), ["b"]);
  },
);
