/** What is not ours stays: the host's own addresses and routes, whatever order addresses come in. */

import assert from "node:assert/strict";
import {
  killUnguarded,
  Lab,
  labTest,
  type Program,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";

const VIP = "10.77.0.99";
const OWN = "10.77.0.1";

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: [`${OWN}/24`] } } },
};

function instance(priority: number, vips: readonly string[] = [`${VIP}/24`], more = ""): string {
  return `vrrp_instance VI_1 {
    state ${priority === 255 ? "MASTER" : "BACKUP"}
    interface eth0
    virtual_router_id 77
    priority ${priority}
    advert_int 0.1
    version 3
    ${more}
    virtual_ipaddress {
        ${vips.join("\n        ")}
    }
}
`;
}

/** Every removal of an IPv4 address as the kernel tells it, with who is secondary. */
async function removals(lab: Lab): Promise<{ readonly seen: () => readonly string[] }> {
  const monitor = lab.start("node", ["ip", "-4", "-o", "monitor", "address"]);
  await until("the monitor listens", async () => {
    await lab.run("node", ["ip", "address", "add", "127.9.9.9/32", "dev", "lo"], { check: false });
    await lab.run("node", ["ip", "address", "del", "127.9.9.9/32", "dev", "lo"], { check: false });
    return monitor.output.includes("Deleted");
  });
  const from = monitor.lines.length;
  return {
    seen: () =>
      monitor.lines.slice(from).flatMap(({ text }) =>
        /^Deleted \d+: eth[01] +inet ([\d./]+)/.exec(text)?.[1] ?? []
      ),
  };
}

async function ip(lab: Lab, command: string): Promise<void> {
  await lab.run("node", ["sh", "-c", command]);
}

async function ownIsThere(lab: Lab, node: Program): Promise<void> {
  const lines = await lab.addresses("node", "eth0");
  const own = lines.find((line) => line.startsWith(`inet ${OWN}/24`));
  assert.ok(own !== undefined, `${lines.join("\n")}\n${node.output}`);
}

labTest(
  "addresses flushed and the own one added at once, twelve times under a master: it stays each time",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const node = await startNode(lab, "node", { kind: "holdfast", config: instance(200) });
    await lab.owned(VIP, "node");
    const watch = await removals(lab);
    for (let times = 1; times <= 12; times++) {
      const before = watch.seen().length;
      await ip(lab, `ip address flush dev eth0; ip address add ${OWN}/24 dev eth0`);
      // The log says it only so often; what counts is the kernel.
      await until(
        "the address is back behind the own one",
        async () =>
          (await lab.addresses("node", "eth0")).map((line) => line.split(" ")[1]).join() ===
            `${OWN}/24,${VIP}/24`,
        { explain: () => node.output },
      );
      const own = () => watch.seen().slice(before).filter((address) => address === `${OWN}/24`);
      await until("the monitor tells of the flush", () => own().length > 0);
      const gone = own();
      assert.equal(gone.length, 1, `the flush, and nothing else: ${gone.join()}\n${node.output}`);
    }
    assert.equal((await node.stop()).code, 0);
    await ownIsThere(lab, node);
    assert.ok(!(await lab.has("node", VIP)));
  },
);

/** A second interface that has no addresses at first. */
const BARE: Topology = {
  node: {
    links: {
      eth0: { network: "lan", addresses: [`${OWN}/24`] },
      eth1: { network: "inside", addresses: [] },
    },
  },
};

for (const end of ["SIGTERM", "a link without carrier", "a reload without it"] as const) {
  labTest(
    `a virtual address that was there before the own one, goes by ${end} and leaves that and its routes`,
    [],
    async () => {
      await using lab = await Lab.create(BARE);
      for (const where of ["all", "eth1"]) {
        await ip(lab, `sysctl -q -w net.ipv4.conf.${where}.promote_secondaries=0`);
      }
      const config = instance(200, ["10.79.0.99/24 dev eth1"]);
      const node = await startNode(lab, "node", { kind: "holdfast", config });
      await lab.owned("10.79.0.99", "node");
      const order = async () =>
        (await lab.addresses("node", "eth1")).map((line) => /inet ([\d.]+)/.exec(line)?.[1]).join();
      // Put in order once, a subnet is not put in order again for a while.
      await ip(lab, "ip address add 10.79.0.5/24 dev eth1");
      await until("it is in order", async () => await order() === "10.79.0.5,10.79.0.99");
      await ip(lab, "ip address flush dev eth1");
      await until("it is put back", async () => await order() === "10.79.0.99");
      const watch = await removals(lab);
      await ip(lab, "ip address add 10.79.0.1/24 broadcast + dev eth1 label eth1:own");
      await ip(lab, "ip address add 10.79.0.2/24 dev eth1 valid_lft 9000 preferred_lft 8000");
      await ip(lab, "ip route add 10.78.0.0/16 via 10.79.0.254 dev eth1 src 10.79.0.1");
      if (end === "SIGTERM") assert.equal((await node.stop()).code, 0);
      else if (end === "a link without carrier") await lab.unplug("node", "eth0");
      else {
        await lab.file("node.conf", instance(200, ["10.77.9.9/32"]));
        node.signal("SIGHUP");
      }
      await until("the virtual one is gone", async () => !(await lab.has("node", "10.79.0.99")));
      const seen = watch.seen().filter((address) => address !== "10.79.0.99/24");
      assert.deepEqual(seen, [], "never, not even for a moment");
      const lines = await lab.addresses("node", "eth1");
      assert.deepEqual(lines.map((line) => line.replace(/ dynamic/, "")), [
        "inet 10.79.0.1/24 brd 10.79.0.255 scope global eth1:own",
        "inet 10.79.0.2/24 scope global secondary eth1",
      ]);
      const { stdout } = await lab.run("node", ["ip", "route"]);
      assert.match(stdout, /10\.78\.0\.0\/16 via 10\.79\.0\.254 dev eth1 src 10\.79\.0\.1/);
      assert.match(stdout, /10\.79\.0\.0\/24 dev eth1 proto kernel scope link src 10\.79\.0\.1/);
      const setting = "/proc/sys/net/ipv4/conf/eth1/promote_secondaries";
      assert.equal((await lab.run("node", ["cat", setting])).stdout, "0\n");
    },
  );
}

labTest(
  "an own address that comes after a virtual one, goes first and is the host's source",
  [],
  async () => {
    await using lab = await Lab.create(BARE);
    const vips = ["10.79.0.98/24 dev eth1", "10.79.0.99/24 dev eth1"];
    const node = await startNode(lab, "node", { kind: "holdfast", config: instance(200, vips) });
    await lab.owned("10.79.0.99", "node");
    await ip(lab, "ip address add 10.79.0.1/24 dev eth1");
    const order = async () =>
      (await lab.addresses("node", "eth1")).map((line) => /inet ([\d.]+)/.exec(line)?.[1]).join();
    await until(
      "the own one is first",
      async () => await order() === "10.79.0.1,10.79.0.98,10.79.0.99",
      { explain: order },
    );
    const { stdout } = await lab.run("node", ["ip", "route", "get", "10.79.0.50"]);
    assert.match(stdout, /src 10\.79\.0\.1 /);
    assert.doesNotMatch(node.output, /removed by somebody else|FAULT/);
    assert.equal((await node.stop()).code, 0);
    assert.equal(await order(), "10.79.0.1");
  },
);

labTest(
  "an interface that is deleted with a virtual address, is no deed of somebody else and no error",
  [],
  async () => {
    await using lab = await Lab.create(BARE);
    for (const tracking of ["", " no_track"]) {
      const vips = [`${VIP}/24`, `10.79.0.99/24 dev eth1${tracking}`];
      const name = `node${tracking.trim()}`;
      const plan = { kind: "holdfast", config: instance(200, vips), name } as const;
      const node = await startNode(lab, "node", plan);
      await lab.owned("10.79.0.99", "node");
      await ip(lab, "ip link del eth1");
      if (tracking === "") await node.seen(/FAULT STATE/);
      await ip(lab, "ip link add eth1 type veth peer name peer1; ip link set peer1 up");
      await ip(lab, "ip link set eth1 up");
      await lab.owned("10.79.0.99", "node");
      assert.equal((await node.stop()).code, 0);
      assert.doesNotMatch(node.output, /somebody else|ENODEV|Cannot add/);
    }
  },
);

labTest(
  "a virtual address that is the interface's only own one, refuses an instance that is no owner",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const before = await lab.addresses("node", "eth0");
    const watch = await removals(lab);
    const config = instance(254, [`${OWN}/24`, `${VIP}/24`]);
    const node = await startNode(lab, "node", { kind: "holdfast", config });
    await node.seen(/10\.77\.0\.1\/24 is the own address of eth0/);
    // Another address for the host: nothing is in the way any more once the first has gone.
    await ip(lab, "ip address add 10.77.0.50/24 dev eth0");
    await ip(lab, `sysctl -q -w net.ipv4.conf.eth0.promote_secondaries=1`);
    await ip(lab, `ip address del ${OWN}/24 dev eth0`);
    await lab.owned(OWN, "node");
    await node.seen(/MASTER STATE/);
    assert.equal((await node.stop()).code, 0);
    assert.ok(!watch.seen().includes("10.77.0.50/24"));
    assert.deepEqual(watch.seen().filter((address) => address === `${OWN}/24`).length, 2);
    assert.deepEqual(await lab.addresses("node", "eth0"), [
      "inet 10.77.0.50/24 scope global eth0",
    ]);
    // And a run that is refused to its end leaves what it found.
    await ip(lab, `ip address flush dev eth0; ip address add ${OWN}/24 broadcast + dev eth0`);
    const second = await startNode(lab, "node", { kind: "holdfast", config, name: "second" });
    await second.seen(/is the own address of eth0/);
    assert.equal((await second.stop()).code, 0);
    assert.deepEqual(await lab.addresses("node", "eth0"), before);
  },
);

labTest(
  "an address taken out of the file while the daemon was dead, goes at the next start; the host's stay",
  [],
  async () => {
    await using lab = await Lab.create(BARE);
    const flags = ["-p", `${lab.dir}/one.pid`];
    const vips = [`${VIP}/24`, "10.79.0.99/24 dev eth1"];
    const plan = { kind: "holdfast", flags } as const;
    const first = await startNode(lab, "node", { ...plan, config: instance(200, vips) });
    await lab.owned("10.79.0.99", "node");
    const pid = (await Deno.readTextFile(`${lab.dir}/one.pid`)).trim();
    await killUnguarded(lab, "node", Number(pid));
    await first.end();
    assert.ok(await lab.has("node", VIP) && await lab.has("node", "10.79.0.99"));
    await ip(lab, "ip address add 10.79.0.1/24 dev eth1");
    const watch = await removals(lab);
    const config = instance(100, ["10.77.0.98/24"]);
    const second = await startNode(lab, "node", { ...plan, config, name: "second" });
    await lab.owned("10.77.0.98", "node");
    assert.deepEqual([...watch.seen()].sort(), [`${VIP}/24`, "10.79.0.99/24"].sort());
    assert.deepEqual(await lab.addresses("node", "eth1"), ["inet 10.79.0.1/24 scope global eth1"]);
    assert.equal((await second.stop()).code, 0);
    await ownIsThere(lab, second);
    const left = await Deno.stat(`${lab.dir}/one.claims`).catch(() => undefined);
    assert.equal(left, undefined, "an end with a word leaves no claims");
  },
);

labTest(
  "settings of a daemon that was killed with its guardian, are at the end of the next what they were at first",
  [],
  async () => {
    await using lab = await Lab.create(BARE);
    const path = (name: string) => `/proc/sys/net/ipv4/conf/${name}`;
    const SETTINGS = ["eth0/promote_secondaries", "eth1/promote_secondaries"];
    const now = async () =>
      (await lab.run("node", ["cat", ...SETTINGS.map(path)])).stdout.split("\n").join("");
    for (const each of SETTINGS) await ip(lab, `echo 0 > ${path(each)}`);
    const on = (dev: string) =>
      instance(200, [`${VIP}/24`], "promote_secondaries").replace(
        "interface eth0",
        `interface ${dev}`,
      )
        .replace(/VI_1/, `VI_${dev}`);
    const plan = { kind: "holdfast", flags: ["-p", `${lab.dir}/one.pid`] } as const;
    // Twice without a word: the second finds what the first has left, and leaves it again.
    for (
      const [name, config] of [["first", `${on("eth0")}${on("eth1")}`], ["second", on("eth0")]]
    ) {
      const node = await startNode(lab, "node", {
        ...plan,
        config: config ?? "",
        name: name ?? "",
      });
      const wanted = name === "first" ? "11" : "10";
      await until(`settings are ${wanted}`, async () => await now() === wanted, {
        explain: () => node.output,
      });
      await until("they are claimed", async () => {
        const text = await Deno.readTextFile(`${lab.dir}/one.claims`).catch(() => "");
        return (text.match(/"was":"0"/g) ?? []).length === wanted.replaceAll("0", "").length;
      });
      const pid = (await Deno.readTextFile(`${lab.dir}/one.pid`)).trim();
      await killUnguarded(lab, "node", Number(pid));
      await node.end();
      assert.equal(await now(), wanted);
    }
    const last = await startNode(lab, "node", { ...plan, config: on("eth0"), name: "last" });
    await last.seen(/MASTER STATE/);
    assert.equal((await last.stop()).code, 0);
    assert.equal(await now(), "00");
    const left = await Deno.stat(`${lab.dir}/one.claims`).catch(() => undefined);
    assert.equal(left, undefined, "an end with a word leaves no claims");
  },
);

labTest(
  "rules of an instance without accept_mode, go at the next start when that was taken out of the file while the daemon was dead",
  ["nft"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const plan = { kind: "holdfast", flags: ["-p", `${lab.dir}/one.pid`] } as const;
    const tables = async () => (await lab.run("node", ["nft", "list", "tables"])).stdout;
    await lab.run("node", ["nft", "add", "table", "ip", "theirs"]);
    const closed = instance(200, [`${VIP}/24`], "no_accept");
    const first = await startNode(lab, "node", { ...plan, config: closed });
    await lab.owned(VIP, "node");
    await until("there are rules", async () => (await tables()).includes("holdfast_vrrp"), {
      explain: () => first.output,
    });
    const pid = (await Deno.readTextFile(`${lab.dir}/one.pid`)).trim();
    await killUnguarded(lab, "node", Number(pid));
    await first.end();
    const second = await startNode(lab, "node", {
      ...plan,
      config: instance(200, [`${VIP}/24`], "accept"),
      name: "second",
    });
    await until("the rules are gone", async () => !(await tables()).includes("holdfast_vrrp"), {
      explain: () => second.output,
    });
    assert.match(await tables(), /table ip theirs/);
    assert.equal((await second.stop()).code, 0);
  },
);
