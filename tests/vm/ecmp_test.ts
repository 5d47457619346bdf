/**
 * Several directors at once behind a router with equal paths, as seed 001 has its quorum commands: each has the virtual address on lo while
 * it has quorum, FRR announces what is there, and connections live on when a director is withdrawn.
 */

import { Lab, labTest, startNode, type Topology, until } from "../lab/mod.ts";
import { holdConnections, startEcho } from "./full_nat.ts";

const VIP = "1.1.1.1";
const PORT = 7000;
const ROUTER = "10.0.0.1";
const COUNT = 30;
const DIRECTORS = { d1: "10.0.0.11", d2: "10.0.0.12", d3: "10.0.0.13" } as const;
const SERVERS = { rs1: "10.0.0.101", rs2: "10.0.0.102" } as const;

const director = (address: string) => ({
  links: { eth0: { network: "fabric", addresses: [`${address}/24`] } },
});
const realServer = (address: string) => ({ ...director(address), gateway: ROUTER });

const TOPOLOGY: Topology = {
  client: {
    gateway: "10.1.0.1",
    links: { eth0: { network: "outside", addresses: ["10.1.0.2/24"] } },
  },
  router: {
    forward: true,
    links: {
      eth0: { network: "outside", addresses: ["10.1.0.1/24"] },
      eth1: { network: "fabric", addresses: [`${ROUTER}/24`] },
    },
  },
  d1: director(DIRECTORS.d1),
  d2: director(DIRECTORS.d2),
  d3: director(DIRECTORS.d3),
  rs1: realServer(SERVERS.rs1),
  rs2: realServer(SERVERS.rs2),
};

const CONFIG = `virtual_server ${VIP} ${PORT} {
  delay_loop 1
  lb_algo mh
  mh-port
  lb_kind DR
  protocol TCP
  alpha
  omega
  quorum 1
  quorum_up "ip addr add ${VIP}/32 dev lo"
  quorum_down "ip addr del ${VIP}/32 dev lo"
${
  Object.values(SERVERS).map((address) =>
    `  real_server ${address} ${PORT} {
    TCP_CHECK {
      connect_timeout 1
      retry 0
    }
  }
`
  ).join("")
}}
`;

const BGP_TIMERS = ["timers bgp 1 3", "neighbor FABRIC timers connect 1"];

/** A director says that it has the virtual address, once and while that is so. */
const ANNOUNCES = [
  "ip prefix-list VIP permit 1.1.0.0/16 ge 32",
  "route-map VIP permit 10",
  " match ip address prefix-list VIP",
  "router bgp 65001",
  ...[
    "no bgp ebgp-requires-policy",
    "neighbor FABRIC peer-group",
    "neighbor FABRIC remote-as 65000",
    ...BGP_TIMERS,
    `neighbor ${ROUTER} peer-group FABRIC`,
    "address-family ipv4 unicast",
    " redistribute connected route-map VIP",
  ].map((line) => ` ${line}`),
];

const HEARS = [
  "router bgp 65000",
  ...[
    "no bgp ebgp-requires-policy",
    "neighbor FABRIC peer-group",
    "neighbor FABRIC remote-as 65001",
    "neighbor FABRIC advertisement-interval 0",
    ...BGP_TIMERS,
    ...Object.values(DIRECTORS).map((address) => `neighbor ${address} peer-group FABRIC`),
    "address-family ipv4 unicast",
    " maximum-paths 8",
  ].map((line) => ` ${line}`),
];

/** FRR's zebra and bgpd in a host. */
async function startRouting(lab: Lab, host: string, lines: readonly string[]): Promise<void> {
  // They give up root, and are to write here.
  await Deno.chmod(lab.dir, 0o755);
  const dir = await Deno.makeTempDir({ dir: lab.dir });
  await Deno.chmod(dir, 0o777);
  const config = await lab.file(`${host}-bgpd.conf`, lines.join("\n") + "\n");
  const common = ["-z", `${dir}/zserv.api`, "--vty_socket", dir, "-P", "0", "--log", "stdout"];
  const start = (daemon: string, file: string) =>
    lab.start(host, [
      `/usr/lib/frr/${daemon}`,
      ...common,
      "-f",
      file,
      "-i",
      `${dir}/${daemon}.pid`,
    ]);
  start("zebra", "/dev/null");
  await until(
    `zebra listens in ${host}`,
    () => Deno.stat(`${dir}/zserv.api`).then(() => true, () => false),
    { explain: () => lab.tails() },
  );
  start("bgpd", config);
}

/** Directors that the router would send to. */
async function paths(lab: Lab): Promise<readonly string[]> {
  const { stdout } = await lab.run("router", ["ip", "route", "show", VIP]);
  return Array.from(stdout.matchAll(/via (\S+)/g), ([, address]) => address ?? "").sort();
}

async function announced(lab: Lab, ...names: readonly (keyof typeof DIRECTORS)[]): Promise<void> {
  const wanted = names.map((name) => DIRECTORS[name]).join();
  await until(
    `the router knows ${names.join(", ")}`,
    async () => (await paths(lab)).join() === wanted,
    { limit: 40_000, explain: async () => `${await paths(lab)}\n${lab.tails()}` },
  );
}

/** Connections that a director has sent to real servers. */
async function carries(lab: Lab, host: string): Promise<number> {
  const { stdout } = await lab.run(host, ["ipvsadm", "-Lnc"]);
  return stdout.split("\n").filter((line) => line.includes(" ESTABLISHED ")).length;
}

labTest(
  "ECMP, three directors with the address on lo by quorum_up; one that loses its quorum is withdrawn, connections live on",
  ["ipvs", "ipvsadm", "bgpd"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const names = ["d1", "d2", "d3"] as const;
    const set = (host: string, setting: string) => lab.run(host, ["sysctl", "-q", "-w", setting]);
    // By ports as well: the client has one address.
    await set("router", "net.ipv4.fib_multipath_hash_policy=1");
    for (const name of names) await set(name, "net.ipv4.vs.sloppy_tcp=1");
    for (const host of ["rs1", "rs2"]) {
      for (const name of ["all", "lo"]) {
        await set(host, `net.ipv4.conf.${name}.arp_ignore=1`);
        await set(host, `net.ipv4.conf.${name}.arp_announce=2`);
      }
      await lab.run(host, ["ip", "address", "add", `${VIP}/32`, "dev", "lo"]);
    }
    await Promise.all([
      startRouting(lab, "router", HEARS),
      ...names.map((name) => startRouting(lab, name, ANNOUNCES)),
      ...["rs1", "rs2"].map((host) => startEcho(lab, host, PORT)),
    ]);
    const nodes = await Promise.all(
      names.map((name) =>
        startNode(lab, name, { kind: "holdfast", config: CONFIG, flags: ["-C"] })
      ),
    );
    await announced(lab, ...names);

    await using held = holdConnections(lab, "client", { address: VIP, port: PORT, count: COUNT });
    const alive = async () => {
      const now = Date.now();
      await until(
        `${COUNT} connections answer`,
        () => held.rounds().some((round) => round.at > now && round.alive === COUNT),
        { limit: 60_000, explain: () => Promise.resolve(JSON.stringify(held.rounds().slice(-5))) },
      );
    };
    await alive();
    const share = await Promise.all(names.map((name) => carries(lab, name)));
    if (share.some((each) => each === 0) || share.reduce((sum, each) => sum + each) !== COUNT) {
      throw new Error(`of ${COUNT} connections the directors have ${share.join(", ")}`);
    }

    // The third one cannot reach real servers any more, and still the router.
    const cut = (what: string) =>
      Promise.all(
        Object.values(SERVERS).map((address) =>
          lab.run("d3", ["ip", "route", what, "blackhole", `${address}/32`])
        ),
      );
    await cut("add");
    await announced(lab, "d1", "d2");
    await alive();

    await cut("del");
    await announced(lab, ...names);
    await alive();

    // omega: one that ends is withdrawn as well.
    await nodes[0]?.stop();
    await announced(lab, "d2", "d3");
    await alive();
  },
);
