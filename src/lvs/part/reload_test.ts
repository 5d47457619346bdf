import assert from "node:assert/strict";
import fc from "fast-check";
import { serviceKey } from "../../kernel/ipvs/ipvs.ts";
import { diffServices } from "../../kernel/ipvs/ipvs_diff.ts";
import { ipvsTable } from "../../kernel/ipvs/ipvs_model.ts";
import { SECOND } from "../../net/micros.ts";
import {
  configOf,
  type Driven,
  effectText,
  found,
  GOOD,
  realServer,
  REFUSED,
  SORRY,
  started,
  tableText,
  tcpCheck,
  tell,
  virtualServer,
} from "./fixtures.ts";
import { Secret } from "../../net/secret.ts";
import { elementAt, elementsOf } from "../../persistent/mod.ts";
import type { LvsConfig, VirtualServerConfig } from "../config.ts";
import { configuredServiceKeys, desiredServices } from "./part.ts";

const RS1 = realServer(130, { weight: 2 });
const RS2 = realServer(129);
const NAME = { kind: "address", protocol: "tcp", address: "172.16.1.98", port: 80 } as const;
const OTHER = virtualServer({
  name: NAME,
  services: [NAME],
  realServers: [realServer(140, { weight: 2 }), realServer(139)],
});

/** A started part whose servers all answered once. */
function running(config: LvsConfig): Driven {
  const driven = started(config);
  for (const order of [...driven.seqs.keys()]) found(driven, order, GOOD);
  return driven;
}

function reloaded(driven: Driven, ...virtualServers: readonly VirtualServerConfig[]) {
  return effectText(tell(driven, { kind: "reload", config: configOf(...virtualServers) }));
}

/** What the kernel is told by a reload. */
function operations(driven: Driven, ...virtualServers: readonly VirtualServerConfig[]) {
  const owned = configuredServiceKeys(driven.part);
  const before = ipvsTable(desiredServices(driven.part));
  reloaded(driven, ...virtualServers);
  return diffServices(desiredServices(driven.part), before, owned).map(({ op }) => op);
}

Deno.test("reload() the same configuration, gives back the same part", () => {
  const driven = running(configOf(virtualServer(), OTHER));
  const { part } = driven;
  assert.deepEqual(reloaded(driven, virtualServer(), OTHER), []);
  assert.equal(driven.part, part);
});

Deno.test("reload() a changed virtual server, leaves the others' state, orders and tables alone", () => {
  const driven = running(configOf(virtualServer(), OTHER));
  const before = elementAt(driven.part.virtualServers, 1);
  const { checkers, inquiries } = driven.part;
  assert.deepEqual(reloaded(driven, virtualServer({ scheduler: "wlc" }), OTHER), ["reconcile"]);
  assert.equal(elementAt(driven.part.virtualServers, 1), before);
  assert.deepEqual([driven.part.checkers, driven.part.inquiries], [checkers, inquiries]);
});

Deno.test("reload() another passphrase of the private key, probes anew; the same one, does not", () => {
  const secured = (password: string) => {
    const [server] = virtualServer().realServers;
    const [checker] = server?.checkers ?? [];
    assert.ok(server !== undefined && checker?.kind === "tcp");
    const { timing, connect } = checker;
    const tls = { verify: false, password: new Secret(new TextEncoder().encode(password)) };
    const http = { kind: "http", timing, connect, httpProtocol: "1.0", urls: [], tls } as const;
    return virtualServer({ realServers: [{ ...server, checkers: [http] }] });
  };
  const driven = started(configOf(secured("one")));
  assert.deepEqual(reloaded(driven, secured("one")), []);
  const effects = reloaded(driven, secured("two"));
  assert.ok(effects.some((effect) => effect.startsWith("probe")), String(effects));
});

Deno.test("reload() another order of virtual servers, keeps them and their checkers", () => {
  const driven = running(configOf(virtualServer(), OTHER));
  assert.deepEqual(reloaded(driven, OTHER, virtualServer()), ["reconcile"]);
  found(driven, 0, REFUSED);
  assert.deepEqual(
    elementsOf(driven.part.virtualServers).map(({ label, liveWeight }) => [label, liveWeight]),
    [["[172.16.1.98]:tcp:80", 3], ["[172.16.1.99]:tcp:80", 1]],
  );
});

Deno.test("reload() another weight, sets that destination and nothing else", () => {
  const driven = running(configOf(virtualServer()));
  const heavier = virtualServer({ realServers: [{ ...RS1, weight: 5 }, RS2] });
  assert.deepEqual(operations(driven, heavier), ["set-destination"]);
  assert.deepEqual(reloaded(driven, virtualServer()), [
    "notice: Changing weight from 5 to 2 for active service [192.168.1.130]:tcp:80 of VS " +
    "[172.16.1.99]:tcp:80",
    "reconcile",
  ]);
});

// Seed 001, second note: fields after which the FNAT fork makes the service anew.
const IDENTITY_OF_THE_FORK: readonly (readonly [
  string,
  Partial<VirtualServerConfig>,
  readonly string[],
])[] = [
  ["lb_algo", { scheduler: "rr" }, ["set-service"]],
  ["persistence_timeout", { persistenceTimeout: 50 }, ["set-service"]],
  [
    "lb_kind",
    { realServers: [{ ...RS1, forwarding: { method: "dr" } }, RS2] },
    ["set-destination"],
  ],
];

for (const [name, change, expected] of IDENTITY_OF_THE_FORK) {
  Deno.test(`reload() another ${name}, is set and keeps the service with its connections`, () => {
    const driven = running(configOf(virtualServer()));
    assert.deepEqual(operations(driven, virtualServer(change)), expected);
  });
}

Deno.test("reload() another address, removes the old service and makes a new one", () => {
  const driven = running(configOf(virtualServer()));
  assert.deepEqual(operations(driven, OTHER), [
    "delete-service",
    "new-service",
    "new-destination",
    "new-destination",
  ]);
});

Deno.test("reload() a removed virtual server, tells that all of it is down and ends its probes", () => {
  const driven = running(configOf(virtualServer(), OTHER));
  assert.deepEqual(reloaded(driven, virtualServer()), [
    "notice: Removing virtual server [172.16.1.98]:tcp:80",
    "warning: Removing service [192.168.1.140]:tcp:80 from VS [172.16.1.98]:tcp:80",
    "warning: Removing service [192.168.1.139]:tcp:80 from VS [172.16.1.98]:tcp:80",
    "reconcile",
    "notify: RS [192.168.1.140]:tcp:80 [172.16.1.98]:tcp:80 DOWN",
    "notify: RS [192.168.1.139]:tcp:80 [172.16.1.98]:tcp:80 DOWN",
    "notify: VS [172.16.1.98]:tcp:80 DOWN",
    "unprobe 2",
    "unprobe 3",
  ]);
});

Deno.test("reload() a removed and a new real server, keeps the third as it is", () => {
  const driven = running(configOf(virtualServer()));
  assert.deepEqual(reloaded(driven, virtualServer({ realServers: [RS2, realServer(131)] })), [
    "warning: Removing service [192.168.1.130]:tcp:80 from VS [172.16.1.99]:tcp:80",
    "reconcile",
    "notify: RS [192.168.1.130]:tcp:80 [172.16.1.99]:tcp:80 DOWN",
    "unprobe 0",
    "info: Activating healthchecker for service [192.168.1.131]:tcp:80 for VS [172.16.1.99]:tcp:80",
    "probe 2 in 0 every 0",
  ]);
  found(driven, 1, REFUSED);
  found(driven, 2, GOOD);
  assert.deepEqual(tableText(driven), [
    "-A -t 172.16.1.99:80 -s wrr",
    "-a -t 172.16.1.99:80 -r 192.168.1.131:80 -w 1",
  ]);
});

Deno.test("reload() a server that comes with it, has its retries at the first attempt", () => {
  const driven = running(configOf(virtualServer({ realServers: [RS1] })));
  const checkers = [tcpCheck(RS2.address, { retry: 1 })];
  reloaded(driven, virtualServer({ realServers: [RS1, { ...RS2, checkers }] }));
  assert.deepEqual(effectText(found(driven, 1, REFUSED)), ["probe 1 in 1 every 0"]);
  assert.equal(tableText(driven).length, 3);
  found(driven, 1, REFUSED);
  assert.equal(tableText(driven).length, 2);
});

Deno.test("reload() another delay_loop, asks anew and leaves a failed server out meanwhile", () => {
  const driven = running(configOf(virtualServer()));
  found(driven, 0, REFUSED);
  const checkers = [tcpCheck(RS1.address, { delayLoop: 9 * SECOND })];
  const effects = reloaded(
    driven,
    virtualServer({ realServers: [{ ...RS1, checkers }, RS2] }),
  );
  // The number of the old checker is free only when the new one has its own.
  assert.deepEqual(effects.slice(-2), [
    "info: Activating healthchecker for service [192.168.1.130]:tcp:80 for VS [172.16.1.99]:tcp:80",
    "probe 2 in 0 every 0",
  ]);
  assert.equal(tableText(driven).length, 2);
  assert.deepEqual(found(driven, 0, GOOD), [], "stale: that order was ended");
  found(driven, 2, GOOD);
  assert.equal(tableText(driven).length, 3);
});

Deno.test("reload() a checker taken from a failed server, brings the server back", () => {
  const driven = running(configOf(virtualServer()));
  found(driven, 0, REFUSED);
  const effects = reloaded(driven, virtualServer({ realServers: [{ ...RS1, checkers: [] }, RS2] }));
  assert.ok(effects.includes("notify: RS [192.168.1.130]:tcp:80 [172.16.1.99]:tcp:80 UP"));
  assert.equal(tableText(driven).length, 3);
});

Deno.test("reload() a higher quorum than there is weight, loses it", () => {
  const driven = running(configOf(virtualServer({ sorryServer: SORRY })));
  const effects = reloaded(driven, virtualServer({ sorryServer: SORRY, quorum: 4 }));
  assert.deepEqual(effects, [
    "warning: Lost quorum for VS [172.16.1.99]:tcp:80: weight 3 of 4 needed",
    "notice: Adding sorry server [127.0.0.1]:tcp:80 to VS [172.16.1.99]:tcp:80",
    "reconcile",
    "notify: VS [172.16.1.99]:tcp:80 DOWN",
  ]);
});

Deno.test("reload() order numbers given back, are used again and stale answers not taken", () => {
  const driven = running(configOf(virtualServer()));
  const stale = driven.seqs.get(0) ?? -1;
  reloaded(driven, virtualServer({ realServers: [RS2] }));
  reloaded(driven, virtualServer({ realServers: [RS2, realServer(131)] }));
  assert.ok(driven.part.checkers.length <= 3);
  assert.ok(driven.part.inquiries.length <= 3);
  assert.notEqual(driven.seqs.get(0), stale);
  assert.deepEqual(
    tell(driven, { kind: "outcome", order: 0, seq: stale, outcome: REFUSED }),
    [],
  );
});

const byNumber = (a: number, b: number) => a - b;

/** Any configuration of up to three virtual servers with servers from a small stock. */
const anyVirtualServer = fc.record({
  which: fc.nat(2),
  scheduler: fc.constantFrom("rr", "wlc"),
  quorum: fc.integer({ min: 1, max: 4 }),
  hasSorry: fc.boolean(),
  servers: fc.uniqueArray(
    fc.record({ host: fc.nat(3), weight: fc.nat(3), retry: fc.nat(1), alpha: fc.boolean() }),
    { selector: ({ host }) => host, maxLength: 4 },
  ),
}).map(({ which, scheduler, quorum, hasSorry, servers }) => {
  const name = { kind: "address", protocol: "tcp", address: `10.0.0.${which}`, port: 80 } as const;
  const realServers = servers.map(({ host, weight, retry, alpha }) => {
    const server = realServer(host, { weight });
    return { ...server, checkers: [tcpCheck(server.address, { retry, alpha })] };
  });
  const sorry = hasSorry ? { sorryServer: SORRY } : {};
  return virtualServer({ name, services: [name], scheduler, quorum, realServers, ...sorry });
});
const anyConfig = fc.uniqueArray(anyVirtualServer, {
  selector: ({ services: [id] }) => id === undefined ? "" : serviceKey(id),
  maxLength: 3,
}).map((virtualServers) => configOf(...virtualServers));

Deno.test("reload() any configurations and outcomes: state agrees with itself and no order is lost", () => {
  const outcomes = fc.array(fc.tuple(fc.nat(11), fc.boolean()), { maxLength: 20 });
  const chapters = fc.array(fc.tuple(anyConfig, outcomes), { minLength: 1, maxLength: 4 });
  fc.assert(fc.property(anyConfig, chapters, (first, chapters) => {
    const driven = started(first);
    const alive = new Set(driven.seqs.keys());
    for (const [config, outcomes] of chapters) {
      for (const effect of tell(driven, { kind: "reload", config })) {
        if (effect.kind === "unprobe") assert.ok(alive.delete(effect.order));
        if (effect.kind === "probe") alive.add(effect.order);
      }
      for (const [order, good] of outcomes) found(driven, order, good ? GOOD : REFUSED);
      const { virtualServers, checkers, inquiries } = driven.part;
      assert.deepEqual(elementsOf(virtualServers).map((one) => one.config), config.virtualServers);
      const users = new Map<number, unknown[]>();
      for (const [virtualServer, { servers, liveWeight }] of elementsOf(virtualServers).entries()) {
        let live = 0;
        for (const [realServer, server] of elementsOf(servers).entries()) {
          if (server.alive) live += server.weight;
          assert.equal(server.checkers.length, server.config.checkers.length);
          for (const [index, number] of server.checkers.entries()) {
            users.set(number, [...users.get(number) ?? [], { virtualServer, realServer }]);
            const slot = elementAt(checkers, number);
            assert.deepEqual(slot?.checker.config, server.config.checkers[index]);
          }
        }
        assert.equal(liveWeight, live);
      }
      const members = new Map<number, number[]>();
      for (const [number, slot] of elementsOf(checkers).entries()) {
        assert.deepEqual(slot?.users, users.get(number));
        if (slot?.order === undefined) continue;
        members.set(slot.order, [...members.get(slot.order) ?? [], number]);
      }
      const targets = new Set<string>();
      for (const [order, inquiry] of elementsOf(inquiries).entries()) {
        assert.deepEqual(inquiry?.members.toSorted(byNumber), members.get(order));
        if (inquiry === undefined) continue;
        const probed = elementAt(checkers, inquiry.members[0] ?? -1)?.checker.config;
        const target = probed !== undefined && "connect" in probed ? probed.connect.address : "";
        assert.ok(!targets.has(target), "one endpoint, one inquiry");
        targets.add(target);
        assert.equal(inquiry.shared?.wants.length ?? 1, inquiry.members.length);
      }
      const used = new Set(members.keys());
      assert.deepEqual([...used].sort(), [...alive].sort());
    }
  }));
});

Deno.test("reload() a MISC_CHECK replaced while it runs, its command is ended and its result not taken", () => {
  const misc = (program: string) => ({
    kind: "misc" as const,
    timing: tcpCheck("192.168.1.130").timing,
    command: { argv: [program] },
    timeout: SECOND,
    dynamic: false,
  });
  const servers = (program: string) =>
    virtualServer({ realServers: [realServer(130, { checkers: [misc(program)] })] });
  const driven = started(configOf(servers("/bin/false")));
  tell(driven, { kind: "deadline" });
  const seq = driven.seqs.get(0) ?? -1;
  assert.deepEqual(
    reloaded(driven, servers("/bin/true")).filter((text) => /check \d/.test(text)),
    ["end-check 0"],
  );
  const { part } = driven;
  tell(driven, { kind: "check-result", order: 0, seq, code: 1 });
  assert.equal(driven.part, part);
});
