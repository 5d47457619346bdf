/** What a reload would end is told before, with live connections on a real table: refused by the guard, and rolled back by itself. */

import assert from "node:assert/strict";
import { executable, Lab, labTest, type Requirement, startNode, until } from "../lab/mod.ts";
import { type Held, holdConnections, startEcho } from "./full_nat.ts";
import { GATEWAY, ipvs, NAT, table, VIP } from "./seed004.ts";

const NEEDS: readonly Requirement[] = ["ipvs", "ipvsadm"];
const PORT = 7000;
const [RS1, RS2] = ["192.168.1.130", "192.168.1.129"];
const COUNT = 6;

interface Wanted {
  /** Weights of the real servers; absent: it is not in the file. */
  readonly weights: readonly (readonly [address: string, weight: number])[];
  readonly guard?: boolean;
  readonly port?: number;
}

const BOTH: Wanted = { weights: [[RS1, 1], [RS2, 1]], guard: true };

function config({ weights, guard = false, port = PORT }: Wanted): string {
  const servers = weights.map(([address, weight]) =>
    `  real_server ${address} ${PORT} {
    weight ${weight}
  }
`
  );
  return `global_defs {
  ${guard ? "reload_guard" : ""}
}
virtual_server ${VIP} ${port} {
  lb_algo wrr
  lb_kind NAT
  protocol TCP
${servers.join("")}}
`;
}

function rows({ weights }: Wanted): readonly string[] {
  const servers = weights.map(([address, weight]) =>
    `-a -t ${VIP}:${PORT} -r ${address}:${PORT} -m -w ${weight}`
  );
  return [`-A -t ${VIP}:${PORT} -s wrr`, ...servers];
}

/** Waits for a round that begins from now on and is answered over `count` connections. */
async function alive(held: Held, count: number): Promise<void> {
  const now = Date.now();
  await until(
    `${count} connections answer`,
    () => held.rounds().some((round) => round.at > now && round.alive === count),
    { explain: () => Promise.resolve(JSON.stringify(held.rounds().slice(-5))) },
  );
}

labTest(
  "holdfast plan: counts the connections that would end, reload_guard refuses, --confirm rolls back by itself",
  NEEDS,
  async () => {
    await using lab = await Lab.create(NAT);
    for (const line of [`${VIP}/24 dev ens33`, `${GATEWAY}/24 dev ens37`]) {
      await lab.run("master", ["ip", "address", "add", ...line.split(" ")]);
    }
    await startEcho(lab, "rs1", PORT);
    await startEcho(lab, "rs2", PORT);
    const node = await startNode(lab, "master", { kind: "holdfast", config: config(BOTH) });
    await table(lab, "master", rows(BOTH));
    await using held = holdConnections(lab, "client", { address: VIP, port: PORT, count: COUNT });
    await alive(held, COUNT);

    const command = async (name: string, ...words: readonly string[]) => {
      const argv = [executable("holdfast"), name, "-p", `${lab.dir}/master-main.pid`, ...words];
      const { code, stdout, stderr } = await lab.run("master", argv, { check: false });
      return { code, out: stdout, err: stderr };
    };
    const write = (wanted: Wanted) => lab.file("master.conf", config(wanted));
    const plan = async () => {
      const { code, out, err } = await command("plan", "--json");
      assert.notEqual(code, 1, err);
      const { operations, ends, guard } = JSON.parse(out);
      return { code, operations, ends, guard };
    };

    // A weight ends nothing, and the guard has nothing against it.
    const heavier: Wanted = { weights: [[RS1, 5], [RS2, 1]], guard: true };
    await write(heavier);
    const weight = await plan();
    assert.equal(weight.code, 2);
    assert.deepEqual([weight.operations.length, weight.operations[0].op], [1, "change"]);
    assert.deepEqual(weight.operations[0].fields, [{ field: "weight", from: "1", to: "5" }]);
    assert.equal(weight.ends.connections, 0);
    assert.deepEqual(await ipvs(lab, "master"), [...rows(BOTH)].sort());
    const reloaded = await command("reload");
    assert.equal(reloaded.code, 0, reloaded.err);
    await table(lab, "master", rows(heavier));

    // A server that leaves ends its share: told, and refused.
    const alone: Wanted = { weights: [[RS1, 5]], guard: true };
    await write(alone);
    const leaves = await plan();
    assert.equal(leaves.ends.connections, COUNT / 2, JSON.stringify(leaves));
    assert.deepEqual(
      leaves.operations.map(({ subject, op, connections }: Record<string, unknown>) => [
        subject,
        op,
        connections,
      ]),
      [["server", "delete", { active: COUNT / 2, inactive: 0 }]],
    );
    const refused = await command("reload");
    assert.equal(refused.code, 1);
    assert.match(refused.err, /reload_guard is against: .*3 connections/);
    assert.deepEqual(await ipvs(lab, "master"), [...rows(heavier)].sort());
    await alive(held, COUNT);

    // Forced and not confirmed: the server is out, and by itself back, in time for its connections.
    const forced = await command("reload", "--force", "--confirm", "3");
    assert.equal(forced.code, 0, forced.err);
    assert.match(forced.out, /rolls back at /);
    await table(lab, "master", rows(alone));
    await table(lab, "master", rows(heavier));
    await alive(held, COUNT);

    // Another identity of the service ends them all.
    await write({ ...heavier, port: PORT + 1 });
    const all = await plan();
    assert.equal(all.ends.connections, COUNT, JSON.stringify(all));
    await alive(held, COUNT);
    assert.equal((await node.stop()).code, 0);
    assert.deepEqual(await ipvs(lab, "master"), []);
  },
);
