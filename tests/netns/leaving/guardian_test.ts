/**
 * The guardian: a master that is killed without a word leaves as one that was stopped. Its farewell makes the backup take
 * over after the skew time, its addresses stay until the successor has announced them, and then exactly one node has them.
 */

import assert from "node:assert/strict";
import {
  beat,
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

labTest("guardian, killed again and again, another one comes all the same", [], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const master = await startNode(lab, "a", { kind: "holdfast", config: config(150) });
  await lab.owned(VIP, "a");
  const another = (than: readonly number[]) =>
    until("there is another guardian", async () => {
      const found = (await guardians(lab, "a")).find((each) => !than.includes(each));
      return found !== undefined && found;
    });
  const killed: number[] = [];
  for (let times = 0; times < 3; times++) {
    const one = await another(killed);
    Deno.kill(one, "SIGKILL");
    killed.push(one);
  }
  await another(killed);
  master.signal("SIGKILL");
  await master.seen(/Withdrew what was held, 1 in all/);
  assert.deepEqual(await lab.owners(VIP), []);
});

labTest("guardian, the daemon logs to a file, says there what it does", [], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const file = `${lab.dir}/guarded.log`;
  const plan = { kind: "holdfast", config: config(150), flags: ["-g", file] } as const;
  const master = await startNode(lab, "a", plan);
  await lab.owned(VIP, "a");
  master.signal("SIGKILL");
  await noGuardian(lab, "a");
  const lines = (await Deno.readTextFile(file)).split("\n");
  const own = lines.filter((line) => / holdfast-guardian: /.test(line));
  assert.ok(own.length >= 2, own.join("\n"));
  assert.ok(own.every((line) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} /.test(line)));
  assert.match(own.join("\n"), /ended without goodbye[^]*no successor was heard in time/);
});

/** What of routes, rules, tables, links and a setting is in a node. */
async function setUp(lab: Lab, host: string): Promise<string> {
  const texts: string[] = [];
  for (
    const argv of [
      ["ip", "-o", "link"],
      ["ip", "-4", "route", "show", "table", "all", "proto", "keepalived"],
      ["ip", "-6", "route", "show", "table", "all", "proto", "keepalived"],
      ["ip", "-4", "rule"],
      ["ip", "-6", "rule"],
      ["nft", "list", "tables"],
      ["cat", "/proc/sys/net/ipv4/conf/eth0/promote_secondaries"],
    ]
  ) {
    const { stdout } = await lab.run(host, argv);
    // Links without their numbers and states.
    texts.push(argv.includes("link") ? stdout.replace(/^\d+: ([^:@]+).*$/gm, "$1") : stdout);
  }
  return texts.join("\n");
}

labTest(
  "guardian, a master with routes, rules, tables, links and settings is killed, leaves none of them",
  ["nft"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const before = await setUp(lab, "a");
    const more = `
      promote_secondaries
      no_accept
      virtual_routes {
        172.16.0.0/12 via ${B} dev eth0 table 101
        2001:db8:97::/64 dev eth0 metric 33
      }
      virtual_rules {
        from 10.8.12.0/24 table 101 priority 1000
        from 2001:db8:8::/48 table 106 preference 1009
      }
    `;
    const second = config(150, "use_vmac\n").replace("VI {", "VMAC {").replace(
      "virtual_router_id 51",
      "virtual_router_id 52",
    ).replaceAll(VIP, "10.8.12.101");
    const statics = "static_routes {\n192.0.2.0/24 via 10.8.12.2 dev eth0\n}\n";
    const master = await startNode(lab, "a", {
      kind: "holdfast",
      config: `${statics}${config(150, more)}\n${second}`,
    });
    await lab.owned(VIP, "a");
    await lab.owned("10.8.12.101", "a");
    const during = await until("all is set up", async () => {
      const now = await setUp(lab, "a");
      const has = ["172.16", "2001:db8:97", "192.0.2", "1000:", "1009:", "vrrp.52", "table "];
      return has.every((each) => now.includes(each)) && now;
    }, { explain: () => setUp(lab, "a") });
    assert.notEqual(during, before);
    master.signal("SIGKILL");
    await noGuardian(lab, "a");
    assert.equal(await setUp(lab, "a"), before);
    assert.deepEqual(await lab.owners(VIP), []);
    assert.match(master.output, /Undid what was set up beside addresses/);
  },
);

for (
  const [seal, kind, version, auth] of [
    ["an authentication header", "keepalived", 2, "authentication {\nauth_type AH\nauth_pass s\n}"],
    ["an authentication header", "holdfast", 2, "authentication {\nauth_type AH\nauth_pass s\n}"],
    ["a signature", "holdfast", 3, `auth_hmac {\nkey 1 hex:${"5a".repeat(32)}\n}`],
    [
      "a signature without clocks",
      "holdfast",
      3,
      `auth_hmac {\nkey 1 hex:${"5a".repeat(32)}\nanti_replay monotonic\n}`,
    ],
  ] as const
) {
  labTest(
    `guardian, a master whose adverts have ${seal} is killed, ${kind} believes its farewell`,
    ["tcpdump", "tshark"],
    async () => {
      await using lab = await Lab.create(TOPOLOGY);
      await using capture = await Capture.start(lab, "switch", { ifname: lab.bridge("lan") });
      const [interval, more] = [await beat(), `version ${version}\n${auth}`];
      const plan = (priority: number) =>
        config(priority, more).replace("advert_int 1", `advert_int ${interval}`);
      await startNode(lab, "b", { kind, config: plan(100) });
      const master = await startNode(lab, "a", { kind: "holdfast", config: plan(150) });
      await lab.owned(VIP, "a");
      const adverts = async (source: string) =>
        (await capture.adverts()).filter((each) => each.source === source);
      await until("the backup may have heard it", async () => (await adverts(A)).length >= 3);
      master.signal("SIGKILL");
      await lab.owned(VIP, "b");
      await noGuardian(lab, "a");
      assert.deepEqual(await lab.owners(VIP), ["b"]);
      const last = (await adverts(A)).at(-1);
      assert.equal(last?.priority, 0, "the last word of the dead is a farewell");
      const first = (await adverts(B)).find(({ at }) => at > (last?.at ?? 0));
      // Whoever believes it waits for its skew time, 0.6 intervals; who does not waits for 3.6.
      const waited = (first?.at ?? Infinity) - (last?.at ?? 0);
      assert.ok(waited < 2_000 * interval, `${waited} ms at an interval of ${interval} s`);
    },
  );
}

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
