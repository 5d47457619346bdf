/** Addresses that are not to be accepted (`no_accept`), as a client finds them, beside Debian's keepalived for the same file. */

import assert from "node:assert/strict";
import { type Kind, Lab, labTest, PYTHON, startNode, until } from "../lab/mod.ts";

/** A router and a client on a network of their own, for each program. */
const network = (kind: Kind) => ({
  [kind]: { links: { eth0: { network: kind, addresses: ["192.0.2.1/24"] } } },
  [`${kind}-c`]: { links: { eth0: { network: kind, addresses: ["192.0.2.9/24"] } } },
});

const KINDS: readonly Kind[] = ["holdfast", "keepalived"];

/** What a client tries: closed and open virtual addresses, and the router's own. */
const TRIED = {
  closed: "192.0.2.100",
  closedSix: "2001:db8::100",
  closedLink: "fe80::100%eth0",
  open: "192.0.2.101",
  openSix: "2001:db8::101",
  own: "192.0.2.1",
};

const instance = (vrid: number, words: string, ...addresses: readonly string[]) => `
vrrp_instance V${vrid} {
    interface eth0
    virtual_router_id ${vrid}
    priority 100
    advert_int 0.2
    ${words}
    virtual_ipaddress {
        ${addresses.join("\n")}
    }
}
`;

const config = (settings = "") =>
  `global_defs {\nvrrp_version 3\n${settings}\n}` +
  instance(51, "no_accept", `${TRIED.closed}/24`) +
  instance(52, "no_accept", "fe80::100", `${TRIED.closedSix}/64`) +
  instance(53, "accept", `${TRIED.open}/24`) +
  instance(54, "", "fe80::101", `${TRIED.openSix}/64`) +
  // The owner takes what is for its addresses, whatever is written (RFC 9568 §6.1).
  instance(55, "no_accept", "192.0.2.55/24").replace("priority 100", "priority 255");

/** A router of this kind with its client, and a service that listens everywhere. */
async function start(lab: Lab, kind: Kind, settings = "") {
  for (const [host, address] of [[kind, "2001:db8::1/64"], [`${kind}-c`, "2001:db8::9/64"]]) {
    await lab.run(host ?? "", ["ip", "address", "add", address ?? "", "dev", "eth0", "nodad"]);
  }
  const serve = "import socket\ns=socket.create_server(('::',8080),family=socket.AF_INET6," +
    "dualstack_ipv6=True)\nprint('ready',flush=True)\nwhile True: s.accept()[0].close()";
  const server = lab.start(kind, [PYTHON, "-c", serve]);
  await until("the service listens", () => server.lines.some(({ text }) => text === "ready"));
  const node = await startNode(lab, kind, { kind, config: config(settings) });
  for (const address of ["192.0.2.55", TRIED.closed, TRIED.closedSix, TRIED.open, TRIED.openSix]) {
    await until(
      `${kind} has ${address}`,
      () => lab.has(kind, address),
      { explain: () => lab.tails() },
    );
  }
  return node;
}

/** Whether a client gets an answer, by ping and by TCP, and whether it finds out the hardware address. */
async function view(lab: Lab, kind: Kind, address: string): Promise<string> {
  const client = `${kind}-c`;
  const ping = await lab.run(client, ["ping", "-c", "1", "-W", "1", address], { check: false });
  const [plain = ""] = address.split("%");
  const connect =
    `import socket,sys\ntry:\n socket.create_connection(('${address}',8080),1)\n print('connected')\n` +
    "except ConnectionRefusedError: print('refused')\nexcept OSError: print('silence')";
  const tcp = await lab.run(client, [PYTHON, "-c", connect]);
  const neighbour = await lab.run(client, ["ip", "neigh", "show", plain]);
  const known = / lladdr /.test(neighbour.stdout) ? "found" : "not found";
  return `${ping.code === 0 ? "pong" : "silence"}, ${tcp.stdout.trim()}, ${known}`;
}

/** Everything a client may see of it, and what the router itself reaches. */
async function views(lab: Lab, kind: Kind): Promise<Readonly<Record<string, string>>> {
  const seen = Object.entries(TRIED).map(async ([name, address]) =>
    [name, await view(lab, kind, address)] as const
  );
  const own = (source: string, target: string) =>
    lab.run(kind, ["ping", "-c", "1", "-W", "1", "-I", source, target], { check: false });
  return {
    ...Object.fromEntries(await Promise.all(seen)),
    fromOwn: `${(await own("192.0.2.1", "192.0.2.9")).code}`,
    fromClosed: `${(await own(TRIED.closed, "192.0.2.9")).code}`,
    fromClosedSix: `${(await own(TRIED.closedSix, "2001:db8::9")).code}`,
    toItself: `${(await own("127.0.0.1", TRIED.closed)).code}`,
  };
}

labTest("no_accept, drops for a client and for itself what keepalived drops, and nothing else", [
  "keepalived",
  "nft",
], async () => {
  await using lab = await Lab.create({ ...network("holdfast"), ...network("keepalived") });
  const [node] = await Promise.all(KINDS.map((kind) => start(lab, kind)));
  const [ours, theirs] = await Promise.all(KINDS.map((kind) => views(lab, kind)));
  assert.deepEqual(ours, theirs);
  const closed = "silence, silence, found";
  assert.deepEqual([ours?.["closed"], ours?.["closedSix"], ours?.["closedLink"]], [
    closed,
    closed,
    closed,
  ]);
  const open = "pong, connected, found";
  assert.deepEqual([ours?.["open"], ours?.["openSix"], ours?.["own"]], [open, open, open]);

  // Opened by a reload, at once, and nothing of it is left.
  await lab.file("holdfast.conf", config().replaceAll("no_accept", ""));
  node?.signal("SIGHUP");
  await until("no rules are left", async () => {
    return (await lab.run("holdfast", ["nft", "list", "ruleset"])).stdout.trim() === "";
  }, { explain: () => lab.tails() });
  assert.equal(await view(lab, "holdfast", TRIED.closed), open);
  assert.equal((await node?.stop())?.code, 0);
});

labTest("nftables, _priority, _counters and _ifindex, are those of the rules beside keepalived's", [
  "keepalived",
  "nft",
], async () => {
  await using lab = await Lab.create({ ...network("holdfast"), ...network("keepalived") });
  const settings = "nftables mine\nnftables_priority 7\nnftables_counters\nnftables_ifindex\n" +
    "disable_local_igmp";
  const [node] = await Promise.all(KINDS.map((kind) => start(lab, kind, settings)));
  const facts = async (kind: Kind) => {
    await view(lab, kind, TRIED.closed);
    const { stdout } = await lab.run(kind, ["nft", "-a", "-n", "list", "ruleset"]);
    const { stdout: reports } = await lab.run(kind, [
      "cat",
      "/proc/sys/net/ipv4/igmp_link_local_mcast_reports",
    ]);
    return {
      tables: new Set([...stdout.matchAll(/^table \S+ (\S+)/gm)].map(([, name]) => name)),
      priorities: new Set([...stdout.matchAll(/priority (.+?);/g)].map(([, at]) => at)),
      counts: /daddr @\S+ counter packets [1-9]/.test(stdout),
      byIndex: /type ipv6_addr \. iface_index/.test(stdout),
      reports: reports.trim(),
    };
  };
  const [ours, theirs] = await Promise.all(KINDS.map(facts));
  assert.deepEqual(ours, theirs);
  assert.deepEqual(ours, {
    tables: new Set(["mine"]),
    priorities: new Set(["7"]),
    counts: true,
    byIndex: true,
    reports: "0",
  });
  assert.equal((await node?.stop())?.code, 0);
  const left = "nft list ruleset; cat /proc/sys/net/ipv4/igmp_link_local_mcast_reports";
  assert.equal((await lab.run("holdfast", ["sh", "-c", left])).stdout, "1\n");
});
