import assert from "node:assert/strict";
import type { CheckerConfig, CheckerTiming } from "../../check/config.ts";
import { SECOND } from "../../net/micros.ts";
import { elementAt, elementsOf } from "../../persistent/mod.ts";
import type { VirtualServerConfig } from "../config.ts";
import type { LvsEffect } from "./effect.ts";
import {
  configOf,
  type Driven,
  found,
  GOOD,
  realServer,
  REFUSED,
  started,
  tableText,
  tcpCheck,
  tell,
  virtualServer,
} from "./fixtures.ts";

const ADDRESS = "192.168.1.130";

/** A virtual server 10.0.0.`at`:80 whose only real server 192.168.1.130:80 is checked so. */
function service(
  at: number,
  timing: Partial<CheckerTiming> = {},
  some: Partial<VirtualServerConfig> = {},
): VirtualServerConfig {
  const name = { kind: "address", protocol: "tcp", address: `10.0.0.${at}`, port: 80 } as const;
  const checkers = [tcpCheck(ADDRESS, timing)];
  return virtualServer({
    name,
    services: [name],
    realServers: [realServer(130, { checkers })],
    ...some,
  });
}

/** Which virtual servers have their real server in the table. */
function served({ part }: Driven): readonly boolean[] {
  return elementsOf(part.virtualServers).map(({ servers }) =>
    elementAt(servers, 0)?.alive ?? false
  );
}

/** Orders in short, with the moments in seconds from now. */
function orders(effects: readonly LvsEffect[]): readonly string[] {
  return effects.flatMap((effect) => {
    if (effect.kind === "unprobe") return [`unprobe ${effect.order}`];
    if (effect.kind !== "probe") return [];
    const { order, delay, interval, expect } = effect;
    const silent = expect === undefined ? "" : ` but ${expect.kind}`;
    return [`probe ${order} in ${delay / SECOND} every ${interval / SECOND}${silent}`];
  });
}

Deno.test("stepLvs() a real server of a thousand services, is probed once and taken from all of them", () => {
  const driven = started(configOf(...Array.from({ length: 1000 }, (_, at) => service(at))));
  assert.deepEqual([...driven.seqs.keys()], [0]);
  assert.deepEqual(orders(found(driven, 0, GOOD)), ["probe 0 in 1 every 1 but connected"]);
  const effects = found(driven, 0, REFUSED);
  assert.deepEqual(orders(effects), ["probe 0 in 1 every 1 but failed"]);
  assert.ok(served(driven).every((alive) => !alive));
  const changed = effects.flatMap((each) =>
    each.kind === "reconcile-services" && each.changed !== "all" ? each.changed : []
  );
  assert.equal(changed.length, 1000);
});

Deno.test("stepLvs() services with other counts, share the probe and count by themselves", () => {
  const driven = started(
    configOf(service(1), service(2, { retry: 2, delayBeforeRetry: SECOND / 2 })),
  );
  assert.deepEqual(orders(found(driven, 0, GOOD)), ["probe 0 in 1 every 1 but connected"]);
  driven.now += SECOND;
  assert.deepEqual(orders(found(driven, 0, REFUSED)), ["probe 0 in 0.5 every 0"]);
  assert.deepEqual(served(driven), [false, true]);
  driven.now += SECOND / 2;
  assert.deepEqual(
    orders(found(driven, 0, REFUSED)),
    ["probe 0 in 0.5 every 0"],
    "first's turn too",
  );
  assert.deepEqual(served(driven), [false, true]);
  driven.now += SECOND / 2;
  assert.deepEqual(orders(found(driven, 0, REFUSED)), ["probe 0 in 1 every 1 but failed"]);
  assert.deepEqual(served(driven), [false, false]);
  driven.now += SECOND;
  assert.deepEqual(orders(found(driven, 0, GOOD)), ["probe 0 in 1 every 1 but connected"]);
  assert.deepEqual(served(driven), [true, true]);
});

Deno.test("stepLvs() an attempt that is a retry of one service, says nothing to another", () => {
  const driven = started(
    configOf(service(1, { fall: 2 }), service(2, { retry: 1, delayBeforeRetry: SECOND / 4 })),
  );
  found(driven, 0, GOOD);
  driven.now += SECOND;
  found(driven, 0, REFUSED);
  driven.now += SECOND / 4;
  found(driven, 0, REFUSED);
  assert.deepEqual(served(driven), [true, false], "one check of the first has failed, not two");
  driven.now += SECOND;
  found(driven, 0, REFUSED);
  assert.deepEqual(served(driven), [false, false]);
});

const OTHERS: readonly (readonly [string, CheckerConfig])[] = [
  ["another address", tcpCheck("192.168.1.131")],
  ["another interval", tcpCheck(ADDRESS, { delayLoop: 2 * SECOND })],
  ["another kind", { ...tcpCheck(ADDRESS), kind: "ping" } as CheckerConfig],
];

for (const [what, checker] of OTHERS) {
  Deno.test(`stepLvs() ${what}, is another probe`, () => {
    const servers = [realServer(130, { checkers: [checker] })];
    const driven = started(configOf(service(1), service(2, {}, { realServers: servers })));
    assert.deepEqual([...driven.seqs.keys()], [0, 1]);
  });
}

Deno.test("stepLvs() urls of which one judge wants the digest, are fetched once for both", () => {
  const http = (digest?: string) => ({
    kind: "http" as const,
    timing: tcpCheck(ADDRESS).timing,
    connect: { address: ADDRESS, port: 80, timeout: SECOND },
    httpProtocol: "1.0" as const,
    urls: [{
      path: "/",
      statusCodes: [[200, 299]] as const,
      ...(digest !== undefined && { digest }),
    }],
  });
  const of = (at: number, digest?: string) =>
    service(at, {}, { realServers: [realServer(130, { checkers: [http(digest)] })] });
  const driven = started(configOf(of(1), of(2, "0".repeat(32))));
  assert.deepEqual([...driven.seqs.keys()], [0]);
  const response = { status: 200, digest: "1".repeat(32), length: 3, end: "complete" } as const;
  found(driven, 0, { kind: "responses", responses: [response] });
  assert.deepEqual(served(driven), [true, false]);
});

Deno.test("reload() a service more for a server that is down, begins with what is known, and asks for nothing", () => {
  const driven = started(configOf(service(1)));
  found(driven, 0, REFUSED);
  assert.deepEqual(
    orders(tell(driven, { kind: "reload", config: configOf(service(1), service(2)) })),
    [],
  );
  assert.deepEqual(served(driven), [false, false]);
  found(driven, 0, GOOD);
  assert.deepEqual(served(driven), [true, true]);
});

Deno.test("reload() the last service that asks a server, ends its probe, and none before it", () => {
  const driven = started(configOf(service(1), service(2), service(3, { retry: 3 })));
  found(driven, 0, GOOD);
  const reload = (...services: readonly VirtualServerConfig[]) =>
    orders(tell(driven, { kind: "reload", config: configOf(...services) }));
  assert.deepEqual(reload(service(2), service(3, { retry: 3 })), []);
  assert.deepEqual(reload(service(3, { retry: 3 })), ["probe 0 in 1 every 1 but connected"]);
  assert.deepEqual(reload(), ["unprobe 0"]);
  assert.deepEqual(tableText(driven), []);
});

Deno.test("reload() services that suspend with other addresses, do not share", () => {
  const suspended = { haSuspend: true } as const;
  const driven = started(
    configOf(service(1, {}, suspended), service(2, {}, suspended), service(3)),
  );
  assert.deepEqual([...driven.seqs.keys()], [2]);
  const address = { ifindex: 2, address: "10.0.0.1" };
  assert.deepEqual(orders(tell(driven, { kind: "address", address, present: true })), [
    "probe 0 in 0 every 0",
  ]);
});
