/**
 * The guardian: a master that is killed without a word leaves as one that was stopped. Its farewell makes the backup take
 * over after the skew time, its addresses stay until the successor has announced them, and then exactly one node has them.
 */

import assert from "node:assert/strict";
import {
  Capture,
  guardians,
  type Kind,
  Lab,
  labTest,
  type Program,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";

const [A, B, VIP] = ["10.8.12.1", "10.8.12.2", "10.8.12.100"];
const TOPOLOGY: Topology = {
  a: { links: { eth0: { network: "lan", addresses: [`${A}/24`] } } },
  b: { links: { eth0: { network: "lan", addresses: [`${B}/24`] } } },
};

function config(priority: number, more = ""): string {
  return `vrrp_instance VI {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int 1
    ${more}
    virtual_ipaddress {
      ${VIP}/24
    }
  }`;
}

/** `ip monitor address` that listens: it says nothing until something happens. */
async function monitored(lab: Lab, host: string): Promise<Program> {
  const monitor = lab.start(host, ["ip", "monitor", "address"], { name: `monitor in ${host}` });
  let number = 1;
  await until("ip monitor listens", async () => {
    await lab.run(host, ["ip", "address", "add", `10.8.13.${number++}/32`, "dev", "lo"]);
    return monitor.output !== "";
  });
  return monitor;
}

function noGuardian(lab: Lab, host: string): Promise<unknown> {
  return until(
    `no guardian is left in ${host}`,
    async () => (await guardians(lab, host)).length === 0,
  );
}

for (const kind of ["holdfast", "keepalived"] satisfies Kind[]) {
  labTest(
    `guardian, a master is killed, ${kind} takes over after the skew time and nobody else has the address`,
    ["tcpdump", "tshark"],
    async () => {
      await using lab = await Lab.create(TOPOLOGY);
      await using capture = await Capture.start(lab, "switch", { ifname: lab.bridge("lan") });
      await startNode(lab, "b", { kind, config: config(100) });
      const master = await startNode(lab, "a", { kind: "holdfast", config: config(150) });
      await lab.owned(VIP, "a");
      // It hears adverts of the master, and so has the lower priority's full wait before it.
      await capture.seen(new RegExp(`${A} > 224.0.0.18: .*prio 150`));
      master.signal("SIGKILL");
      await lab.owned(VIP, "b");
      await noGuardian(lab, "a");
      assert.ok(await lab.has("a", A), "the host's own address stays");

      const adverts = await capture.adverts();
      const last = adverts.findLast((advert) => advert.source === A);
      assert.equal(last?.priority, 0, "the last word of the dead is a farewell");
      const first = adverts.find((advert) => advert.source === B && advert.at > (last?.at ?? 0));
      assert.equal(first?.priority, 100);
      assert.match(master.output, /ended without goodbye: sent the farewells of 1 virtual router/);
      assert.match(master.output, /Withdrew what was held, 1 in all; a successor was heard/);
    },
  );
}

labTest(
  "guardian, nobody takes over, the address is withdrawn after the longest skew time",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const master = await startNode(lab, "a", { kind: "holdfast", config: config(150) });
    await lab.owned(VIP, "a");
    master.signal("SIGKILL");
    await master.seen(/no successor was heard in time/);
    assert.deepEqual(await lab.owners(VIP), []);
    await noGuardian(lab, "a");
  },
);

labTest("guardian, killed itself, another one knows the wills", [], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const master = await startNode(lab, "a", { kind: "holdfast", config: config(150) });
  await lab.owned(VIP, "a");
  const [first] = await guardians(lab, "a");
  assert.ok(first !== undefined);
  Deno.kill(first, "SIGTERM");
  Deno.kill(first, "SIGKILL");
  await master.seen(/another one has taken its place/);
  const [second] = await guardians(lab, "a");
  assert.notEqual(second, first);
  master.signal("SIGKILL");
  await master.seen(/Withdrew what was held, 1 in all/);
  assert.deepEqual(await lab.owners(VIP), []);
});

labTest(
  "guardian, a daemon is started in the place of the dead, waits until its addresses are gone",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const plan = { kind: "holdfast", config: config(255), name: "a" } as const;
    const dead = await startNode(lab, "a", plan);
    await lab.owned(VIP, "a");
    dead.signal("SIGKILL");
    const heir = await startNode(lab, "a", plan);
    await dead.seen(/Withdrew what was held/);
    await heir.seen(/Entering MASTER STATE/);
    assert.deepEqual(await lab.owners(VIP), ["a"]);
    assert.equal((await guardians(lab, "a")).length, 1);
  },
);

for (const kind of ["holdfast", "keepalived"] satisfies Kind[]) {
  labTest(
    `handover, a master is stopped, its address stays until ${kind} has announced it`,
    ["tcpdump", "tshark"],
    async () => {
      await using lab = await Lab.create(TOPOLOGY);
      await using capture = await Capture.start(lab, "switch", { ifname: lab.bridge("lan") });
      const backup = await startNode(lab, "b", { kind, config: config(100) });
      // Who has not begun yet hears no farewell, and takes over when it has waited as at any start.
      await backup.seen(/Entering BACKUP STATE/);
      const master = await startNode(lab, "a", { kind: "holdfast", config: config(150) });
      await lab.owned(VIP, "a");
      await capture.seen(new RegExp(`${A} > 224.0.0.18: .*prio 150`));
      const monitor = await monitored(lab, "a");
      master.signal("SIGTERM");
      await lab.owned(VIP, "b");
      assert.equal((await master.end()).code, 0);
      const gone = await monitor.seen(new RegExp(`Deleted .*${VIP}`));
      const adverts = await capture.adverts();
      const farewell = adverts.find((advert) => advert.source === A && advert.priority === 0);
      const taken = adverts.find((advert) =>
        advert.source === B && advert.at > (farewell?.at ?? 0)
      );
      assert.ok(taken !== undefined && farewell !== undefined);
      // Both clocks are this machine's: it stayed over the whole skew time, until the successor spoke, or for as long as anybody is
      // waited for: a second, where the successor is starved.
      const waited = Math.min(taken.at, farewell.at + 1_000);
      assert.ok(
        gone.at >= waited - 5,
        `gone ${taken.at - gone.at} ms before the successor's advert, ${
          gone.at - farewell.at
        } ms after the farewell`,
      );
    },
  );
}

labTest("guardian, a daemon is stopped, has nothing to do and ends", [], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const master = await startNode(lab, "a", { kind: "holdfast", config: config(150) });
  await lab.owned(VIP, "a");
  await master.stop();
  assert.doesNotMatch(master.output, /without goodbye/);
  assert.deepEqual(await guardians(lab, "a"), []);
});
