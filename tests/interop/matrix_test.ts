/**
 * Ours and Debian's keepalived as one pair with every kind of virtual router there is, all of them in one file: version, family, multicast
 * or unicast, authentication, MAC address of its own. In both roles: who shall be master of all is, a farewell hands all of them over, and
 * whoever returns takes all of them again.
 */

import assert from "node:assert/strict";
import { type Kind, Lab, labTest, startNode, type Topology, until } from "../lab/mod.ts";

interface Combination {
  readonly version: 2 | 3;
  readonly family: 4 | 6;
  readonly transport: "multicast" | "unicast";
  readonly auth: "none" | "PASS" | "AH";
  readonly vmac: boolean;
}

interface Node {
  readonly host: string;
  readonly priority: number;
  readonly last: number;
}

const ALPHA: Node = { host: "alpha", priority: 150, last: 1 };
const BETA: Node = { host: "beta", priority: 100, last: 2 };

const topology: Topology = Object.fromEntries(
  [ALPHA, BETA].map(({ host, last }) => [
    host,
    { links: { eth0: { network: "lan", addresses: [`192.0.2.${last}/24`] } } },
  ]),
);

/** Version 2 knows IPv4 only, and version 3 no authentication. */
const COMBINATIONS: readonly Combination[] = [2, 3].flatMap((version) =>
  [4, 6].flatMap((family) =>
    (["multicast", "unicast"] as const).flatMap((transport) =>
      (["none", "PASS", "AH"] as const).flatMap((auth) =>
        [false, true].flatMap((vmac): Combination[] => {
          if (version === 2 && family === 4) return [{ version, family, transport, auth, vmac }];
          if (version !== 3 || auth !== "none") return [];
          return [{ version, family: family === 4 ? 4 : 6, transport, auth, vmac }];
        })
      )
    )
  )
);

/** Its VRID is its place, counted from 1. */
function vipOf({ family }: Combination, vrid: number): string {
  return family === 4 ? `192.0.2.${100 + vrid}` : `2001:db8::${vrid.toString(16)}00`;
}

function nameOf({ version, family, transport, auth, vmac }: Combination): string {
  return `VRRPv${version} IPv${family} ${transport} ${auth}${vmac ? " vmac" : ""}`;
}

function instance(
  one: Combination,
  vrid: number,
  { self, peer }: { self: Node; peer: Node },
): string {
  const { version, family, transport, auth, vmac } = one;
  const own = ({ last }: Node) => family === 4 ? `192.0.2.${last}` : `2001:db8::${last}`;
  const lines = [
    `vrrp_instance V${vrid} {`,
    "state BACKUP",
    "interface eth0",
    `virtual_router_id ${vrid}`,
    `version ${version}`,
    `priority ${self.priority}`,
    "advert_int 1",
    ...(auth === "none"
      ? []
      : ["authentication {", `auth_type ${auth}`, "auth_pass s3cret42", "}"]),
    ...(vmac ? ["use_vmac"] : []),
    // Peers that are addressed one by one know nothing of a virtual MAC address.
    ...(vmac && transport === "unicast" ? ["vmac_xmit_base"] : []),
    ...(transport === "unicast"
      ? [`unicast_src_ip ${own(self)}`, "unicast_peer {", own(peer), "}"]
      : []),
    "virtual_ipaddress {",
    ...(family === 6 ? [`fe80::${vrid.toString(16)}:77`] : []),
    `${vipOf(one, vrid)}/${family === 4 ? 24 : 64}`,
    "}",
    "}",
  ];
  return lines.join("\n");
}

function configuration(self: Node, peer: Node): string {
  const instances = COMBINATIONS.map((one, at) => instance(one, at + 1, { self, peer }));
  return `${instances.join("\n")}\n`;
}

/** Combinations whose address a host has. */
async function held(lab: Lab, host: string): Promise<ReadonlySet<string>> {
  const lines = (await lab.run(host, ["ip", "-o", "address", "show"])).stdout;
  return new Set(
    COMBINATIONS.flatMap((one, at) =>
      lines.includes(` ${vipOf(one, at + 1)}/`) ? [nameOf(one)] : []
    ),
  );
}

for (const master of ["holdfast", "keepalived"] as const) {
  const backup: Kind = master === "holdfast" ? "keepalived" : "holdfast";
  labTest(
    `pair with every kind of virtual router, ${master} master and ${backup} backup, hands all over and back`,
    ["keepalived"],
    async () => {
      assert.equal(COMBINATIONS.length, 20);
      await using lab = await Lab.create(topology);
      for (const { host, last } of [ALPHA, BETA]) {
        await lab.run(host, [
          "ip",
          "address",
          "add",
          `2001:db8::${last}/64`,
          "dev",
          "eth0",
          "nodad",
        ]);
      }
      const owned = (host: string, other: string) =>
        until(`${host} is master of all`, async () => {
          const [here, there] = [await held(lab, host), await held(lab, other)];
          return here.size === COMBINATIONS.length && there.size === 0;
        }, {
          limit: 60_000,
          explain: async () => {
            const [here, there] = [await held(lab, host), await held(lab, other)];
            const names = COMBINATIONS.map(nameOf);
            const lacks = names.filter((name) => !here.has(name));
            return `${host} lacks ${lacks.join(", ")}; ${other} has ${
              [...there].join(", ")
            }\n${lab.tails()}`;
          },
        });
      const start = (self: Node, peer: Node, kind: Kind) =>
        startNode(lab, self.host, { kind, config: configuration(self, peer) });
      const second = await start(BETA, ALPHA, backup);
      await owned(BETA.host, ALPHA.host);
      const first = await start(ALPHA, BETA, master);
      await owned(ALPHA.host, BETA.host);
      assert.equal((await first.stop()).code, 0);
      await owned(BETA.host, ALPHA.host);
      const again = await start(ALPHA, BETA, master);
      await owned(ALPHA.host, BETA.host);
      await again.stop();
      await owned(BETA.host, ALPHA.host);
      assert.equal((await second.stop()).code, 0);
      assert.equal((await held(lab, BETA.host)).size, 0);
    },
  );
}
