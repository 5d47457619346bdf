/** A service that forwards to itself. */

import type { Phrase } from "../../../language/mod.ts";
import type { Ip } from "../../../net/ip.ts";
import type { BoundRoot } from "../../table/root_table.ts";
import { type LintRule, valueMark } from "../rule.ts";
import { serversOf, type ServerView } from "./server.ts";

/** Connections to it would come back to the service they came from; only another port of the address is a program here. */
export const serverIsAddress: LintRule = {
  name: "server-is-address",
  find: ({ root }) =>
    serversOf(root).flatMap((server) => {
      const services = servicesOf(server, root);
      return backendsOf(server).filter(({ address, port }) => {
        const ports = services.get(address);
        return ports !== undefined &&
          (port === undefined || ports.has(port) || ports.has(undefined));
      }).map(({ use, keyword, address }) => ({
        at: valueMark(use),
        severity: "warning" as const,
        message:
          `Cannot forward from virtual_server ${server.label} to ${keyword} ${address}: it is the service itself`,
        hint: "write the server's own address",
      }));
    }),
};

/** Ports by address; `undefined`: every port. */
type Services = ReadonlyMap<Ip, ReadonlySet<number | undefined>>;

function servicesOf({ header }: ServerView, root: BoundRoot): Services {
  switch (header.kind) {
    case "address":
      return new Map([[header.address, new Set([header.port])]]);
    case "fwmark":
      return new Map();
    case "group": {
      const services = new Map<Ip, Set<number | undefined>>();
      const group = root.virtual_server_group?.find(({ value }) => value.header === header.group);
      for (const { value } of group?.value.entries ?? []) {
        if (value.kind !== "addresses") continue;
        for (const address of value.addresses) {
          services.set(address, (services.get(address) ?? new Set()).add(value.port));
        }
      }
      return services;
    }
  }
}

/** A server connections go to. */
interface Backend {
  readonly use: Phrase;
  readonly keyword: "real_server" | "sorry_server";
  readonly address: Ip;
  readonly port?: number | undefined;
}

function backendsOf({ bound }: ServerView): readonly Backend[] {
  return [
    ...(bound.real_server ?? []).map((use): Backend => ({
      use,
      keyword: "real_server",
      address: use.value.header.address,
      port: use.value.header.port,
    })),
    ...(bound.sorry_server ?? []).map((use): Backend => ({
      use,
      keyword: "sorry_server",
      address: use.value.address,
      port: use.value.port,
    })),
  ];
}
