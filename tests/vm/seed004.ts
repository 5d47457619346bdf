/**
 * The networks of the LVS document (seed 004): a client, two directors, two real servers; as LVS-
 * NAT with the directors between two networks, and as LVS-DR with all on one. The demo and the
 * tests use it.
 */

import assert from "node:assert/strict";
import {
  type Kind,
  type Lab,
  type Program,
  run,
  slowness,
  startNode,
  type Topology,
  until,
} from "../lab/mod.ts";
import { asBackup, quoted } from "../documents.ts";

/** The virtual server, and the real servers' gateway in LVS-NAT. */
export const VIP = "172.16.1.99";
export const GATEWAY = "192.168.1.2";

const link = (network: string, address: string) => ({ network, addresses: [`${address}/24`] });

const CLIENT = { links: { eth0: link("outside", "172.16.1.10") } };

/**
 * LVS-NAT: the document's table of addresses. Real servers know only the inner network, by way of
 * `GATEWAY`.
 */
export const NAT: Topology = {
  client: CLIENT,
  master: {
    forward: true,
    links: { ens33: link("outside", "172.16.1.134"), ens37: link("inside", "192.168.1.131") },
  },
  backup: {
    forward: true,
    links: { ens33: link("outside", "172.16.1.138"), ens37: link("inside", "192.168.1.138") },
  },
  rs1: { gateway: GATEWAY, links: { ens33: link("inside", "192.168.1.130") } },
  rs2: { gateway: GATEWAY, links: { ens33: link("inside", "192.168.1.129") } },
};

/** LVS-DR: one network; real servers answer the client themselves. */
export const DR: Topology = {
  client: CLIENT,
  master: { links: { ens33: link("outside", "172.16.1.134") } },
  backup: { links: { ens33: link("outside", "172.16.1.138") } },
  rs1: { links: { ens33: link("outside", "172.16.1.135") } },
  rs2: { links: { ens33: link("outside", "172.16.1.136") } },
};

/**
 * A director's configuration: the document's, for the backup with its changes (state, and the
 * priority it shows).
 */
export function configuration(mode: "nat" | "dr", role: "master" | "backup"): string {
  const config = quoted(`seed004_${mode}_master`);
  return role === "master" ? config : asBackup(config, 97);
}

/** Starts a director. `life` tells a restarted one's files from those before. */
export function startDirector(
  lab: Lab,
  role: "master" | "backup",
  options: { readonly mode?: "nat" | "dr"; readonly kind?: Kind; readonly life?: number } = {},
): Promise<Program> {
  const { mode = "nat", kind = "holdfast", life = 0 } = options;
  return startNode(lab, role, {
    kind,
    config: configuration(mode, role),
    name: `${role}${life === 0 ? "" : life}`,
  });
}

/** Starts a real server's web server: `/` and `/index.html` say who it is. */
export async function startWebServer(lab: Lab, host: string): Promise<Program> {
  const root = `${lab.dir}/www-${host}`;
  await Deno.mkdir(root, { recursive: true });
  await Deno.writeTextFile(`${root}/index.html`, `<h1>Backend ${host.toUpperCase()}</h1>\n`);
  return lab.start(host, ["busybox", "httpd", "-f", "-p", "80", "-h", root], {
    name: `web server in ${host}`,
  });
}

/** What the document's lvs-rs.sh does on a real server of LVS-DR. */
export async function prepareRealServer(lab: Lab, host: string): Promise<void> {
  for (const name of ["all", "lo"]) {
    await lab.run(host, ["sysctl", "-q", "-w", `net.ipv4.conf.${name}.arp_ignore=1`]);
    await lab.run(host, ["sysctl", "-q", "-w", `net.ipv4.conf.${name}.arp_announce=2`]);
  }
  const vip = ["address", "add", `${VIP}/32`, "label", "lo:1", "dev", "lo"];
  await run(["ip", "-n", lab.netns(host), ...vip]);
}

/**
 * The kernel's IPVS table of a host as `ipvsadm -Sn` writes it, sorted within itself: services,
 * then destinations.
 */
export async function ipvs(lab: Lab, host: string): Promise<readonly string[]> {
  const { stdout } = await lab.run(host, ["ipvsadm", "-Sn"]);
  return stdout.split("\n").map((line) => line.trim()).filter((line) => line !== "").sort();
}

/** One page, asked with curl as the document does; `undefined` when there was no answer. */
export async function curl(lab: Lab, host: string, address = VIP): Promise<string | undefined> {
  const limit = String(Math.ceil(10 * slowness()));
  const flags = ["--silent", "--show-error", "--fail", "--max-time", limit];
  const { code, stdout } = await lab.run(host, ["curl", ...flags, `http://${address}/`], {
    check: false,
  });
  return code === 0 ? stdout.trim() : undefined;
}

/** Waits until a director's IPVS table is exactly these rows of `ipvsadm -Sn`, in any order. */
export async function table(lab: Lab, host: string, rows: readonly string[]): Promise<void> {
  const wanted = JSON.stringify([...rows].sort());
  await until(
    `the IPVS table of ${host} is ${wanted}`,
    async () => JSON.stringify(await ipvs(lab, host)) === wanted,
    { limit: 40_000, explain: async () => (await ipvs(lab, host)).join("\n") },
  );
}

/**
 * Two to one, in every window of three pages: the document's scheduler is wrr with weights 2 and
 * 1.
 */
export async function proportion(lab: Lab): Promise<void> {
  const pages: string[] = [];
  for (let n = 0; n < 9; n++) pages.push(await curl(lab, "client") ?? "no answer");
  for (let n = 0; n + 3 <= pages.length; n++) {
    const wanted = ["<h1>Backend RS1</h1>", "<h1>Backend RS1</h1>", "<h1>Backend RS2</h1>"];
    assert.deepEqual(pages.slice(n, n + 3).sort(), wanted, pages.join(" "));
  }
}
