/** The simulator's kernel against the one that runs here: the same requests, the same addresses in the same order. */

import assert from "node:assert/strict";
import { type Address, addressOf } from "../../../src/kernel/address.ts";
import { createKernel } from "../../../src/sim/kernel.ts";
import { seededRandom } from "../../../src/sim/random.ts";
import { addressOn, ethernet } from "../../../src/vrrp/fixtures.ts";
import { Lab, labTest, run } from "../../lab/mod.ts";

const POOL: readonly Address[] = [
  addressOn(2, "10.0.0.1"),
  addressOn(2, "10.0.0.2"),
  addressOn(2, "10.0.0.3"),
  addressOn(2, "10.0.0.4", 25),
  addressOn(2, "10.0.0.5", 25),
  addressOn(2, "10.0.0.6", 32),
  addressOn(2, "10.0.0.1", 32),
  { ...addressOn(2, "10.9.0.1", 24), peer: "10.0.0.99" },
  addressOn(2, "10.1.0.1"),
  addressOn(2, "10.1.0.2"),
];

labTest(
  "createKernel() of the simulator, keeps IPv4 addresses as the kernel does",
  [],
  async () => {
    await using lab = await Lab.create({
      node: { links: { eth0: { network: "lan", addresses: [] } } },
    });
    const netns = lab.netns("node");
    const model = createKernel({
      links: [ethernet(2, "eth0")],
      addresses: [],
      remembers: true,
      tell: () => {},
    });
    const random = seededRandom(6);
    const pick = <T>(list: readonly T[]): T => {
      const one = list[Math.floor(random() * list.length)];
      assert.ok(one !== undefined);
      return one;
    };
    let said = "";
    for (let step = 0; step < 150; step++) {
      const address = pick(POOL);
      const peer = address.peer === undefined
        ? ""
        : ` peer ${address.peer}/${address.prefixLength}`;
      const own = peer === "" ? `${address.address}/${address.prefixLength}` : address.address;
      const what = pick(["add", "add", "add", "del", "promote"] as const);
      if (what === "promote") {
        const on = random() < 0.5;
        model.promote(2, on);
        const setting = `net.ipv4.conf.eth0.promote_secondaries=${Number(on)}`;
        await lab.run("node", ["sysctl", "-q", "-w", setting]);
        said += `${setting}\n`;
        continue;
      }
      if (what === "add") model.add(address);
      else model.remove(address);
      const line = `address ${what} ${own}${peer} dev eth0`;
      said += `${line}\n`;
      await run(["ip", "-n", netns, ...line.split(" ")], { check: false });
      const wanted = model.addresses().map((each) =>
        `${addressOf(each)}${each.secondary === true ? " secondary" : ""}`
      );
      assert.deepEqual(await held(netns), wanted, said);
    }
  },
);

/** What the kernel holds, in its order. */
async function held(netns: string): Promise<readonly string[]> {
  const { stdout } = await run(["ip", "-n", netns, "-4", "-o", "address", "show", "dev", "eth0"]);
  return stdout.split("\n").filter((line) => line !== "").map((line) => {
    const secondary = line.includes(" secondary ") ? " secondary" : "";
    const [, peer] = / peer ([\d.]+)\//.exec(line) ?? [];
    const [, address, prefix] = /inet ([\d.]+)(?: peer [\d.]+)?\/(\d+)/.exec(line) ?? [];
    return `${address}/${prefix}${peer === undefined ? "" : ` peer ${peer}`}${secondary}`;
  });
}
