/**
 * Receive checks on the wire (wire.md §1.6): one backup per row hears a forged master of priority
 * 200. Where its adverts may be believed the backup stays, else it becomes master itself. What is
 * expected was observed with Debian's keepalived 2.2.7 too, except where the row says so.
 */

import assert from "node:assert/strict";
import { toHex } from "../../../src/net/bytes.ts";
import { SECOND } from "../../../src/net/mod.ts";
import { passKey } from "../../../src/vrrp/packet/auth.ts";
import { concatBytes, encodeAdvert } from "../../../src/vrrp/fixtures.ts";
import { type Advert, pduChecksum } from "../../../src/vrrp/packet/packet.ts";
import type { Train } from "./forger.ts";
import {
  beat,
  Capture,
  Lab,
  labTest,
  ROOT,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";

const [NODE, FORGER, STRANGER, GROUP] = ["10.8.8.1", "10.8.8.2", "10.8.8.3", "224.0.0.18"];

/** Between adverts, in s. */
const BEAT = await beat();

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: [`${NODE}/24`] } } },
  forger: { links: { eth0: { network: "lan", addresses: [`${FORGER}/24`] } } },
};

/** What a row changes of a good advert. */
interface Forgery {
  readonly advert?: Partial<Advert>;
  readonly password?: string;
  readonly checksumAsV2?: boolean;
  /** Changes the PDU; its checksum is put right afterwards, unless `checksum` is false. */
  readonly alter?: (pdu: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
  readonly checksum?: false;
  readonly source?: string;
  readonly destination?: string;
  readonly ttl?: number;
}

interface Row {
  readonly name: string;
  readonly version?: 2 | 3;
  /** Lines of the instance. */
  readonly more?: string;
  readonly forgery: Forgery;
  /** State of the node after a while. */
  readonly becomes: "backup" | "master";
  /** Counters of keepalived.stats that say why. */
  readonly counter?: RegExp;
}

const PASS = "authentication {\n auth_type PASS\n auth_pass s3cret42\n }";
const UNICAST = `unicast_src_ip ${NODE}\n unicast_peer {\n ${FORGER}\n }`;
const put = (at: number, value: number) => (pdu: Uint8Array<ArrayBuffer>) => pdu.with(at, value);
const longer = (by: number) => (pdu: Uint8Array<ArrayBuffer>) =>
  concatBytes(pdu, new Uint8Array(by));

const ROWS: readonly Row[] = [
  { name: "v2", forgery: {}, becomes: "backup" },
  { name: "v2 with PASS", more: PASS, forgery: { password: "s3cret42" }, becomes: "backup" },
  { name: "v3", version: 3, forgery: {}, becomes: "backup" },
  {
    name: "another password",
    more: PASS,
    forgery: { password: "s3cret43" },
    becomes: "master",
    counter: /Failure: [1-9]/,
  },
  {
    name: "no password where one is wanted",
    more: PASS,
    forgery: {},
    becomes: "master",
    counter: /Type Mismatch: [1-9]/,
  },
  {
    name: "a password where none is wanted",
    forgery: { password: "s3cret42" },
    becomes: "master",
    counter: /Type Mismatch: [1-9]/,
  },
  {
    name: "authentication type 7",
    more: PASS,
    forgery: { password: "s3cret42", alter: put(4, 7) },
    becomes: "master",
    counter: /Authentication Errors:\n\s+Invalid Type: [1-9]/,
  },
  {
    name: "v2 with another interval: both sides become master",
    forgery: { advert: { interval: 2 * BEAT * SECOND } },
    becomes: "master",
    counter: /Advertisement Interval: [1-9]/,
  },
  {
    name: "v3 with another interval",
    version: 3,
    forgery: { advert: { interval: BEAT * SECOND / 2 } },
    becomes: "backup",
  },
  { name: "TTL 254", forgery: { ttl: 254 }, becomes: "master", counter: /TTL: [1-9]/ },
  {
    name: "a wrong checksum",
    forgery: { alter: put(7, 0), checksum: false },
    becomes: "master",
  },
  // RFC 9568 §5.2.8 leaves it out; keepalived drops such adverts unless told, so that both are master.
  {
    name: "v3 without pseudo-header in the checksum",
    version: 3,
    forgery: { checksumAsV2: true },
    becomes: "backup",
  },
  { name: "v3 at a v2 instance", forgery: { advert: { version: 3 } }, becomes: "master" },
  {
    name: "v2 at a v3 instance",
    version: 3,
    forgery: { advert: { version: 2 } },
    becomes: "master",
  },
  {
    name: "type 2",
    forgery: { alter: put(0, 0x22) },
    becomes: "master",
    counter: /Packet Errors:[\s\S]*Invalid Type: [1-9][\s\S]*Authentication/,
  },
  {
    name: "shorter, without the authentication bytes",
    forgery: { alter: (pdu) => pdu.slice(0, 12) },
    becomes: "master",
    counter: /Length: [1-9]/,
  },
  {
    name: "one address fewer than it counts",
    forgery: { alter: put(3, 2) },
    becomes: "master",
    counter: /Length: [1-9]/,
  },
  {
    name: "four bytes longer, still shorter than an Ethernet frame",
    forgery: { alter: longer(4) },
    becomes: "master",
    counter: /Length: [1-9]/,
  },
  {
    name: "28 bytes longer, as an HMAC trailer",
    forgery: { alter: longer(28) },
    becomes: "master",
    counter: /Length: [1-9]/,
  },
  // keepalived 2.2.7 drops these two, 2.4.3 uses them.
  {
    name: "other addresses",
    forgery: { advert: { addresses: ["10.8.7.1"] } },
    becomes: "backup",
    counter: /Address List: [1-9]/,
  },
  {
    name: "more addresses",
    forgery: { advert: { addresses: ["10.8.7.1", "10.8.7.2"] } },
    becomes: "backup",
    counter: /Address List: [1-9]/,
  },
  { name: "sent to this node alone", forgery: { destination: NODE }, becomes: "master" },
  { name: "sent to another group", forgery: { destination: "224.0.0.99" }, becomes: "master" },
  { name: "another VRID", forgery: { alter: put(1, 250) }, becomes: "master" },
  { name: "its own address", forgery: { source: NODE }, becomes: "master" },
  { name: "unicast", more: UNICAST, forgery: { destination: NODE }, becomes: "backup" },
  {
    name: "unicast with TTL 5",
    more: UNICAST,
    forgery: { destination: NODE, ttl: 5 },
    becomes: "backup",
  },
  { name: "multicast at a unicast instance", more: UNICAST, forgery: {}, becomes: "master" },
  {
    name: "unicast from a stranger",
    more: UNICAST,
    forgery: { destination: NODE, source: STRANGER },
    becomes: "backup",
  },
  {
    name: "unicast from a stranger with check_unicast_src",
    more: `${UNICAST}\n check_unicast_src`,
    forgery: { destination: NODE, source: STRANGER },
    becomes: "master",
  },
  {
    name: "unicast v3",
    version: 3,
    more: UNICAST,
    forgery: { destination: NODE },
    becomes: "backup",
  },
  // keepalived 2.2.7 flaps with these.
  {
    name: "v3 with interval 0",
    version: 3,
    forgery: { advert: { interval: 0 } },
    becomes: "master",
  },
];

const instanceOf = (vrid: number) => `ROW_${vrid}`;
const addressOf = (vrid: number) => `10.8.9.${vrid}`;

function configuration({ version = 2, more = "" }: Row, vrid: number): string {
  return `vrrp_instance ${instanceOf(vrid)} {
    state BACKUP
    interface eth0
    virtual_router_id ${vrid}
    version ${version}
    priority 100
    advert_int ${BEAT}
    ${more}
    virtual_ipaddress {
        ${addressOf(vrid)}
    }
}
`;
}

function forge({ version = 2, forgery }: Row, vrid: number): Train["packets"][number] {
  const { advert, password, checksumAsV2 = false, alter, ttl = 255 } = forgery;
  const { source = FORGER, destination = GROUP } = forgery;
  const addresses = [addressOf(vrid)];
  const whole: Advert = {
    version,
    vrid,
    priority: 200,
    interval: BEAT * SECOND,
    addresses,
    ...advert,
  };
  const key = password === undefined ? {} : { key: passKey(password) };
  const pdu = encodeAdvert(whole, { source, destination, checksumAsV2, ...key });
  const altered = alter?.(pdu) ?? pdu;
  if (alter !== undefined && forgery.checksum !== false) {
    altered.set([0, 0], 6);
    const kind = whole.version === 2 || checksumAsV2 ? "plain" : "pseudo";
    const checksum = pduChecksum(altered, { kind }, { source, destination });
    altered.set([checksum >> 8, checksum & 0xff], 6);
  }
  return { channel: "vrrp4", source, destinations: [destination], ttl, hex: toHex(altered) };
}

/** Counters of one instance in keepalived.stats. */
function section(stats: string, vrid: number): string {
  const sections = stats.split("VRRP Instance: ");
  return sections.find((each) => each.startsWith(`${instanceOf(vrid)}\n`)) ?? "";
}

/** Sends trains from the forger's host until the lab ends. */
async function startForger(lab: Lab, trains: readonly Train[]): Promise<void> {
  const plan = await lab.file("plan.json", JSON.stringify(trains));
  const { stdout } = await lab.run("forger", ["cat", "/sys/class/net/eth0/ifindex"]);
  const script = [`${ROOT}/tests/netns/wire/forger.ts`, stdout.trim(), "eth0", plan];
  const forger = lab.start("forger", [Deno.execPath(), "run", "-A", ...script]);
  await forger.seen(/^sending$/, { limit: 60_000 });
}

labTest(
  "receive checks, a forged master is believed or not as wire.md §1.6 says, and counted",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const vrids = ROWS.map((_, index) => index + 1);
    const packets = ROWS.map((row, index) => forge(row, index + 1));
    await startForger(lab, [{ packets, every: 1_000 * BEAT }]);
    const config = ROWS.map((row, index) => configuration(row, index + 1)).join("");
    const wrap = ["env", `TMPDIR=${lab.dir}`];
    const node = await startNode(lab, "node", { kind: "holdfast", config, wrap });

    const expected = vrids.filter((vrid) => ROWS[vrid - 1]?.becomes === "master");
    const masters = async () => {
      const lines = (await lab.addresses("node")).join("\n");
      return vrids.filter((vrid) => lines.includes(` ${addressOf(vrid)}/`));
    };
    await until("whoever shall be master is", async () => {
      const now = await masters();
      return expected.every((vrid) => now.includes(vrid));
    }, { explain: () => node.output });
    // All deadlines began together, so whoever is not master by now heeds the adverts.
    node.signal("SIGUSR2");
    const stats = await until("the statistics are written", async () => {
      const text = await Deno.readTextFile(`${lab.dir}/keepalived.stats`).catch(() => "");
      return section(text, vrids.length).includes("Priority Zero") ? text : undefined;
    });
    const names = (which: readonly number[]) => which.map((vrid) => ROWS[vrid - 1]?.name);
    assert.deepEqual(names(await masters()), names(expected));
    for (const [index, { name, counter, becomes }] of ROWS.entries()) {
      const counted = section(stats, index + 1);
      if (counter !== undefined) assert.match(counted, counter, name);
      if (becomes === "backup") assert.match(counted, /Became master: 0/, name);
    }
    assert.doesNotMatch(node.output, /s3cret/, "no password is logged");
  },
);

labTest(
  "a flood of adverts with wrong passwords, a master advertises at its pace, reloads and stays small",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const row: Row = { name: "flooded", more: PASS, forgery: {}, becomes: "master" };
    const config = configuration(row, 1);
    const node = await startNode(lab, "node", { kind: "holdfast", config });
    await lab.owned(addressOf(1), "node");
    const forged = Array.from(
      { length: 100 },
      (_, n) =>
        forge({ ...row, forgery: { password: `wrong${n}`, advert: { priority: n + 1 } } }, 1),
    );
    // 100 packets every 10 ms.
    await startForger(lab, [{ packets: forged, every: 10 }]);
    const filter = `vrrp and src host ${NODE}`;
    await using capture = await Capture.start(lab, "forger", { ifname: "eth0", filter });
    const enough = (count: number) =>
      until(`${count} adverts`, async () => (await capture.adverts()).length >= count || undefined);
    await enough(4);
    const from = node.lines.length;
    await lab.file("node.conf", config.replace("priority 100", "priority 120"));
    node.signal("SIGHUP");
    await node.seen(/Reloading/, { from });
    await capture.seen(/prio 120/);
    await enough(7);
    const times = (await capture.adverts()).map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
    assert.ok(Math.max(...gaps) < 1_900 * BEAT, `an advert was late: ${gaps.join(" ")} ms`);
    const status = await Deno.readTextFile(`/proc/${node.pid}/status`);
    const resident = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
    assert.ok(resident < 400, `${resident} MiB`);
    assert.doesNotMatch(node.output, /BACKUP STATE$|FAULT STATE/m);
    // Said once, not ten thousand times a second.
    assert.ok(node.lines.length < 100, `${node.lines.length} lines`);
    assert.equal((await node.stop()).code, 0);
  },
);
