/**
 * The labs that figures are taken in: the same for every program, so that only the program
 * differs.
 */

import {
  Capture,
  type Kind,
  type Lab,
  type Program,
  startNode,
  type Topology,
  until,
} from "../lab/mod.ts";

export const VIP = "192.0.2.100";

const host = (address: string) => ({ links: { eth0: { network: "lan", addresses: [address] } } });

/** A client and two nodes on one network. */
export const PAIR: Topology = {
  client: host("192.0.2.10/24"),
  master: host("192.0.2.1/24"),
  backup: host("192.0.2.2/24"),
};

/** One node alone, on a network wide enough for many virtual addresses. */
export const ALONE: Topology = { node: host("10.77.255.1/16"), observer: host("10.77.255.2/16") };

/**
 * `count` instances with VRID 1… and one address each; an owner (255) becomes master without
 * waiting.
 */
export function instances(count: number, priority: number): string {
  return Array.from({ length: count }, (_, index) => index + 1).map((vrid) => `
vrrp_instance VI_${vrid} {
    state ${priority === 255 ? "MASTER" : "BACKUP"}
    interface eth0
    virtual_router_id ${vrid}
    priority ${priority}
    advert_int 1
    virtual_ipaddress {
        10.77.0.${vrid}
    }
}
`).join("");
}

/** A node of the pair: priorities as in seed 004; VRRPv2 with whole seconds between adverts, else VRRPv3. */
export function member(role: "master" | "backup", interval = 1): string {
  return `
vrrp_instance VI_1 {
    state ${role.toUpperCase()}
    interface eth0
    virtual_router_id 51
    version ${Number.isInteger(interval) ? 2 : 3}
    priority ${role === "master" ? 100 : 97}
    advert_int ${interval}
    virtual_ipaddress {
        ${VIP}/24
    }
}
`;
}

/**
 * Starts a pair of one program, each with a web server, and waits until the better one has the
 * address and the other has heard it.
 */
export async function startPair(
  lab: Lab,
  kind: Kind,
  interval = 1,
): Promise<Record<"master" | "backup", Program>> {
  for (const role of ["master", "backup"] as const) {
    const root = `${lab.dir}/www-${role}`;
    await Deno.mkdir(root);
    await Deno.writeTextFile(`${root}/index.html`, `<h1>Backend ${role}</h1>\n`);
    lab.start(role, ["busybox", "httpd", "-f", "-p", "80", "-h", root]);
  }
  const start = (role: "master" | "backup") =>
    startNode(lab, role, { kind, config: member(role, interval) });
  const master = await start("master");
  await lab.owned(VIP, "master");
  const backup = await start("backup");
  await backup.seen(/BACKUP/i);
  await using capture = await Capture.start(lab, "backup", { ifname: "eth0", filter: "vrrp" });
  await until("the backup hears the master", () => capture.lines.length >= 2);
  return { master, backup };
}
