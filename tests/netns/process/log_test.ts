/** Logs nobody reads: the daemon starts, stays master and stops as if somebody did. */

import assert from "node:assert/strict";
import {
  beat,
  Capture,
  executable,
  Lab,
  labTest,
  run,
  type Topology,
  until,
} from "../../lab/mod.ts";

const VIP = "10.8.8.100";
/** Half a lease, in s. */
const BEAT = await beat();

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.8.8.1/24"] } } },
};

/** Many instances, whose dump (`-d`) is more than a lane keeps: 1 MiB after two readings. */
const CONFIG = Array.from({ length: 200 }, (_, index) => {
  const vrid = index + 1;
  return `vrrp_instance I${vrid} {
    interface eth0
    virtual_router_id ${vrid}
    priority ${vrid === 8 ? 255 : 100}
    ${vrid === 8 ? "" : "state BACKUP"}
    virtual_ipaddress {
      10.8.8.${vrid === 8 ? 100 : 101}/32
    }
  }`;
}).join("\n");

/** A FIFO that is full, and kept open by somebody who does not read. */
async function fullPipe(lab: Lab): Promise<string> {
  const path = `${lab.dir}/pipe`;
  await run(["mkfifo", path]);
  const holder = lab.start("node", ["sh", "-c", `exec 3<>${path}; echo held; exec sleep 100000`]);
  await holder.seen(/^held$/);
  // dd opens it without waiting and ends when it takes no more.
  const fill = `dd if=/dev/zero of=${path} bs=4096 oflag=nonblock 2>/dev/null; true`;
  await run(["sh", "-c", fill]);
  return path;
}

/** Waits for so many adverts of the owner sent after now. */
async function advertises(capture: Capture, count: number): Promise<void> {
  const from = capture.lines.length;
  const adverts = () => capture.lines.slice(from).filter((line) => /vrid 8, prio 255/.test(line));
  await until(`${count} adverts`, () => adverts().length >= count, { limit: 60_000 * BEAT });
}

for (const where of ["console", "file"] as const) {
  labTest(
    `log, a ${where} nobody reads, delays neither start, adverts, reload nor stop`,
    ["tcpdump"],
    async () => {
      await using lab = await Lab.create(TOPOLOGY);
      const filter = { ifname: lab.bridge("lan"), filter: "ip proto 112" };
      await using capture = await Capture.start(lab, "switch", filter);
      const pipe = await fullPipe(lab);
      const file = await lab.file("node.conf", CONFIG);
      const flags = `-n -D -d -G --lease ${2 * BEAT} -f ${file} -p ${lab.dir}/node.pid`;
      const log = where === "console" ? `-l 2>${pipe}` : `-g ${pipe}`;
      const line = `exec ${executable("holdfast")} ${flags} ${log}`;
      const node = lab.start("node", ["sh", "-c", line]);
      await lab.owned(VIP, "node", { limit: 60_000 });
      // Four times the lease.
      await advertises(capture, 8 * BEAT);
      for (let reload = 0; reload < 4; reload++) {
        node.signal("SIGHUP");
        await advertises(capture, 2);
      }
      const reader = lab.start("node", ["cat", pipe]);
      const said = await reader.seen(/Dropped \d+ log messages/, { limit: 60_000 });
      assert.match(said.text, new RegExp(`\\(${where}\\)`));
      assert.deepEqual(await lab.owners(VIP), ["node"]);
      assert.doesNotMatch(reader.output, /Gave up mastership/);
      await reader[Symbol.asyncDispose]();
      assert.equal((await node.stop()).code, 0);
      assert.deepEqual(await lab.owners(VIP), []);
    },
  );
}

labTest("log, into a pipe nobody reads from the start to the end, ends in time", [], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const pipe = await fullPipe(lab);
  const file = await lab.file("node.conf", CONFIG);
  const flags = `-n -l -D -d -G -f ${file} -p ${lab.dir}/node.pid`;
  const node = lab.start("node", ["sh", "-c", `exec ${executable("holdfast")} ${flags} 2>${pipe}`]);
  await lab.owned(VIP, "node", { limit: 60_000 });
  assert.equal((await node.stop()).code, 0);
  assert.deepEqual(await lab.owners(VIP), []);
});
