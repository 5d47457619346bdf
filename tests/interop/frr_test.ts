/** FRR's vrrpd as the other node, in both roles: it sends from the virtual MAC address, and so does `use_vmac`. */

import assert from "node:assert/strict";
import { Capture, Lab, labTest, run, startNode, type Topology, until } from "../lab/mod.ts";

const VIP = "192.0.2.100";
const VMAC = "00:00:5e:00:01:33";

const plan = (address: string) => ({ links: { eth0: { network: "lan", addresses: [address] } } });

const TOPOLOGY: Topology = { ours: plan("192.0.2.1/24"), theirs: plan("192.0.2.2/24") };

/** FRR wants the link of the virtual router made by others, with the address on it, and takes it up and down. */
async function startFrr(lab: Lab, priority: number): Promise<AsyncDisposable> {
  const frr = `/usr/lib/frr`;
  const link = `link add vrrp4-2-1 link eth0 address ${VMAC} type macvlan mode bridge`;
  for (const line of [link, `address add ${VIP}/24 dev vrrp4-2-1`, "link set vrrp4-2-1 up"]) {
    await run(["ip", "-n", lab.netns("theirs"), ...line.split(" ")]);
  }
  const config = await lab.file(
    "frr.conf",
    [
      "interface eth0",
      "vrrp 51 version 3",
      `vrrp 51 priority ${priority}`,
      "vrrp 51 advertisement-interval 1000",
      `vrrp 51 ip ${VIP}`,
    ].join("\n ") + "\n",
  );
  // It gives up root, and is to write here.
  await Deno.chmod(lab.dir, 0o755);
  const dir = await Deno.makeTempDir({ dir: lab.dir });
  await Deno.chmod(dir, 0o777);
  const common = ["-z", `${dir}/zserv.api`, "--vty_socket", dir, "-P", "0", "--log", "stdout"];
  const zebra = lab.start("theirs", [
    `${frr}/zebra`,
    ...common,
    "-f",
    "/dev/null",
    "-i",
    `${dir}/z`,
  ]);
  await until("zebra listens", () => isThere(`${dir}/zserv.api`), { explain: () => lab.tails() });
  const vrrpd = lab.start("theirs", [`${frr}/vrrpd`, ...common, "-f", config, "-i", `${dir}/v`]);
  return {
    [Symbol.asyncDispose]: async () => {
      await vrrpd[Symbol.asyncDispose]();
      await zebra[Symbol.asyncDispose]();
    },
  };
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

const config = (priority: number) => `
vrrp_instance VI_1 {
    interface eth0
    use_vmac
    version 3
    virtual_router_id 51
    priority ${priority}
    advert_int 1
    virtual_ipaddress {
        ${VIP}/24
    }
}
`;

labTest(
  "FRR's vrrpd takes over from holdfast and gives way to it",
  ["vrrpd", "tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await Capture.start(lab, "switch", {
      ifname: lab.bridge("lan"),
      filter: "vrrp",
    });
    await using _frr = await startFrr(lab, 100);
    await capture.seen(/192\.0\.2\.2 > 224\.0\.0\.18: VRRPv3, Advertisement, vrid 51, prio 100/);
    const node = await startNode(lab, "ours", { kind: "holdfast", config: config(200) });
    await capture.seen(/192\.0\.2\.1 > 224\.0\.0\.18: VRRPv3, Advertisement, vrid 51, prio 200/);
    assert.ok(await lab.has("ours", VIP));
    const heard = capture.lines.length;
    await node.stop();
    await capture.seen(/192\.0\.2\.2 > .* prio 100/, { from: heard });
    await checkAdverts(capture);
  },
);

labTest("holdfast is backup of FRR's vrrpd, and takes over when it ends", [
  "vrrpd",
  "tcpdump",
  "tshark",
], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  await using capture = await Capture.start(lab, "switch", {
    ifname: lab.bridge("lan"),
    filter: "vrrp",
  });
  const frr = await startFrr(lab, 200);
  await capture.seen(/192\.0\.2\.2 > 224\.0\.0\.18: VRRPv3, Advertisement, vrid 51, prio 200/);
  const node = await startNode(lab, "ours", { kind: "holdfast", config: config(100) });
  await node.seen(/Entering BACKUP STATE/);
  await capture.seen(/192\.0\.2\.2 > .* prio 200/, { from: capture.lines.length + 5 });
  assert.ok(!await lab.has("ours", VIP), "FRR is heard");
  await frr[Symbol.asyncDispose]();
  await capture.seen(/192\.0\.2\.1 > 224\.0\.0\.18: VRRPv3, Advertisement, vrid 51, prio 100/);
  await until("holdfast has the address", () => lab.has("ours", VIP));
  await node.stop();
  await checkAdverts(capture);
});

/** All adverts come from the virtual MAC address, with a checksum that tshark finds good. */
async function checkAdverts(capture: Capture): Promise<void> {
  const sources = await capture.fields("vrrp", ["eth.src"]);
  assert.deepEqual(new Set(sources.flat()), new Set([VMAC]));
  assert.ok((await capture.adverts()).every(({ checksumGood }) => checksumGood));
}
