/** Seed 001: full NAT behind a SYN proxy as its document writes it, the virtual addresses brought by quorum_up. */

import assert from "node:assert/strict";
import { Lab, labTest, PYTHON, ROOT, startNode, type Topology, until } from "../lab/mod.ts";
import { curl, startWebServer, table } from "./seed004.ts";

const VIPS = ["1.1.1.1", "1.1.2.1", "1.1.2.2"];

/** The document's addresses; the client is the way to everywhere else, so that answers to forged packets leave. */
const TOPOLOGY: Topology = {
  client: { links: { eth0: { network: "outside", addresses: ["10.1.0.10/24"] } } },
  director: {
    gateway: "10.1.0.10",
    links: {
      out0: { network: "outside", addresses: ["10.1.0.1/24"] },
      in0: { network: "inside", addresses: ["192.168.100.2/24"] },
    },
  },
  rs: { links: { eth0: { network: "inside", addresses: ["192.168.100.1/24"] } } },
};

const CONFIG = await Deno.readTextFile(`${ROOT}/tests/golden/seed001_fnat/input.conf`);
const FLOOD = 2000;

/** Sends SYNs to port 80 of an address, each from another address (RFC 791, RFC 9293): ADDRESS COUNT. */
const SYNS = `
import socket, struct, sys
def total(data):
    while data >> 16: data = (data & 0xffff) + (data >> 16)
    return ~data & 0xffff
to, count = socket.inet_aton(sys.argv[1]), int(sys.argv[2])
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for n in range(count):
    source = bytes([10, 9, n >> 8, n & 255])
    syn = [1024 + n, 80, 0, n, 0, 0, 0x5002, 65535, 0, 0]
    words = struct.unpack("!4H", source + to)
    syn[8] = total(sum(syn) + sum(words) + 6 + 20)
    header = struct.pack("!BBHHHBBH", 0x45, 0, 40, n, 0, 64, 6, 0) + source + to
    raw.sendto(header + struct.pack("!10H", *syn), (sys.argv[1], 0))
`;

async function flood(lab: Lab, destination: string): Promise<void> {
  await lab.run("client", [PYTHON, "-c", SYNS, destination, String(FLOOD)]);
}

/** Entries of the connection table of IPVS, without its templates. */
async function connections(lab: Lab): Promise<number> {
  const { stdout } = await lab.run("director", ["ipvsadm", "-Lnc"]);
  return stdout.split("\n").filter((line) => /^TCP .*:80 .*192\.168\.100\.1:80/.test(line)).length;
}

labTest("seed 001, full NAT and SYN proxy serve as written; forged SYNs make no connection", [
  "ipvs",
  "ipvsadm",
  "nft",
  "busybox",
  "curl",
  "python3",
], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  // Where the virtual addresses are is the routers' knowledge; local addresses are the director's own.
  await lab.run("client", ["ip", "route", "add", "1.1.0.0/16", "via", "10.1.0.1"]);
  await lab.run("director", [
    "sh",
    "-c",
    "for n in $(seq 5 254); do echo address add 192.168.100.$n/24 dev in0; done | ip -batch -",
  ]);
  const web = await startWebServer(lab, "rs");
  const director = await startNode(lab, "director", { kind: "holdfast", config: CONFIG });
  await table(
    lab,
    "director",
    VIPS.flatMap((vip) => [
      `-A -t ${vip}:80 -s rr -p 50`,
      `-a -t ${vip}:80 -r 192.168.100.1:80 -m -w 1`,
    ]),
  );
  // alpha: the quorum is gained by the first check, which brings the addresses.
  for (const vip of VIPS) await lab.owned(vip, "director");
  for (const vip of VIPS) assert.equal(await curl(lab, "client", vip), "<h1>Backend RS</h1>", vip);
  await until("finished connections go", async () => (await connections(lab)) >= VIPS.length);
  const before = await connections(lab);

  await flood(lab, "1.1.1.1");
  const { stdout: listed } = await lab.run("director", [
    "nft",
    "list",
    "table",
    "inet",
    "holdfast_lvs",
  ]);
  const answered = /counter packets (\d+) bytes \d+ synproxy/.exec(listed)?.[1];
  assert.ok(Number(answered) >= FLOOD, `${answered} of ${FLOOD} SYNs were answered by the proxy`);
  assert.equal(await connections(lab), before, "no entry of IPVS");
  assert.equal(await curl(lab, "client", "1.1.1.1"), "<h1>Backend RS</h1>");

  // quorum_down takes the addresses away, and inhibit_on_failure leaves the server.
  await web.stop();
  await until(
    "the addresses are gone",
    async () =>
      (await Promise.all(VIPS.map((vip) => lab.has("director", vip)))).every((has) => !has),
  );
  await startWebServer(lab, "rs");
  for (const vip of VIPS) await lab.owned(vip, "director");

  assert.equal((await director.stop()).code, 0);
  // omega: the end of the service is told too.
  await until(
    "the addresses are gone",
    async () =>
      (await Promise.all(VIPS.map((vip) => lab.has("director", vip)))).every((has) => !has),
  );
  assert.equal((await lab.run("director", ["nft", "list", "ruleset"])).stdout, "");
});

labTest("seed 001 without syn_proxy, forged SYNs are connections", [
  "ipvs",
  "ipvsadm",
  "busybox",
  "python3",
], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  await lab.run("client", ["ip", "route", "add", "1.1.0.0/16", "via", "10.1.0.1"]);
  await startWebServer(lab, "rs");
  const config = CONFIG.replace(/^ *syn_proxy$/m, "").replace(/persistence_timeout 50/, "");
  await startNode(lab, "director", { kind: "holdfast", config });
  for (const vip of VIPS) await lab.owned(vip, "director");
  await flood(lab, "1.1.1.1");
  await until(
    "every forged SYN has an entry",
    async () => (await connections(lab)) >= FLOOD * 0.9,
    { explain: async () => String(await connections(lab)) },
  );
});
