/** Links of instances and of single addresses: what one file makes of a host, with each program. */

import assert from "node:assert/strict";
import { sameValue } from "../../src/net/equal.ts";
import { Capture, type Kind, Lab, startNode, until } from "../lab/mod.ts";

const KINDS: readonly Kind[] = ["holdfast", "keepalived"];

/** A host of each kind with two interfaces on networks of its own. */
const host = (kind: Kind) => ({
  [kind]: {
    links: {
      eth0: { network: `${kind}0`, addresses: ["192.0.2.1/24"] },
      eth1: { network: `${kind}1`, addresses: ["198.51.100.1/24"] },
    },
  },
});

/** Settings of the whole daemon. */
export const globals = (words = ""): string => `global_defs {\nvrrp_version 3\n${words}\n}\n`;

/** An instance on eth0 that is master soon. */
export const instance = (
  vrid: number,
  words: string,
  addresses: string,
  excluded = "",
): string => `
vrrp_instance V${vrid} {
    interface eth0
    virtual_router_id ${vrid}
    priority 100
    advert_int 0.2
    ${words}
    virtual_ipaddress {
        ${addresses}
    }
    virtual_ipaddress_excluded {
        ${excluded}
    }
}
`;

interface Row {
  readonly ifname: string;
  readonly link?: string;
  readonly address: string;
  readonly flags: readonly string[];
  readonly linkinfo?: { readonly info_kind: string; readonly info_data?: unknown };
  readonly addr_info: readonly {
    readonly local: string;
    readonly prefixlen: number;
    readonly preferred_life_time: number;
    readonly nodad?: boolean;
  }[];
}

/** Links above others with what they are, and what each interface carries; the host's own link-local addresses by a name. */
async function picture(lab: Lab, kind: Kind): Promise<readonly string[]> {
  const rows: readonly Row[] = JSON.parse(
    (await lab.run(kind, ["ip", "-d", "-j", "address"])).stdout,
  );
  const isOwn = ({ linkinfo }: Row) => ["macvlan", "ipvlan"].includes(linkinfo?.info_kind ?? "");
  const names = new Map<string, string>();
  for (const row of rows) {
    // An ipvlan is given one of its own by the kernel.
    if (row.linkinfo?.info_kind === "macvlan") continue;
    for (const { local } of row.addr_info) {
      if (/^fe80::.{10}/.test(local)) names.set(local, `link-local of ${row.ifname}`);
    }
  }
  return rows.flatMap((row) => [
    ...(isOwn(row)
      ? [
        `${row.ifname} above ${row.link}: ${row.linkinfo?.info_kind} ` +
        `${row.linkinfo?.info_kind === "macvlan" ? row.address : ""} ` +
        `${JSON.stringify(row.linkinfo?.info_data)} ${row.flags.includes("UP") ? "up" : "down"}`,
      ]
      : []),
    ...row.addr_info.map(({ local, prefixlen, preferred_life_time: preferred, nodad }) =>
      `${row.ifname} has ${names.get(local) ?? local}/${prefixlen}` +
      `${preferred === 0 ? " deprecated" : ""}${nodad === true ? " nodad" : ""}`
    ),
  ]).toSorted();
}

/** Who sends what in VRRP, IGMP, MLD and as router solicitation by an interface: `eth.src ip.src to what`. */
async function spoken(capture: Capture): Promise<readonly string[]> {
  const rows = await capture.fields("vrrp or igmp or icmpv6.type in {131,133,143}", [
    "eth.src",
    "ip.proto",
    "ipv6.nxt",
    "ipv6.src",
    "igmp.type",
    "icmpv6.type",
  ]);
  return rows.map((row) => row.join(" "));
}

/** What makes a host ready, and what of it is looked at beside links and addresses. */
export interface Looking {
  readonly prepare?: (lab: Lab, kind: Kind) => Promise<void>;
  readonly look?: (lab: Lab, kind: Kind) => Promise<unknown>;
}

/** Compares what a file makes of both, once `last` is there, and returns who of ours spoke by what. */
export async function compared(
  file: string,
  last: readonly string[],
  { prepare, look }: Looking = {},
): Promise<readonly string[]> {
  await using lab = await Lab.create({ ...host("holdfast"), ...host("keepalived") });
  const nodes = await Promise.all(KINDS.map(async (kind) => {
    const capture = await Capture.start(lab, "switch", {
      ifname: lab.bridge(`${kind}0`),
      filter: "ip proto 112 or ip6 proto 112 or igmp or icmp6",
    });
    await prepare?.(lab, kind);
    const before = await picture(lab, kind);
    const node = await startNode(lab, kind, { kind, config: file });
    return { kind, capture, before, node };
  }));
  const made = () =>
    Promise.all(KINDS.map(async (kind) => [...await picture(lab, kind), await look?.(lab, kind)]));
  for (const { kind } of nodes) {
    for (const address of last) {
      await until(`${kind} has ${address}`, () => lab.has(kind, address), {
        explain: async () => `${(await picture(lab, kind)).join("\n")}\n${lab.tails()}`,
      });
    }
  }
  // What the kernel still looks for duplicates of comes later.
  let [ours, theirs] = await made();
  await until("both are alike", async () => {
    [ours, theirs] = await made();
    return sameValue(ours, theirs);
  }).catch(() => assert.deepEqual(ours, theirs));
  const told: string[] = [];
  for (const { kind, capture, before, node } of nodes) {
    await capture.seen(/prio 100/);
    const { stdout: eth0 } = await lab.run(kind, ["cat", "/sys/class/net/eth0/address"]);
    const said = (await spoken(capture)).map((each) => each.replace(eth0.trim(), "eth0"));
    await capture[Symbol.asyncDispose]();
    assert.equal((await node.stop()).code, 0);
    if (kind !== "holdfast") continue;
    assert.deepEqual(await picture(lab, kind), before);
    told.push(...said);
  }
  // Nobody speaks with a virtual MAC address but by adverts.
  for (const said of told) {
    if (said.startsWith("00:00:5e")) assert.match(said, /^\S+ (112|.* ?112)/, said);
  }
  return told;
}
