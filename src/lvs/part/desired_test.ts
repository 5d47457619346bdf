import assert from "node:assert/strict";
import { SERVICE_FLAG, type ServiceId } from "../../kernel/ipvs/ipvs.ts";
import { configOf, found, realServer, REFUSED, started, virtualServer } from "./fixtures.ts";
import { destinationPort } from "../servers/virtual_server.ts";
import { serviceOf } from "./desired.ts";
import { desiredServices } from "./part.ts";

const MARK: ServiceId = { kind: "fwmark", family: "inet", mark: 7 };
const HTTPS: ServiceId = { kind: "address", protocol: "tcp", address: "172.16.1.99", port: 443 };

Deno.test("serviceOf() without persistence, has neither flag nor timeout", () => {
  const config = virtualServer({ flags: SERVICE_FLAG.schedulerFlag2 });
  assert.deepEqual(serviceOf(config, MARK), {
    id: MARK,
    scheduler: "wrr",
    flags: SERVICE_FLAG.schedulerFlag2,
    timeout: 0,
    netmask: 32,
  });
});

Deno.test("serviceOf() with persistence, has flag, timeout, granularity and engine", () => {
  const config = virtualServer({
    flags: SERVICE_FLAG.onePacket,
    persistenceTimeout: 50,
    persistenceGranularity: 24,
    persistenceEngine: "sip",
  });
  assert.deepEqual(serviceOf(config, HTTPS), {
    id: HTTPS,
    scheduler: "wrr",
    flags: SERVICE_FLAG.onePacket + SERVICE_FLAG.persistent,
    timeout: 50,
    netmask: 24,
    persistenceEngine: "sip",
  });
});

// Observed with keepalived 2.2.7: DR and tunnels take the port of the service, a mark has none.
const PORTS: readonly (readonly ["nat" | "dr", number, number, number])[] = [
  ["nat", 8080, 80, 8080],
  ["nat", 0, 80, 80],
  ["nat", 8080, 0, 8080],
  ["dr", 8080, 80, 80],
  ["dr", 8080, 0, 0],
];

for (const [method, port, servicePort, expected] of PORTS) {
  Deno.test(`destinationPort() ${method} ${port} of a service with ${servicePort}, is ${expected}`, () => {
    const server = realServer(1, { port, forwarding: { method } });
    assert.equal(destinationPort(server, servicePort), expected);
  });
}

Deno.test("desiredServices() of a group, has every service with its own ports", () => {
  const realServers = [realServer(130, { forwarding: { method: "dr" } })];
  const services: readonly ServiceId[] = [{ ...HTTPS, port: 80 }, HTTPS, MARK];
  const config = virtualServer({ name: { kind: "group", group: "G" }, services, realServers });
  const driven = started(configOf(config));
  const ports = () =>
    desiredServices(driven.part).map(({ destinations }) => destinations.map(({ port }) => port));
  assert.deepEqual(ports(), [[80], [443], [0]]);
  found(driven, 0, REFUSED);
  assert.deepEqual(ports(), [[], [], []]);
});

Deno.test("desiredServices() of a server that is also the sorry server, has it once with its weight", () => {
  const only = realServer(130, { weight: 3, inhibitOnFailure: true });
  const driven = started(configOf(virtualServer({ realServers: [only], sorryServer: only })));
  found(driven, 0, REFUSED);
  assert.deepEqual(
    desiredServices(driven.part)[0]?.destinations.map(({ weight }) => weight),
    [3],
  );
});

Deno.test("desiredServices() asked twice, gives the same tables", () => {
  const driven = started(configOf(virtualServer()));
  assert.equal(desiredServices(driven.part)[0], desiredServices(driven.part)[0]);
});
