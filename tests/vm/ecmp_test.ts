/**
 * Seed 001's `quorum_up "ip addr add … dev lo"` in a cluster: three directors that serve one address at once, announced by FRR's bgpd as
 * long as they have quorum, and a router that spreads flows over them. Real servers are those of `holdfast real-server`.
 */

import assert from "node:assert/strict";
import { executable, Lab, labTest, startNode, type Topology, until } from "../lab/mod.ts";
import { holdConnections, startEcho } from "./full_nat.ts";

const VIP = "1.1.1.1";
const PORT = 7000;
const DIRECTORS = [1, 2, 3] as const;
const CONNECTIONS = 30;

const link = (network: string, address: string) => ({ network, addresses: [`${address}/24`] });

/** The client is the router as well: it sends over the fabric, and hears from the real servers' side. */
const TOPOLOGY: Topology = {
  client: {
    forward: true,
    links: { fab0: link("fabric", "10.1.0.10"), in0: link("inside", "192.168.100.10") },
  },
  d1: {
    forward: true,
    links: { fab0: link("fabric", "10.1.0.1"), in0: link("inside", "192.168.100.1") },
  },
  d2: {
    forward: true,
    links: { fab0: link("fabric", "10.1.0.2"), in0: link("inside", "192.168.100.2") },
  },
  d3: {
    forward: true,
    links: { fab0: link("fabric", "10.1.0.3"), in0: link("inside", "192.168.100.3") },
  },
  rs1: { gateway: "192.168.100.10", links: { eth0: link("inside", "192.168.100.101") } },
  rs2: { gateway: "192.168.100.10", links: { eth0: link("inside", "192.168.100.102") } },
};

/** `mh`: every director chooses the same server for a flow, so it does not matter which of them the router takes. */
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
  real_server 192.168.100.101 ${PORT} {
    TCP_CHECK {
      connect_timeout 3
    }
  }
  real_server 192.168.100.102 ${PORT} {
    TCP_CHECK {
      connect_timeout 3
    }
  }
}
`;

/** What each says by BGP: a director what is on lo, the router nothing. */
function bgp(
  host: string,
  own: string,
  neighbours: readonly (readonly [string, number])[],
): string {
  const number = 65_000 + Number(host.replace(/\\D/g, "") || 0);
  return [
    `router bgp ${number}`,
    ` bgp router-id ${own}`,
    " no bgp ebgp-requires-policy",
    " bgp bestpath as-path multipath-relax",
    " timers bgp 1 3",
    ...neighbours.flatMap(([address, remote]) => [
      ` neighbor ${address} remote-as ${remote}`,
      ` neighbor ${address} advertisement-interval 0`,
      ` neighbor ${address} timers connect 1`,
    ]),
    " address-family ipv4 unicast",
    host === "client" ? "  maximum-paths 8" : "  redistribute connected route-map virtual",
    " exit-address-family",
    "ip prefix-list virtual permit 1.1.0.0/16 ge 32",
    "route-map virtual permit 10",
    " match ip address prefix-list virtual",
    "",
  ].join("\n");
}

/** zebra and bgpd of a host. */
async function startFrr(lab: Lab, host: string, config: string): Promise<void> {
  const dir = await Deno.makeTempDir({ dir: lab.dir });
  await Deno.chmod(lab.dir, 0o755);
  await Deno.chmod(dir, 0o777);
  const path = await lab.file(`${host}-bgp.conf`, config);
  const common = ["-z", `${dir}/zserv.api`, "--vty_socket", dir, "-P", "0", "--log", "stdout"];
  const zebra = ["/usr/lib/frr/zebra", ...common, "-f", "/dev/null", "-i", `${dir}/z`];
  lab.start(host, zebra, { name: `zebra in ${host}` });
  const isThere = () => Deno.stat(`${dir}/zserv.api`).then(() => true, () => false);
  await until(`zebra of ${host} listens`, isThere, { explain: () => lab.tails() });
  const bgpd = ["/usr/lib/frr/bgpd", ...common, "-n", "-f", path, "-i", `${dir}/b`];
  lab.start(host, bgpd, { name: `bgpd in ${host}` });
}

/** Directors over which the router sends. */
async function paths(lab: Lab): Promise<readonly string[]> {
  const { stdout } = await lab.run("client", ["ip", "route", "show", VIP]);
  return [...stdout.matchAll(/via (10\.1\.0\.\d)/g)].map(([, via]) => via ?? "").sort();
}

/** Connections a director has seen packets of. */
async function carried(lab: Lab, host: string): Promise<number> {
  const { stdout } = await lab.run(host, ["ipvsadm", "-Lnc"]);
  return stdout.split("\n").filter((line) => line.startsWith("TCP")).length;
}

labTest(
  "an ECMP cluster, a director without quorum is withdrawn, and connections live on through the others",
  ["ipvs", "ipvsadm", "bgpd"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await lab.run("client", ["sysctl", "-q", "-w", "net.ipv4.fib_multipath_hash_policy=1"]);
    for (const host of ["all", "fab0", "in0"]) {
      await lab.run("client", ["sysctl", "-q", "-w", `net.ipv4.conf.${host}.rp_filter=0`]);
    }
    for (const host of ["rs1", "rs2"]) {
      await lab.run(host, [executable("holdfast"), "real-server", "start", VIP]);
      await startEcho(lab, host, PORT);
    }
    const names = DIRECTORS.map((n) => [`10.1.0.${n}`, 65_000 + n] as const);
    await startFrr(lab, "client", bgp("client", "10.1.0.10", names));
    for (const n of DIRECTORS) {
      const host = `d${n}`;
      // A flow that comes here in its middle is taken up.
      await lab.run(host, ["modprobe", "-a", "ip_vs", "ip_vs_mh"]);
      await lab.run(host, ["sysctl", "-q", "-w", "net.ipv4.vs.sloppy_tcp=1"]);
      await startNode(lab, host, { kind: "holdfast", config: CONFIG });
      await startFrr(lab, host, bgp(host, `10.1.0.${n}`, [["10.1.0.10", 65_000]]));
    }
    const all = DIRECTORS.map((n) => `10.1.0.${n}`);
    const explain = async () => `paths: ${(await paths(lab)).join(" ")}\n${lab.tails()}`;
    await until("all three are announced", async () => (await paths(lab)).join() === all.join(), {
      explain,
      limit: 60_000,
    });

    await using held = holdConnections(lab, "client", {
      count: CONNECTIONS,
      address: VIP,
      port: PORT,
    });
    const alive = async (what: string) => {
      const now = Date.now();
      await until(
        `${what}: ${CONNECTIONS} connections answer`,
        () => held.rounds().some(({ at, alive }) => at > now && alive === CONNECTIONS),
        { explain: () => Promise.resolve(JSON.stringify(held.rounds().slice(-5))) },
      );
    };
    await alive("three directors");
    const shares = await Promise.all(DIRECTORS.map((n) => carried(lab, `d${n}`)));
    assert.ok(shares.every((share) => share > 0), `each carries some: ${shares}`);

    // Its checks fail, its way to the router is as before.
    await lab.unplug("d2", "in0");
    await until(
      "the second is withdrawn",
      async () => (await paths(lab)).join() === ["10.1.0.1", "10.1.0.3"].join(),
      { explain, limit: 60_000 },
    );
    assert.equal(await lab.has("d2", VIP), false);
    await alive("two directors");
    assert.equal(held.rounds().at(-1)?.ended, 0);

    await lab.plug("d2", "in0");
    await until(
      "the second is announced again",
      async () => (await paths(lab)).join() === all.join(),
      { explain, limit: 60_000 },
    );
    await alive("three directors again");
    assert.equal(held.rounds().at(-1)?.ended, 0);
  },
);
