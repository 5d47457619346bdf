/**
 * The network of full NAT: two directors between a client and real servers that know no way back to the client, with the virtual
 * address outside and local addresses inside, which move together.
 */

import {
  type Kind,
  type Lab,
  type Program,
  slowness,
  startNode,
  type Topology,
} from "../lab/mod.ts";
import type { Round } from "./connections.ts";

/** The virtual server. */
export const VIP = "172.16.1.99";
export const PORT = 7000;

/** Addresses the real servers see. */
export const LOCAL = ["192.168.1.51", "192.168.1.53"] as const;

const link = (network: string, address: string) => ({ network, addresses: [`${address}/24`] });

export const FULL_NAT: Topology = {
  client: { links: { eth0: link("outside", "172.16.1.10") } },
  master: { links: { out0: link("outside", "172.16.1.11"), in0: link("inside", "192.168.1.11") } },
  backup: { links: { out0: link("outside", "172.16.1.12"), in0: link("inside", "192.168.1.12") } },
  rs1: { links: { eth0: link("inside", "192.168.1.101") } },
  rs2: { links: { eth0: link("inside", "192.168.1.102") } },
};

/** A director's configuration. */
export function configuration(
  role: "master" | "backup",
  { lines = "", more = "" }: { readonly lines?: string; readonly more?: string } = {},
): string {
  return `
global_defs {
  lvs_sync_daemon in0 inst OUT id 7
}
vrrp_instance OUT {
  interface out0
  virtual_router_id 51
  priority ${role === "master" ? 100 : 90}
  advert_int 1
  virtual_ipaddress {
    ${VIP}
  }
}
local_address_group inside {
  ${LOCAL[0]} dev in0
  ${LOCAL[1]} dev in0
}
virtual_server ${VIP} ${PORT} {
  lb_algo rr
  lb_kind FNAT
  protocol TCP
  laddr_group_name inside
  ${lines}
  real_server 192.168.1.101 ${PORT} {
    TCP_CHECK {
      connect_timeout 2
    }
  }
  real_server 192.168.1.102 ${PORT} {
    TCP_CHECK {
      connect_timeout 2
    }
  }
}
${more}`;
}

/** Starts a director. */
export function startDirector(
  lab: Lab,
  role: "master" | "backup",
  options: { readonly config?: string; readonly kind?: Kind; readonly name?: string } = {},
): Promise<Program> {
  const { config = configuration(role), kind = "holdfast", name = role } = options;
  return startNode(lab, role, { kind, config, name });
}

const SCRIPT = new URL("connections.ts", import.meta.url).pathname;
const DENO = ["run", "-A", "--no-check", "--no-config", "--no-lock", "--quiet"];

/** Starts a server that sends back what it hears. */
export async function startEcho(lab: Lab, host: string, port = PORT): Promise<Program> {
  const program = lab.start(host, [Deno.execPath(), ...DENO, SCRIPT, "serve", String(port)], {
    name: `echo in ${host}`,
  });
  await program.seen(/serving/);
  return program;
}

/** Connections of a client that are kept open. */
export interface Held extends AsyncDisposable {
  rounds(): readonly Round[];
}

/** Opens connections and keeps them busy. */
export function holdConnections(
  lab: Lab,
  host: string,
  { address = VIP, port = PORT, count }: {
    readonly address?: string;
    readonly port?: number;
    readonly count: number;
  },
): Held {
  const words = ["hold", address, port, count, Math.round(200 * slowness())].map(String);
  const program = lab.start(host, [Deno.execPath(), ...DENO, SCRIPT, ...words], {
    name: `connections of ${host}`,
  });
  return {
    rounds: () =>
      program.lines.filter(({ text }) => text.startsWith("{"))
        .map(({ text }): Round => JSON.parse(text)),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
