/** Signed adverts: nodes with one key are a pair, one with another key or none is nobody. */

import assert from "node:assert/strict";
import { Capture, Lab, labTest, startNode, until } from "../../lab/mod.ts";

const VIP = "10.7.7.100";
const HOSTS = [
  { host: "alpha", address: "10.7.7.1", priority: 150 },
  { host: "beta", address: "10.7.7.2", priority: 100 },
] as const;
const [ALPHA, BETA] = HOSTS;
const topology = Object.fromEntries(
  HOSTS.map(({ host, address }) => [
    host,
    { links: { eth0: { network: "lan", addresses: [`${address}/24`] } } },
  ]),
);

function configuration(priority: number, hmac: readonly string[]): string {
  return [
    "vrrp_instance VI_1 {",
    "state BACKUP",
    "interface eth0",
    "virtual_router_id 77",
    "version 3",
    "advert_int 0.2",
    `priority ${priority}`,
    ...(hmac.length > 0 ? ["auth_hmac {", ...hmac, "}"] : []),
    "virtual_ipaddress {",
    `${VIP}/24`,
    "}",
    "}",
    "",
  ].join("\n");
}

const KEYS = ["key 1 file:hmac.key", `key 2 hex:${"5a".repeat(32)}`];

labTest(
  "pair with auth_hmac, a key from a file, hands over, rotates its key and hears no stranger",
  [
    "tcpdump",
    "tshark",
  ],
  async () => {
    await using lab = await Lab.create(topology);
    await lab.file("hmac.key", `${"k".repeat(40)}\n`, { mode: 0o600 });
    await using capture = await Capture.start(lab, "switch", {
      ifname: lab.bridge("lan"),
      filter: "vrrp",
    });
    const start = (self: (typeof HOSTS)[number], hmac: readonly string[]) =>
      startNode(lab, self.host, { kind: "holdfast", config: configuration(self.priority, hmac) });
    const signs = [...KEYS, "active_key 1"];
    await start(BETA, signs);
    await lab.owned(VIP, BETA.host);
    const first = await start(ALPHA, signs);
    await lab.owned(VIP, ALPHA.host);
    assert.equal((await first.stop()).code, 0);
    await lab.owned(VIP, BETA.host);
    // The other key signs from now on; both know it.
    const second = await start(ALPHA, [...KEYS, "active_key 2"]);
    await lab.owned(VIP, ALPHA.host);
    // 12 bytes of VRRPv3 with one address, and a trailer of 28.
    const lengths = await capture.fields("vrrp", ["ip.len"]);
    assert.ok(lengths.length > 0 && lengths.every(([length]) => length === "60"), `${lengths}`);
    assert.equal((await second.stop()).code, 0);
    await lab.owned(VIP, BETA.host);
    // Unsigned adverts of a better priority are no reason to leave, and their sender hears nobody.
    const stranger = await start(ALPHA, []);
    await until(
      "both are master",
      async () => (await lab.owners(VIP)).length === 2,
      { explain: () => lab.tails() },
    );
    await until(
      "the missing signature is told of",
      () => lab.tails().includes("missing authentication trailer"),
      { explain: () => lab.tails() },
    );
    assert.equal((await stranger.stop()).code, 0);
    await lab.owned(VIP, BETA.host);
  },
);
