import assert from "node:assert/strict";
import fc from "fast-check";
import { describeCause } from "../../notify/mod.ts";
import type { Destination } from "../../kernel/ipvs/ipvs.ts";
import { SECOND } from "../../net/micros.ts";
import {
  configOf,
  drive,
  type Driven,
  effectText,
  found,
  GOOD,
  NOW,
  realServer,
  REFUSED,
  SORRY,
  started,
  tableText,
  tcpCheck,
  tell,
  TIMING,
  virtualServer,
} from "./fixtures.ts";
import { elementsOf } from "../../persistent/mod.ts";
import type { RealServerConfig, VirtualServerConfig } from "../config.ts";
import { desiredServices, nextLvsDeadline } from "./part.ts";
import { gainAt, loseBelow } from "../servers/quorum.ts";

const SEED = configOf(virtualServer({ sorryServer: SORRY }));
const A = "-A -t 172.16.1.99:80 -s wrr";
const RS1 = "-a -t 172.16.1.99:80 -r 192.168.1.130:80 -w 2";
const RS2 = "-a -t 172.16.1.99:80 -r 192.168.1.129:80 -w 1";
const SORRY_IN = "-a -t 172.16.1.99:80 -r 127.0.0.1:80 -w 1";

Deno.test("stepLvs() start, tells about the service, fills the table and begins to check", () => {
  const driven = drive(SEED);
  assert.deepEqual(effectText(tell(driven, { kind: "start" })), [
    "notice: Gained quorum for VS [172.16.1.99]:tcp:80: weight 3 of 1 needed",
    "reconcile",
    "notify: VS [172.16.1.99]:tcp:80 UP",
    "info: Activating healthchecker for service [192.168.1.130]:tcp:80 for VS [172.16.1.99]:tcp:80",
    "probe 0 in 0 every 0",
    "info: Activating healthchecker for service [192.168.1.129]:tcp:80 for VS [172.16.1.99]:tcp:80",
    "probe 1 in 0 every 0",
  ]);
  assert.deepEqual(tableText(driven), [A, RS1, RS2]);
  assert.deepEqual(tell(driven, { kind: "start" }), []);
});

Deno.test("stepLvs() first success, gives a standing order and leaves the table alone", () => {
  const driven = started(SEED);
  const before = desiredServices(driven.part)[0];
  assert.deepEqual(effectText(found(driven, 0, GOOD)), [
    "notice: TCP_CHECK on service [192.168.1.130]:tcp:80 succeeded for VS [172.16.1.99]:tcp:80",
    "probe 0 in 1 every 1",
  ]);
  assert.equal(desiredServices(driven.part)[0], before);
});

Deno.test("stepLvs() checkers of one server with smtp_alert, each that turns without the server is news of its own", () => {
  const turned = (smtpAlert: Pick<RealServerConfig, "smtpAlert">) => {
    const checkers = [tcpCheck("192.168.1.130"), tcpCheck("192.168.1.131")];
    const driven = started(
      configOf(virtualServer({ realServers: [realServer(130, { checkers, ...smtpAlert })] })),
    );
    const turns = [
      [0, REFUSED],
      [1, REFUSED],
      [0, GOOD],
      [1, GOOD],
    ] as const;
    return turns.map(([order, outcome]) =>
      found(driven, order, outcome).flatMap((effect) =>
        effect.kind === "news" && "up" in effect.news && effect.news.kind !== "virtual-server"
          ? [`${effect.news.kind} ${effect.news.up ? "up" : "down"}`]
          : []
      ).join()
    );
  };
  assert.deepEqual(turned({ smtpAlert: true }), [
    "real-server down",
    "checker-turned down",
    "checker-turned up",
    "real-server up",
  ]);
  assert.deepEqual(turned({}), ["real-server down", "", "", "real-server up"]);
});

Deno.test("stepLvs() both servers fail and one returns, the sorry server comes and goes", () => {
  const driven = started(SEED);
  assert.deepEqual(effectText(found(driven, 0, REFUSED)), [
    "warning: TCP_CHECK on service [192.168.1.130]:tcp:80 failed for VS [172.16.1.99]:tcp:80: " +
    "cannot connect: connection refused",
    "warning: Removing service [192.168.1.130]:tcp:80 from VS [172.16.1.99]:tcp:80",
    "reconcile",
    "notify: RS [192.168.1.130]:tcp:80 [172.16.1.99]:tcp:80 DOWN",
    "probe 0 in 1 every 1",
  ]);
  assert.deepEqual(tableText(driven), [A, RS2]);
  assert.deepEqual(effectText(found(driven, 1, REFUSED)).slice(1), [
    "warning: Removing service [192.168.1.129]:tcp:80 from VS [172.16.1.99]:tcp:80",
    "warning: Lost quorum for VS [172.16.1.99]:tcp:80: weight 0 of 1 needed",
    "notice: Adding sorry server [127.0.0.1]:tcp:80 to VS [172.16.1.99]:tcp:80",
    "reconcile",
    "notify: RS [192.168.1.129]:tcp:80 [172.16.1.99]:tcp:80 DOWN",
    "notify: VS [172.16.1.99]:tcp:80 DOWN",
    "probe 1 in 1 every 1",
  ]);
  assert.deepEqual(tableText(driven), [A, SORRY_IN]);
  assert.deepEqual(effectText(found(driven, 0, GOOD)).slice(1), [
    "notice: Adding service [192.168.1.130]:tcp:80 to VS [172.16.1.99]:tcp:80",
    "notice: Gained quorum for VS [172.16.1.99]:tcp:80: weight 2 of 1 needed",
    "notice: Removing sorry server [127.0.0.1]:tcp:80 from VS [172.16.1.99]:tcp:80",
    "reconcile",
    "notify: RS [192.168.1.130]:tcp:80 [172.16.1.99]:tcp:80 UP",
    "notify: VS [172.16.1.99]:tcp:80 UP",
    "probe 0 in 1 every 1",
  ]);
  assert.deepEqual(tableText(driven), [A, RS1]);
});

Deno.test("stepLvs() quorum is lost while servers live, they leave only for a sorry server", () => {
  const withSorry = started(configOf(virtualServer({ quorum: 2, sorryServer: SORRY })));
  found(withSorry, 0, REFUSED);
  assert.deepEqual(tableText(withSorry), [A, SORRY_IN]);
  const without = started(configOf(virtualServer({ quorum: 2 })));
  found(without, 0, REFUSED);
  assert.deepEqual(tableText(without), [A, RS2]);
});

const alpha = { checkers: [tcpCheck("192.168.1.130", { alpha: true })] };

Deno.test("stepLvs() alpha, begins down with the sorry server and comes up by the first success", () => {
  const quorumUp = { argv: ["/sbin/up"] };
  const quorumDown = { argv: ["/sbin/down"] };
  const realServers = [realServer(130, alpha)];
  const driven = drive(
    configOf(virtualServer({ sorryServer: SORRY, quorumUp, quorumDown, realServers })),
  );
  assert.deepEqual(effectText(tell(driven, { kind: "start" })).slice(0, 4), [
    "warning: Starting with quorum down for VS [172.16.1.99]:tcp:80: weight 0 of 1 needed",
    "notice: Adding sorry server [127.0.0.1]:tcp:80 to VS [172.16.1.99]:tcp:80",
    "reconcile",
    "notify: VS [172.16.1.99]:tcp:80 DOWN + /sbin/down",
  ]);
  assert.deepEqual(tableText(driven), [A, SORRY_IN]);
  const effects = effectText(found(driven, 0, GOOD));
  assert.ok(effects.includes("notify: VS [172.16.1.99]:tcp:80 UP + /sbin/up"));
  assert.deepEqual(tableText(driven), [A, "-a -t 172.16.1.99:80 -r 192.168.1.130:80 -w 1"]);
});

Deno.test("stepLvs() inhibit_on_failure, keeps a failed server with weight 0", () => {
  const realServers = [realServer(130, { weight: 2, inhibitOnFailure: true }), realServer(129)];
  const driven = started(configOf(virtualServer({ realServers })));
  const effects = effectText(found(driven, 0, REFUSED));
  assert.equal(
    effects[1],
    "warning: Disabling service [192.168.1.130]:tcp:80 of VS [172.16.1.99]:tcp:80",
  );
  assert.deepEqual(tableText(driven), [A, RS1.replace("-w 2", "-w 0"), RS2]);
});

Deno.test("stepLvs() sorry_server_inhibit, keeps the sorry server with weight 0", () => {
  const driven = started(
    configOf(virtualServer({ sorryServer: SORRY, sorryServerInhibit: true })),
  );
  assert.deepEqual(tableText(driven), [A, RS1, RS2, SORRY_IN.replace("-w 1", "-w 0")]);
  found(driven, 0, REFUSED);
  found(driven, 1, REFUSED);
  assert.deepEqual(tableText(driven), [A, SORRY_IN]);
});

Deno.test("stepLvs() a server with two checkers, is alive when both are", () => {
  const checkers = [tcpCheck("192.168.1.130"), tcpCheck("192.168.1.131")];
  const driven = started(configOf(virtualServer({ realServers: [realServer(130, { checkers })] })));
  found(driven, 0, REFUSED);
  found(driven, 1, REFUSED);
  assert.deepEqual(tableText(driven), [A]);
  found(driven, 0, GOOD);
  assert.deepEqual(tableText(driven), [A]);
  found(driven, 1, GOOD);
  assert.equal(tableText(driven).length, 2);
});

Deno.test("stepLvs() notify_up and notify_down, are run with the change and not at the start", () => {
  const notifyUp = { argv: ["/sbin/rs-up"] };
  const notifyDown = { argv: ["/sbin/rs-down"] };
  const realServers = [realServer(130, { notifyUp, notifyDown })];
  const driven = drive(configOf(virtualServer({ realServers })));
  const lines = (texts: readonly string[]) => texts.filter((text) => text.startsWith("notify: RS"));
  assert.deepEqual(lines(effectText(tell(driven, { kind: "start" }))), []);
  assert.deepEqual(lines(effectText(found(driven, 0, GOOD))), []);
  assert.deepEqual(lines(effectText(found(driven, 0, REFUSED))), [
    "notify: RS [192.168.1.130]:tcp:80 [172.16.1.99]:tcp:80 DOWN + /sbin/rs-down",
  ]);
  assert.deepEqual(lines(effectText(found(driven, 0, GOOD))), [
    "notify: RS [192.168.1.130]:tcp:80 [172.16.1.99]:tcp:80 UP + /sbin/rs-up",
  ]);
});

const MISC = {
  kind: "misc",
  timing: { ...TIMING, delayLoop: 3 * SECOND },
  command: { argv: ["/bin/check"] },
  timeout: 3 * SECOND,
  dynamic: true,
} as const;

Deno.test("stepLvs() MISC_CHECK, runs at its deadlines and sets the weight", () => {
  const realServers = [realServer(130, { weight: 20, checkers: [MISC] }), realServer(129)];
  const driven = started(configOf(virtualServer({ realServers })));
  assert.equal(nextLvsDeadline(driven.part), NOW);
  assert.deepEqual(effectText(tell(driven, { kind: "deadline" })), ["run-check 0"]);
  assert.equal(nextLvsDeadline(driven.part), undefined);
  driven.now += SECOND;
  const result = (code: number) =>
    tell(driven, { kind: "check-result", order: 0, seq: driven.seqs.get(0) ?? -1, code });
  assert.deepEqual(effectText(result(12)), [
    "notice: MISC_CHECK on service [192.168.1.130]:tcp:80 succeeded for VS [172.16.1.99]:tcp:80",
    "notice: Changing weight from 20 to 10 for active service [192.168.1.130]:tcp:80 of VS " +
    "[172.16.1.99]:tcp:80",
    "reconcile",
  ]);
  assert.deepEqual(tableText(driven), [A, RS1.replace("-w 2", "-w 10"), RS2]);
  assert.equal(nextLvsDeadline(driven.part), NOW + 4 * SECOND);
  assert.deepEqual(effectText(result(12)), [], "stale: that run was answered");
  driven.now += 3 * SECOND;
  tell(driven, { kind: "deadline" });
  result(1);
  assert.deepEqual(tableText(driven), [A, RS2]);
});

Deno.test("stepLvs() two misc_dynamic checkers, add their differences to the weight", () => {
  const other = { ...MISC, command: { argv: ["/bin/other"] } };
  const realServers = [realServer(130, { weight: 20, checkers: [MISC, other] })];
  const driven = started(configOf(virtualServer({ realServers })));
  tell(driven, { kind: "deadline" });
  for (const [order, code] of [[0, 12], [1, 15]] as const) {
    tell(driven, { kind: "check-result", order, seq: driven.seqs.get(order) ?? -1, code });
  }
  assert.deepEqual(tableText(driven), [A, RS1.replace("-w 2", "-w 3")]);
});

Deno.test("stepLvs() stale, unknown and foreign answers, give back the same part", () => {
  const driven = started(configOf(virtualServer()));
  const { part } = driven;
  const seq = driven.seqs.get(0) ?? -1;
  tell(driven, { kind: "outcome", order: 0, seq: seq + 99, outcome: REFUSED });
  tell(driven, { kind: "outcome", order: 77, seq, outcome: REFUSED });
  tell(driven, { kind: "check-result", order: 0, seq, code: 1 });
  tell(driven, { kind: "deadline" });
  assert.equal(driven.part, part);
  found(driven, 0, GOOD);
  const after = driven.part;
  assert.deepEqual(found(driven, 0, GOOD), []);
  assert.equal(driven.part, after);
});

Deno.test("stepLvs() before the start, takes another configuration and nothing else", () => {
  const driven = drive(SEED);
  assert.deepEqual(tell(driven, { kind: "outcome", order: 0, seq: 0, outcome: REFUSED }), []);
  assert.deepEqual(tell(driven, { kind: "deadline" }), []);
  const { part } = driven;
  tell(driven, { kind: "reload", config: configOf(virtualServer({ scheduler: "rr" })) });
  assert.notEqual(driven.part, part);
  tell(driven, { kind: "start" });
  assert.equal(tableText(driven)[0], "-A -t 172.16.1.99:80 -s rr");
  const early = drive(SEED);
  assert.deepEqual(tell(early, { kind: "shutdown" }), []);
  assert.deepEqual(tableText(early), []);
});

Deno.test("stepLvs() shutdown, ends the probes, wants an empty table and takes nothing any more", () => {
  const driven = started(configOf(virtualServer()));
  assert.deepEqual(effectText(tell(driven, { kind: "shutdown" })), [
    "info: Shutting down service [192.168.1.130]:tcp:80 from VS [172.16.1.99]:tcp:80",
    "info: Shutting down service [192.168.1.129]:tcp:80 from VS [172.16.1.99]:tcp:80",
    "reconcile",
    "unprobe 0",
    "unprobe 1",
  ]);
  assert.deepEqual(tableText(driven), []);
  assert.equal(nextLvsDeadline(driven.part), undefined);
  assert.deepEqual(found(driven, 0, REFUSED), []);
});

Deno.test("stepLvs() shutdown with omega, tells that what was up is down", () => {
  const notifyDown = { argv: ["/sbin/rs-down"] };
  const quorumDown = { argv: ["/sbin/down"] };
  const realServers = [realServer(130, { notifyDown }), realServer(129, { notifyDown })];
  const driven = started(configOf(virtualServer({ omega: true, quorumDown, realServers })));
  found(driven, 1, REFUSED);
  const effects = effectText(tell(driven, { kind: "shutdown" }));
  assert.deepEqual(effects.filter((text) => text.startsWith("notify")), [
    "notify: RS [192.168.1.130]:tcp:80 [172.16.1.99]:tcp:80 DOWN + /sbin/rs-down",
    "notify: VS [172.16.1.99]:tcp:80 DOWN + /sbin/down",
  ]);
});

/** Any virtual server of up to six real servers, and any sequence of outcomes for them. */
const story = fc.record({
  weights: fc.array(fc.nat(4), { minLength: 1, maxLength: 6 }),
  quorum: fc.integer({ min: 1, max: 8 }),
  margin: fc.nat(7),
  hasSorry: fc.boolean(),
  isInhibit: fc.boolean(),
  isAlpha: fc.boolean(),
  outcomes: fc.array(fc.tuple(fc.nat(5), fc.boolean()), { maxLength: 40 }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

function told({ weights, quorum, margin, hasSorry, isInhibit, isAlpha }: Story): Driven {
  const realServers = weights.map((weight, index): RealServerConfig => {
    const server = realServer(10 + index, { weight, inhibitOnFailure: isInhibit });
    return { ...server, checkers: [tcpCheck(server.address, { alpha: isAlpha })] };
  });
  const some: Partial<VirtualServerConfig> = hasSorry ? { sorryServer: SORRY } : {};
  const hysteresis = margin % quorum;
  return started(configOf(virtualServer({ quorum, hysteresis, realServers, ...some })));
}

/** What must hold in every state. */
function assertSound({ part }: Driven): void {
  const [table] = desiredServices(part);
  const [virtualServer] = elementsOf(part.virtualServers);
  assert.ok(table !== undefined && virtualServer !== undefined);
  const { config, quorate } = virtualServer;
  const servers = elementsOf(virtualServer.servers);
  const live = servers.reduce((sum, { alive, weight }) => sum + (alive ? weight : 0), 0);
  assert.equal(virtualServer.liveWeight, live);
  if (live >= gainAt(config)) assert.ok(quorate);
  if (live < loseBelow(config)) assert.ok(!quorate);
  const sorry = table.destinations.find(({ address }) => address === SORRY.address);
  assert.equal(sorry !== undefined, config.sorryServer !== undefined && !quorate);
  for (const { alive, weight, config: { address, inhibitOnFailure } } of servers) {
    const destination: Destination | undefined = table.destinations.find((one) =>
      one.address === address
    );
    if (alive && sorry === undefined) assert.equal(destination?.weight, weight);
    else assert.equal(destination?.weight, inhibitOnFailure ? 0 : undefined);
  }
}

Deno.test("stepLvs() any outcomes: alive servers are in, the sorry server is in without quorum", () => {
  fc.assert(fc.property(story, (story) => {
    const driven = told(story);
    assertSound(driven);
    for (const [server, good] of story.outcomes) {
      found(driven, server % story.weights.length, good ? GOOD : REFUSED);
      assertSound(driven);
    }
  }));
});

Deno.test("stepLvs() any outcomes: no change of a server or of quorum is without exactly one news with a cause", () => {
  fc.assert(fc.property(story, (story) => {
    const driven = told(story);
    for (const [server, good] of story.outcomes) {
      const before = elementsOf(driven.part.virtualServers);
      const effects = found(driven, server % story.weights.length, good ? GOOD : REFUSED);
      const news = effects.flatMap((effect) => effect.kind === "news" ? [effect.news] : [])
        .flatMap((each) => "cause" in each ? [each] : []);
      const changes = elementsOf(driven.part.virtualServers).flatMap((virtualServer, at) => {
        const { label: of, quorate, servers } = virtualServer;
        const was = before[at];
        const old = was === undefined ? [] : elementsOf(was.servers);
        return [
          ...elementsOf(servers).flatMap(({ label, alive }, index) =>
            alive === old[index]?.alive ? [] : [`real-server ${label} ${of} ${alive}`]
          ),
          ...(quorate === was?.quorate ? [] : [`virtual-server ${of} ${quorate}`]),
        ];
      });
      const said = news.flatMap((each) => {
        if (each.kind === "real-server") {
          return [`${each.kind} ${each.server} ${each.of} ${each.up}`];
        }
        return each.kind === "virtual-server" ? [`${each.kind} ${each.name} ${each.up}`] : [];
      });
      assert.deepEqual(said, changes);
      for (const { cause } of news) assert.match(describeCause(cause), /TCP_CHECK/);
    }
  }));
});

Deno.test("stepLvs() any outcomes: UP and DOWN of the service alternate", () => {
  fc.assert(fc.property(story, (story) => {
    const driven = told(story);
    let up = elementsOf(driven.part.virtualServers)[0]?.quorate;
    for (const [server, good] of story.outcomes) {
      for (const effect of found(driven, server % story.weights.length, good ? GOOD : REFUSED)) {
        if (effect.kind !== "news" || effect.news.kind !== "virtual-server") continue;
        assert.equal(effect.news.up, !up);
        up = !up;
      }
    }
  }));
});

Deno.test("stepLvs() 20,000 real servers that answer and then fail, leave the table one by one", () => {
  const realServers = Array.from({ length: 200 }, (_, host) => realServer(256 + host));
  const virtualServers = Array.from({ length: 100 }, (_, index) => {
    const name = {
      kind: "address",
      protocol: "tcp",
      address: `10.0.0.${index}`,
      port: 80,
    } as const;
    return virtualServer({ name, services: [name], realServers });
  });
  const driven = started(configOf(...virtualServers));
  assert.equal(desiredServices(driven.part).length, 100);
  for (let order = 0; order < 20_000; order += 1) found(driven, order, GOOD);
  for (let order = 0; order < 20_000; order += 1) {
    driven.now += 1;
    found(driven, order, REFUSED);
  }
  assert.equal(desiredServices(driven.part)[99]?.destinations.length, 0);
});
