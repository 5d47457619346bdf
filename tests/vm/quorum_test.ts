/**
 * Quorum, hysteresis, sorry server, inhibit, alpha and omega on a real table, and reload by
 * difference: what keepalived 2.2.7 was seen to do with the same configuration.
 */

import assert from "node:assert/strict";
import { Lab, labTest, type Program, startNode, type Topology, until } from "../lab/mod.ts";
import { ipvs, table } from "./seed004.ts";

const VIP = "10.0.0.1";
const servers = [1, 2, 3, 4].map((n) => `10.0.0.1${n}/24`);

const TOPOLOGY: Topology = {
  client: {
    gateway: "10.1.0.1",
    links: { eth0: { network: "outside", addresses: ["10.1.0.2/24"] } },
  },
  director: {
    forward: true,
    links: {
      eth0: { network: "lan", addresses: [`${VIP}/24`] },
      eth1: { network: "outside", addresses: ["10.1.0.1/24"] },
    },
  },
  farm: { gateway: VIP, links: { eth0: { network: "lan", addresses: servers } } },
};

const SERVICE = `-A -t ${VIP}:80 -s wrr`;
const SORRY = (weight: number) => `-a -t ${VIP}:80 -r 10.0.0.99:8080 -m -w ${weight}`;
const RS = (n: number, weight = 1) => `-a -t ${VIP}:80 -r 10.0.0.1${n}:80 -m -w ${weight}`;

/** A farm of web servers that die and come back one by one. */
class Farm {
  readonly #lab: Lab;
  readonly #running = new Map<number, Program>();

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  up(...which: readonly number[]): void {
    for (const n of which) {
      // Its children live as long as their connections and would hold its output open.
      const server = `exec busybox httpd -f -p 10.0.0.1${n}:80 -h ${this.#lab.dir} >/dev/null 2>&1`;
      const argv = ["sh", "-c", server];
      this.#running.set(n, this.#lab.start("farm", argv, { name: `web server ${n}` }));
    }
  }

  async down(n: number): Promise<void> {
    await this.#running.get(n)?.stop();
  }
}

/**
 * Starts the director. `hears` waits for one more of a line that its commands write, wherever it stands: commands that
 * were started together write in any order.
 */
async function startDirector(lab: Lab, lines: string, realServers: readonly string[]) {
  const record = `${lab.dir}/told`;
  const script = await lab.file("tell.sh", `#!/bin/sh\necho "$@" >> ${record}\n`);
  await Deno.chmod(script, 0o755);
  const config = `virtual_server ${VIP} 80 {
    delay_loop 1
    lb_algo wrr
    lb_kind NAT
    protocol TCP
    sorry_server 10.0.0.99 8080
    quorum_up "${script} quorum up"
    quorum_down "${script} quorum down"
    ${lines}
${
    realServers.map((own, index) =>
      `    real_server 10.0.0.1${index + 1} 80 {
        ${own}
        notify_up "${script} ${index + 1} up"
        notify_down "${script} ${index + 1} down"
        TCP_CHECK {
            connect_timeout 2
            retry 0
        }
    }
`
    ).join("")
  }}
`;
  const node = await startNode(lab, "director", { kind: "holdfast", config, flags: ["-C"] });
  const told = async () => (await Deno.readTextFile(record).catch(() => "")).trim().split("\n");
  const heard = new Map<string, number>();
  const hears = async (line: string) => {
    const times = (heard.get(line) ?? 0) + 1;
    heard.set(line, times);
    await until(
      `"${line}" is told, time ${times}`,
      async () => (await told()).filter((each) => each === line).length >= times || undefined,
      { explain: async () => (await told()).join("\n") },
    );
  };
  return { node, config, hears };
}

labTest(
  "quorum 3 with hysteresis 1, is lost below 2 and gained at 4 (wire.md §7)",
  ["ipvs", "ipvsadm", "busybox"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const farm = new Farm(lab);
    farm.up(1, 2, 3, 4);
    const plain = ["", "", "", ""];
    const { node, hears } = await startDirector(lab, "quorum 3\n    hysteresis 1", plain);
    await table(lab, "director", [SERVICE, RS(1), RS(2), RS(3), RS(4)]);
    await hears("quorum up");
    await farm.down(1);
    await table(lab, "director", [SERVICE, RS(2), RS(3), RS(4)]);
    await farm.down(2);
    await table(lab, "director", [SERVICE, RS(3), RS(4)]);
    await hears("2 down");
    await farm.down(3);
    await table(lab, "director", [SERVICE, SORRY(1)]);
    await hears("quorum down");
    for (const n of [1, 2]) {
      farm.up(n);
      await hears(`${n} up`);
      assert.deepEqual(await ipvs(lab, "director"), [SERVICE, SORRY(1)]);
    }
    farm.up(3);
    await table(lab, "director", [SERVICE, RS(1), RS(2), RS(3), RS(4)]);
    await hears("quorum up");
    assert.equal((await node.stop()).code, 0);
    assert.deepEqual(await ipvs(lab, "director"), []);
  },
);

labTest(
  "alpha, omega, inhibit_on_failure and sorry_server_inhibit; a reload that changes a weight keeps connections",
  ["ipvs", "ipvsadm", "busybox"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const farm = new Farm(lab);
    farm.up(1, 2);
    const { node, config, hears } = await startDirector(
      lab,
      "alpha\n    omega\n    sorry_server_inhibit",
      ["weight 3\n        inhibit_on_failure", "weight 2"],
    );
    // alpha: down until checked.
    await hears("quorum down");
    await table(lab, "director", [SERVICE, RS(1, 3), RS(2, 2), SORRY(0)]);
    for (const line of ["1 up", "2 up", "quorum up"]) await hears(line);
    await farm.down(1);
    await table(lab, "director", [SERVICE, RS(1, 0), RS(2, 2), SORRY(0)]);
    await farm.down(2);
    await table(lab, "director", [SERVICE, RS(1, 0), SORRY(1)]);
    for (const line of ["1 down", "2 down", "quorum down"]) await hears(line);
    farm.up(1);
    await table(lab, "director", [SERVICE, RS(1, 3), SORRY(0)]);
    await hears("quorum up");

    // A connection through the service, held open by one process.
    const hold = `exec 3<>/dev/tcp/${VIP}/80; exec sleep 600`;
    lab.start("client", ["bash", "-c", hold], { name: "client" });
    const established = async () =>
      (await lab.run("director", ["ipvsadm", "-Lnc"])).stdout.includes("ESTABLISHED") || undefined;
    await until("a connection is established", established);
    await lab.file("director.conf", config.replace("weight 3", "weight 7"));
    node.signal("SIGHUP");
    await table(lab, "director", [SERVICE, RS(1, 7), SORRY(0)]);
    assert.ok(await established(), "it lives on");

    assert.equal((await node.stop()).code, 0);
    // omega
    for (const line of ["1 down", "quorum down"]) await hears(line);
    assert.deepEqual(await ipvs(lab, "director"), []);
  },
);
