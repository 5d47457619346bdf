/** What `ip -d -j` shows of addresses, routes and rules, against what Debian's keepalived leaves for the same file. */

import assert from "node:assert/strict";
import { type Kind, Lab, labTest, type Program, startNode, until } from "../lab/mod.ts";
import { ADDRESSES, ROUTES, RULES } from "./kernel_entries.ts";

type Row = Readonly<Record<string, unknown>>;

/** Two hosts of equal names and addresses that do not see each other. */
const host = (lan: string) => ({
  links: {
    eth0: { network: `${lan}0`, addresses: ["10.9.0.1/24"] },
    eth1: { network: `${lan}1`, addresses: ["10.8.0.1/24"] },
  },
});

const block = (name: string, entries: readonly string[]) =>
  entries.length === 0 ? "" : `${name} {\n${entries.join("\n")}\n}\n`;

/** An instance that is master soon, with more in it. */
const instance = (more: string) =>
  `global_defs {\nvrrp_version 3\n}\nvrrp_instance V {\ninterface eth0\nvirtual_router_id 51\npriority 200\n` +
  `advert_int 0.1\nvirtual_ipaddress {\n10.9.0.100/24\n}\n${more}}\n`;

/** What a host has that neither the kernel nor the lab put there, by what it is: each as `ip` tells. */
async function tableOf(lab: Lab, name: string): Promise<ReadonlyMap<string, readonly Row[]>> {
  const ask = async (...words: readonly string[]): Promise<readonly Row[]> => {
    const { stdout } = await lab.run(name, ["ip", "-d", "-j", ...words]);
    return stdout.trim() === "" ? [] : JSON.parse(stdout) as readonly Row[];
  };
  const found = new Map<string, Row[]>();
  const add = (key: string, row: Row) => found.set(key, [...found.get(key) ?? [], row]);
  for (const family of ["-4", "-6"]) {
    for (const route of await ask(family, "route", "show", "table", "all")) {
      if (route["protocol"] === "kernel") continue;
      add(`route ${family} ${route["dst"]} table ${route["table"] ?? "main"}`, route);
    }
    for (const rule of await ask(family, "rule")) {
      if (rule["protocol"] !== "kernel") add(`rule ${family} ${rule["priority"]}`, rule);
    }
    for (const link of await ask(family, "address")) {
      for (const address of link["addr_info"] as readonly Row[]) {
        const { local, ...row } = address;
        if (row["scope"] === "link" && family === "-6") continue;
        add(`address ${local} on ${link["ifname"]}`, withoutTime(row));
      }
    }
  }
  return found;
}

/** What is left of a lifetime is no matter. keepalived of Debian does not say who added an address. */
function withoutTime({ preferred_life_time: preferred, protocol: _, ...row }: Row): Row {
  const passes = typeof preferred === "number" && preferred > 0 && preferred < 2 ** 31;
  return { ...row, preferred: passes ? "passes" : preferred };
}

async function start(lab: Lab, kind: Kind, config: string): Promise<Program> {
  const lan = kind === "holdfast" ? "ours" : "theirs";
  for (const [ifname, address] of [["eth0", "2001:db8:9::1/64"], ["eth1", "2001:db8:8::1/64"]]) {
    await lab.run(lan, ["ip", "address", "add", address ?? "", "dev", ifname ?? "", "nodad"]);
  }
  return await startNode(lab, lan, { kind, config });
}

/** Runs both with one file, and compares what they leave when they are master. */
async function compared(config: string, least: number): Promise<void> {
  await using lab = await Lab.create({ ours: host("ours"), theirs: host("theirs") });
  const before = await tableOf(lab, "ours");
  const ours = await start(lab, "holdfast", config);
  await start(lab, "keepalived", config);
  await lab.owned("10.9.0.100", "theirs", { among: ["theirs"] });
  const expected = await settled(lab, "theirs");
  const rows = [...expected.values()].flat().length - [...before.values()].flat().length;
  assert.ok(rows >= least, `keepalived left ${rows} rows:\n${lab.tails()}`);
  let found = await tableOf(lab, "ours");
  await until("the kernel holds the same", async () => {
    found = await tableOf(lab, "ours");
    return found.size === expected.size;
  }, { explain: () => `${differenceOf(found, expected)}\n${lab.tails()}` });
  assert.deepEqual(sorted(found), sorted(expected));

  // Nothing of it is in the file any more, and nothing in the kernel.
  await lab.file("ours.conf", instance(""));
  ours.signal("SIGHUP");
  const left = async () => [...(await tableOf(lab, "ours")).keys()].toSorted().join("\n");
  const own = [...before.keys(), ...IPV6, "address 10.9.0.100 on eth0"].toSorted().join("\n");
  await until("everything has gone", async () => await left() === own, { explain: left });
  assert.equal((await ours.stop()).code, 0);
}

const IPV6 = ["address 2001:db8:8::1 on eth1", "address 2001:db8:9::1 on eth0"];

/** The table when it does not change any more. */
async function settled(lab: Lab, name: string): Promise<ReadonlyMap<string, readonly Row[]>> {
  let [last, now] = ["", ""];
  let table = await tableOf(lab, name);
  await until(`the tables of ${name} are settled`, async () => {
    last = now;
    table = await tableOf(lab, name);
    now = JSON.stringify(sorted(table));
    return now === last;
  });
  return table;
}

function sorted(table: ReadonlyMap<string, readonly Row[]>): readonly unknown[] {
  return [...table].toSorted(([a], [b]) => a < b ? -1 : 1);
}

function differenceOf(
  found: ReadonlyMap<string, readonly Row[]>,
  expected: ReadonlyMap<string, readonly Row[]>,
): string {
  const lacks = [...expected.keys()].filter((key) => !found.has(key));
  const more = [...found.keys()].filter((key) => !expected.has(key));
  return `lacks ${lacks.join(", ")}; has ${more.join(", ")} too`;
}

labTest(
  "static addresses, routes and rules with every option, are in the kernel as keepalived leaves them, and go by a reload",
  [
    "keepalived",
  ],
  async () => {
    const statics = block("static_ipaddress", ADDRESSES) + block("static_routes", ROUTES) +
      block("static_rules", RULES);
    await compared(instance("") + statics, 65);
  },
);

labTest(
  "virtual addresses, routes and rules with every option, are in the kernel as keepalived leaves them, and go by a reload",
  [
    "keepalived",
  ],
  async () => {
    const virtual = block("virtual_ipaddress_excluded", ADDRESSES) +
      block("virtual_routes", ROUTES) +
      block("virtual_rules", RULES);
    await compared(instance(virtual), 65);
  },
);
