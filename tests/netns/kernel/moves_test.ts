/** Reloads that move what is there to another place of the configuration: nobody on the wire or behind the addresses notices. */

import assert from "node:assert/strict";
import {
  AddressWatch,
  beat,
  Capture,
  Lab,
  labTest,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";

/** Between adverts, in s. */
const BEAT = await beat();

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.76.0.1/24"] } } },
  peer: { links: { eth0: { network: "lan", addresses: ["10.76.0.2/24"] } } },
};

const [FIRST, SECOND, MOVED] = ["10.76.0.91", "10.76.0.92", "10.76.0.93"];

interface Router {
  readonly name: string;
  readonly vrid: number;
  readonly addresses: readonly string[];
}

function configuration(routers: readonly Router[], priority: number): string {
  return routers.map(({ name, vrid, addresses }) =>
    `vrrp_instance ${name} {
    interface eth0
    virtual_router_id ${vrid}
    priority ${priority}
    advert_int ${BEAT}
    virtual_ipaddress {
        ${addresses.map((each) => `${each}/24`).join("\n        ")}
    }
    virtual_routes {
        10.99.${addresses.length}.0/24 via 10.76.0.2 dev eth0
    }
}
`
  ).join("");
}

const A: Router = { name: "A", vrid: 61, addresses: [FIRST, MOVED] };
const B: Router = { name: "B", vrid: 62, addresses: [SECOND] };

/** One reload each, in this order. */
const RELOADS: readonly (readonly [what: string, routers: readonly Router[]])[] = [
  ["an address goes from one instance to another", [
    { ...A, addresses: [FIRST] },
    { ...B, addresses: [SECOND, MOVED] },
  ]],
  ["two instances swap their VRIDs", [
    { ...A, vrid: B.vrid, addresses: [FIRST] },
    { ...B, vrid: A.vrid, addresses: [SECOND, MOVED] },
  ]],
  ["an instance gets another name", [
    { name: "C", vrid: B.vrid, addresses: [FIRST] },
    { ...B, vrid: A.vrid, addresses: [SECOND, MOVED] },
  ]],
];

labTest(
  "an address moved, two VRIDs swapped, an instance renamed by reload: no address goes, no advert is missed",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using watch = await AddressWatch.start(lab, ["node"]);
    const node = await startNode(lab, "node", {
      kind: "holdfast",
      config: configuration([A, B], 200),
    });
    // Whoever begins together is elected by whose timer runs first.
    for (const each of [FIRST, SECOND, MOVED]) await lab.owned(each, "node");
    const peer = await startNode(lab, "peer", {
      kind: "holdfast",
      config: configuration([A, B], 100),
    });
    await peer.seen(/BACKUP STATE/);
    await using capture = await Capture.start(lab, "peer", { ifname: "eth0", filter: "vrrp" });
    for (const [what, routers] of RELOADS) {
      const from = capture.lines.length;
      await Deno.writeTextFile(`${lab.dir}/node.conf`, configuration(routers, 200));
      node.signal("SIGHUP");
      // Three adverts of each: what comes of the reload has come by then.
      await until(`adverts after ${what}`, () => {
        const lines = capture.lines.slice(from);
        return [61, 62].every((vrid) =>
          lines.filter((line) => line.includes(`vrid ${vrid},`)).length >= 4
        );
      }, { limit: 40_000 * BEAT });
      const gone = [FIRST, SECOND, MOVED].flatMap((each) =>
        watch.changes(each).filter(({ kind }) => kind === "deleted")
      );
      assert.deepEqual(gone, [], what);
    }
    assert.doesNotMatch(capture.lines.join("\n"), /prio 0/);
    assert.doesNotMatch(peer.output, /MASTER STATE/);
    const adverts = await capture.adverts();
    for (const vrid of [61, 62]) {
      const times = adverts.filter((each) => each.vrid === vrid).map(({ at }) => at);
      assert.ok(times.length >= 12);
    }
    const last = (vrid: number) => adverts.findLast((each) => each.vrid === vrid)?.addresses;
    assert.deepEqual([last(61), last(62)], [[SECOND, MOVED], [FIRST]]);
    const { stdout } = await lab.run("node", ["ip", "route", "show", "proto", "keepalived"]);
    assert.equal(stdout.trim().split("\n").length, 2);
  },
);
