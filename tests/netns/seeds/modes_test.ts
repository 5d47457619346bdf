/**
 * The modes that the documents 000 to 003 tell of, side by side in one pair: preempt, nopreempt, preempt_delay, a sync group, and two
 * masters with two addresses, each the other's backup.
 */

import assert from "node:assert/strict";
import { Lab, labTest, startNode, type Topology, until } from "../../lab/mod.ts";

const host = (last: number) => ({
  links: {
    eth0: { network: "lan", addresses: [`192.0.2.${last}/24`] },
    eth1: { network: "inside", addresses: [`198.51.100.${last}/24`] },
  },
});
const TOPOLOGY: Topology = { alpha: host(1), beta: host(2) };

/** Seconds that `preempt_delay` lasts. */
const DELAY = 5;

interface Mode {
  readonly name: string;
  readonly vip: string;
  readonly more?: readonly string[];
  /** Alpha has the lower priority. */
  readonly lower?: true;
}

const MODES: readonly Mode[] = [
  { name: "PREEMPT", vip: "192.0.2.101" },
  { name: "NOPREEMPT", vip: "192.0.2.102", more: ["nopreempt"] },
  { name: "DELAYED", vip: "192.0.2.103", more: [`preempt_delay ${DELAY}`] },
  { name: "OTHERS", vip: "192.0.2.104", lower: true },
  { name: "OUTSIDE", vip: "192.0.2.105" },
  { name: "INSIDE", vip: "198.51.100.106", more: ["interface eth1"] },
];

function configuration(self: "alpha" | "beta"): string {
  const instances = MODES.map(({ name, vip, more = [], lower }, at) =>
    [
      `vrrp_instance ${name} {`,
      "state BACKUP",
      ...(more.includes("interface eth1") ? [] : ["interface eth0"]),
      `virtual_router_id ${at + 1}`,
      `priority ${(self === "alpha") === (lower === undefined) ? 150 : 100}`,
      "advert_int 1",
      ...more,
      "virtual_ipaddress {",
      `${vip}/24`,
      "}",
      "}",
    ].join("\n")
  );
  return [...instances, "vrrp_sync_group G {", "group {", "OUTSIDE", "INSIDE", "}", "}", ""]
    .join("\n");
}

labTest(
  "preempt, nopreempt, preempt_delay, sync group and two masters with two addresses, side by side in one pair",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const start = (self: "alpha" | "beta") =>
      startNode(lab, self, { kind: "holdfast", config: configuration(self) });
    const owners = async () =>
      Object.fromEntries(
        await Promise.all(
          MODES.map(async ({ name, vip }) => [name, (await lab.owners(vip)).join()] as const),
        ),
      );
    const all = (owner: string) => Object.fromEntries(MODES.map(({ name }) => [name, owner]));
    const become = (what: string, wanted: Readonly<Record<string, string>>) =>
      until(what, async () => {
        const now = await owners();
        return MODES.every(({ name }) => now[name] === wanted[name]);
      }, { explain: async () => JSON.stringify(await owners()) });

    const beta = await start("beta");
    await become("beta alone has all", all("beta"));
    const begun = Date.now();
    const alpha = await start("alpha");
    const back = { ...all("alpha"), NOPREEMPT: "beta", OTHERS: "beta" };
    await become("alpha has what it preempts", back);
    assert.ok(Date.now() - begun > DELAY * 1000, "preempt_delay was waited for");
    // Whose link goes loses both of a group, and what is on that link alone stays.
    await lab.unplug("alpha", "eth1");
    await become("the group is beta's", { ...back, OUTSIDE: "beta", INSIDE: "beta" });
    await lab.plug("alpha", "eth1");
    await become("the group is alpha's again", back);
    assert.equal((await alpha.stop()).code, 0);
    await become("beta has all again", all("beta"));
    assert.equal((await beta.stop()).code, 0);
    assert.deepEqual(await owners(), all(""));
  },
);
