import assert from "node:assert/strict";
import { VIRTUAL_ROUTER } from "../../kernel/address.ts";
import { type Micros, SECOND, type Secret } from "../../net/mod.ts";
import {
  describeCause,
  logLines,
  tellingOf,
  type TrackNews,
  type VrrpNews,
} from "../../notify/mod.ts";
import { sizeOf } from "../../persistent/mod.ts";
import type { Link } from "../../kernel/link.ts";
import type { VrrpConfig, VrrpInstanceConfig } from "../config.ts";
import type { ReceivedPacket, WatchCount } from "../event.ts";
import {
  addressOn,
  encodeAdvert,
  ethernet,
  instanceConfig,
  newsOf,
  syncGroup,
  tracksInterface,
  tracksScript,
  vrrpConfig,
} from "../fixtures.ts";
import { untouchableAddresses } from "./wanted/desired.ts";
import {
  nextTogether as nextVrrpDeadline,
  possible,
  startTracking as startVrrp,
  stepTracking as stepVrrp,
  type TogetherEffect as VrrpEffect,
  type TogetherEvent as VrrpEvent,
  type Tracking as VrrpPart,
  wantedNow,
} from "./fixture.ts";

const VI_1 = instanceConfig();
const VI_GATEWAY = instanceConfig({
  name: "VI_GATEWAY",
  interface: "eth1",
  virtualAddresses: [{ address: "192.168.1.2", prefixLength: 32 }],
});
const [ETH0, ETH1] = [ethernet(2, "eth0"), ethernet(3, "eth1")];
const LINKS = [ETH0, ETH1];
const ADDRESSES = [addressOn(2, "172.16.1.134"), addressOn(3, "192.168.1.131")];
const START = { kind: "start", links: LINKS, addresses: ADDRESSES } as const;
const PAIR = vrrpConfig([VI_1, VI_GATEWAY], { groups: [syncGroup(["VI_1", "VI_GATEWAY"])] });
const SCRIPT = {
  name: "chk",
  script: { argv: ["/usr/bin/chk"] },
  interval: 2 * SECOND,
  weight: 0,
  reverse: false,
  rise: 1,
  fall: 1,
  initFail: false,
};

/** A part and everything it wanted so far, moved by events in a row. */
function after(
  config: VrrpConfig,
  ...events: readonly (VrrpEvent | readonly [Micros, VrrpEvent])[]
): { readonly part: VrrpPart; readonly effects: readonly VrrpEffect[] } {
  let part = startVrrp(config, 0);
  let effects: readonly VrrpEffect[] = [];
  let now: Micros = 0;
  for (const each of events) {
    const [at, event] = "kind" in each ? [now, each] as const : each;
    now = at;
    [part, effects] = stepVrrp(part, event, now);
  }
  return { part, effects };
}

const EXPIRED = (order: number, seq = 1) => ({ kind: "expired", order, seq } as const);

/** Effects as short words: the kind and who it is for. */
function words(effects: readonly VrrpEffect[]): readonly string[] {
  return effects.filter(({ kind }) => kind !== "foresee").map((effect) => {
    switch (effect.kind) {
      case "transmit":
        return `transmit ${effect.order}${effect.immediately ? " now" : ""}`;
      case "cease":
        return `cease ${effect.order}${effect.farewell ? " farewell" : ""}`;
      case "watch":
      case "unwatch":
        return `${effect.kind} ${effect.order}`;
      case "listen":
        return `listen ${effect.ifname} ${effect.groups.join(" ")}`.trimEnd();
      case "unlisten":
        return `unlisten ${effect.ifindex}`;
      case "news":
        return newsWord(effect.news);
      case "announce":
        return effect.places.map(({ ifindex, addresses, repeat }) =>
          `announce on ${ifindex} ${addresses.join(" ")} x${repeat}`
        ).join();
      case "run-script":
        return `run ${effect.name}`;
      default:
        return effect.kind;
    }
  });
}

function newsWord(news: TrackNews | VrrpNews): string {
  switch (news.kind) {
    case "instance":
    case "group":
    case "priority":
      return `${news.name} ${news.from}>${news.to}`;
    case "lower-priority":
      return `${news.name} heard lower`;
    case "tracker":
      return news.line ?? news.tracker.name;
    default:
      return logLines(news).map(({ text }) => text).join();
  }
}

/** The causes of what happened, in words. */
function causesOf(effects: readonly VrrpEffect[]): readonly string[] {
  return newsOf(effects).flatMap((news) => "cause" in news ? [describeCause(news.cause)] : []);
}

function kinds(part: VrrpPart): readonly string[] {
  return part.instances.map((each) => each.state.kind);
}

/** An advert as another node sends it to the group. */
function advert(
  priority: number,
  changes: Partial<ReceivedPacket> & { readonly addresses?: readonly string[] } = {},
): ReceivedPacket {
  const { addresses = ["172.16.1.99"], ...packet } = changes;
  const [source, destination] = [packet.source ?? "172.16.1.138", "224.0.0.18"];
  const payload = encodeAdvert(
    { version: 2, vrid: 51, priority, interval: SECOND, addresses },
    { source, destination, checksumAsV2: false, ...keyOf() },
  );
  const { kind, ttl, protocol } = { kind: "packet", ttl: 255, protocol: 112 } as const;
  const judgement = "unjudged";
  return { kind, ifindex: 2, source, destination, ttl, protocol, payload, judgement, ...packet };
}

/** What the core counted for the first order. */
function watched(count: number): WatchCount {
  return { order: 1, count, lesser: 0, resigned: 0, dropped: [] };
}

function keyOf(): { readonly key?: Secret } {
  const { authentication } = VI_1;
  return authentication?.kind === "pass" ? { key: authentication.key } : {};
}

Deno.test("stepVrrp() start, listens, goes to backup and watches for one master down interval", () => {
  const { part, effects } = after(PAIR, START);
  assert.deepEqual(words(effects), [
    "listen eth0 224.0.0.18",
    "listen eth1 224.0.0.18",
    "VG1 init>backup",
    "VI_1 init>backup",
    "VI_GATEWAY init>backup",
    "reconcile-addresses",
    "watch 1",
    "watch 2",
  ]);
  assert.deepEqual(wantedNow(part), []);
  assert.equal(possible(part).length, 2);
  assert.equal(nextVrrpDeadline(part), undefined);
});

Deno.test("stepVrrp() both timers of a sync group expire, both addresses come in one step", () => {
  const now = 3.7 * SECOND;
  const willing = after(PAIR, START, [now, EXPIRED(1)]);
  assert.deepEqual(words(willing.effects), []);
  assert.deepEqual(wantedNow(willing.part), []);
  const [part, effects] = stepVrrp(willing.part, EXPIRED(2), now);
  assert.deepEqual(words(effects), [
    "transmit 2 now",
    "transmit 1 now",
    "VI_GATEWAY backup>master",
    "VI_1 backup>master",
    "VG1 backup>master",
    "reconcile-addresses",
    "announce on 3 192.168.1.2 x5,announce on 2 172.16.1.99 x5",
    "watch 2",
    "watch 1",
  ]);
  assert.deepEqual(
    wantedNow(part).map((each) => `${each.address} ${each.ifindex}`),
    ["172.16.1.99 2", "192.168.1.2 3"],
  );
  assert.equal(nextVrrpDeadline(part), now + 5 * SECOND);
});

Deno.test("stepVrrp() master, orders the advert of the LVS-NAT document and its farewell (RFC 9568 §7.2)", () => {
  const config = vrrpConfig([VI_1], { mcastGroup4: "224.1.111.1" });
  const { effects } = after(config, START, [4 * SECOND, EXPIRED(1)]);
  const transmit = effects.find((each) => each.kind === "transmit");
  assert.ok(transmit);
  assert.deepEqual([transmit.order, transmit.ifindex, transmit.interval], [1, 2, SECOND]);
  const [packet] = transmit.packets;
  assert.ok(packet);
  assert.deepEqual(packet.destinations, ["224.1.111.1"]);
  // VRRP header of 8, one address, 8 bytes of password: tcpdump's "length 20".
  assert.equal(packet.payload.length, 20);
  assert.deepEqual([...packet.payload.subarray(0, 6)], [0x21, 51, 100, 1, 1, 1]);
  assert.equal(transmit.farewell[0]?.payload[2], 0);
  assert.deepEqual(transmit.withdraw, [
    { ifindex: 2, address: "172.16.1.99", prefixLength: 32, scope: 0 },
  ]);
});

Deno.test("stepVrrp() a member of a master group is beaten, pulls the other along", () => {
  const masters = after(PAIR, START, [4 * SECOND, EXPIRED(1)], EXPIRED(2));
  const [part, effects] = stepVrrp(masters.part, advert(150), 5 * SECOND);
  assert.deepEqual(kinds(part), ["backup", "backup"]);
  assert.deepEqual(words(effects), [
    "send",
    "cease 1",
    "cease 2",
    "VI_1 master>backup",
    "VI_GATEWAY master>backup",
    "VG1 master>backup",
    "reconcile-addresses",
    "watch 1",
    "watch 2",
  ]);
  assert.deepEqual(causesOf(effects), [
    "advert of priority 150 from 172.16.1.138",
    "with VI_1 of sync group VG1: advert of priority 150 from 172.16.1.138",
    "VI_1: advert of priority 150 from 172.16.1.138",
  ]);
});

Deno.test("stepVrrp() a master of a group meets a weaker one, all masters of the group answer", () => {
  const masters = after(PAIR, START, [4 * SECOND, EXPIRED(1)], EXPIRED(2));
  const [, effects] = stepVrrp(masters.part, advert(90), 5 * SECOND);
  assert.deepEqual(words(effects), [
    "transmit 1 now",
    "transmit 2 now",
    "VI_1 heard lower",
    "announce on 2 172.16.1.99 x5,announce on 3 192.168.1.2 x5",
  ]);
});

Deno.test("stepVrrp() link of one member down, the whole group says farewell and faults", () => {
  const masters = after(PAIR, START, [4 * SECOND, EXPIRED(1)], EXPIRED(2));
  const down: VrrpEvent = { kind: "link", link: { ...ETH1, running: false }, removed: false };
  const [part, effects] = stepVrrp(masters.part, down, 5 * SECOND);
  assert.deepEqual(kinds(part), ["fault", "fault"]);
  assert.deepEqual(wantedNow(part), []);
  assert.deepEqual(words(effects), [
    "cease 1 farewell",
    "cease 2 farewell",
    "VI_1 master>fault",
    "VI_GATEWAY master>fault",
    "VG1 master>fault",
    "reconcile-addresses",
    "unwatch 1",
    "unwatch 2",
  ]);
  const [, up] = stepVrrp(part, { kind: "link", link: ETH1, removed: false }, 6 * SECOND);
  assert.ok(words(up).includes("VG1 fault>backup"));
});

Deno.test("stepVrrp() shutdown, all farewells, then addresses, then stop notifications", () => {
  const masters = after(PAIR, START, [4 * SECOND, EXPIRED(1)], EXPIRED(2));
  const [part, effects] = stepVrrp(masters.part, { kind: "shutdown" }, 5 * SECOND);
  assert.deepEqual(words(effects), [
    "cease 1 farewell",
    "cease 2 farewell",
    "VI_1 master>stop",
    "VI_GATEWAY master>stop",
    "VG1 master>stop",
    "reconcile-addresses",
    "unwatch 1",
    "unwatch 2",
  ]);
  assert.deepEqual(wantedNow(part), []);
  assert.deepEqual(stepVrrp(part, advert(0), 6 * SECOND), [part, []]);
});

Deno.test("stepVrrp() notify, has the arguments of keepalived appended to the configured ones", () => {
  const notify = {
    notifyMaster: { argv: ["/m.sh", "x"] },
    notify: { argv: ["/n.sh", "a b"], user: "nobody" },
  };
  const config = vrrpConfig([instanceConfig({ notify }), VI_GATEWAY], {
    groups: [syncGroup(["VI_1", "VI_GATEWAY"], { notify: { notify: { argv: ["/g.sh"] } } })],
  });
  const { effects } = after(config, START, [4 * SECOND, EXPIRED(1)], EXPIRED(2));
  const commands = newsOf(effects).flatMap((news) => tellingOf(news)?.commands ?? []);
  assert.deepEqual(commands, [
    { argv: ["/m.sh", "x"] },
    { argv: ["/n.sh", "a b", "INSTANCE", "VI_1", "MASTER", "100"], user: "nobody" },
    { argv: ["/g.sh", "GROUP", "VG1", "MASTER", "0"] },
  ]);
});

Deno.test("stepVrrp() dropped packets, count by reason and are said once per state", () => {
  const config = vrrpConfig([VI_1]);
  const { part, effects } = after(config, START, advert(150, { ttl: 64 }));
  assert.deepEqual(words(effects), [
    "(VI_1) Cannot use advert from 172.16.1.138: its TTL is 64, must be 255",
  ]);
  const [next, none] = stepVrrp(part, advert(150, { ttl: 64 }), 0);
  assert.deepEqual(words(none), []);
  assert.equal(next.instances[0]?.statistics.ip_ttl_err, 2);
  assert.equal(next.instances[0]?.statistics.advert_rcvd, 0);
});

Deno.test("stepVrrp() other addresses in an advert, count and are said but do not matter (RFC 9568 §7.1, RFC 3768 §7.1)", () => {
  const foreign = advert(150, { addresses: ["172.16.1.98"] });
  const { part, effects } = after(vrrpConfig([VI_1]), START, foreign);
  assert.deepEqual(words(effects), [
    "(VI_1) Advert from 172.16.1.138 has other addresses than those configured",
    "watch 1",
  ]);
  const [next] = stepVrrp(part, foreign, 0);
  const { addr_list_err, advert_rcvd } = next.instances[0]?.statistics ?? {};
  assert.deepEqual([addr_list_err, advert_rcvd], [2, 2]);
});

Deno.test("stepVrrp() skip_check_adv_addr, looks at a new sender only", () => {
  const config = vrrpConfig([instanceConfig({ skipCheckAdvAddr: true })]);
  const foreign = advert(150, { addresses: ["172.16.1.98"] });
  const { part } = after(config, START, foreign, foreign);
  assert.equal(part.instances[0]?.statistics.addr_list_err, 1);
});

Deno.test("stepVrrp() foreign VRID, unknown interface, no bytes, give the part itself (RFC 9568 §7.1, RFC 3768 §7.1)", () => {
  const { part } = after(vrrpConfig([VI_1]), START);
  const others = [
    advert(150, { payload: Uint8Array.of(0x21, 52, 100, 1, 1, 1, 0, 0) }),
    advert(150, { ifindex: 9 }),
    advert(150, { payload: new Uint8Array(0) }),
    EXPIRED(1, 0),
    EXPIRED(9),
    { kind: "lapsed", order: 1 },
    { kind: "deadline" },
    { kind: "listen-result", ifindex: 2 },
    { kind: "link", link: ETH0, removed: false },
    { kind: "address", address: addressOn(2, "172.16.1.134"), removed: false },
    { kind: "script-result", name: "chk", run: 1, ok: true },
    { kind: "counters", transmissions: [], watches: [watched(0)] },
    { kind: "reload", config: vrrpConfig([instanceConfig()]) },
  ] as const;
  for (const event of others) {
    const [next, effects] = stepVrrp(part, event, SECOND);
    assert.equal(next, part, event.kind);
    assert.deepEqual(effects, [], event.kind);
  }
});

Deno.test("stepVrrp() counters of the core, add to adverts sent and received", () => {
  const counters = (sent: number, seen: number): VrrpEvent => ({
    kind: "counters",
    transmissions: [{ order: 1, count: sent }],
    watches: [watched(seen)],
  });
  const { part } = after(vrrpConfig([VI_1]), START, advert(150), counters(0, 5), counters(7, 5));
  const { advert_sent, advert_rcvd } = part.instances[0]?.statistics ?? {};
  assert.deepEqual([advert_sent, advert_rcvd], [7, 6]);
});

Deno.test("stepVrrp() adverts with other addresses, are all counted, seen here or in the core", () => {
  const counters: VrrpEvent = {
    kind: "counters",
    transmissions: [],
    watches: [watched(5)],
  };
  const foreign = { ...VI_1, virtualAddresses: [{ address: "10.1.1.1", prefixLength: 32 }] };
  const errors = (config: VrrpInstanceConfig) =>
    after(vrrpConfig([config]), START, advert(150), counters).part.instances[0]?.statistics
      .addr_list_err;
  assert.equal(errors(VI_1), 0);
  assert.equal(errors(foreign), 6);
  assert.equal(errors({ ...foreign, skipCheckAdvAddr: true }), 1);
});

Deno.test("stepVrrp() start-up delay, neither sends nor heeds adverts, then begins", () => {
  const config = vrrpConfig([VI_1], { startupDelay: 10 * SECOND });
  const waiting = after(config, START, advert(150));
  assert.deepEqual(kinds(waiting.part), ["init"]);
  assert.equal(waiting.part.instances[0]?.statistics.advert_rcvd, 0);
  assert.equal(nextVrrpDeadline(waiting.part), 10 * SECOND);
  const [part, effects] = stepVrrp(waiting.part, { kind: "deadline" }, 10 * SECOND);
  assert.deepEqual(kinds(part), ["backup"]);
  assert.ok(words(effects).includes("watch 1"));
  assert.equal(nextVrrpDeadline(part), undefined);
});

Deno.test("stepVrrp() interface missing, faults until it appears", () => {
  const config = vrrpConfig([VI_GATEWAY]);
  const gone = after(config, { kind: "start", links: [ETH0], addresses: [] });
  assert.deepEqual(kinds(gone.part), ["fault"]);
  assert.ok(
    causesOf(gone.effects).includes("interface eth1 does not exist"),
  );
  const [linked, first] = stepVrrp(gone.part, { kind: "link", link: ETH1, removed: false }, 0);
  assert.deepEqual(words(first), ["listen eth1 224.0.0.18"]);
  assert.deepEqual(kinds(linked), ["fault"]);
  const address = addressOn(3, "192.168.1.131");
  const [part] = stepVrrp(linked, { kind: "address", address, removed: false }, 0);
  assert.deepEqual(kinds(part), ["backup"]);
  const [away, last] = stepVrrp(part, { kind: "link", link: ETH1, removed: true }, 0);
  assert.deepEqual(kinds(away), ["fault"]);
  assert.deepEqual(words(last).slice(-2), ["unwatch 1", "unlisten 3"]);
});

Deno.test("stepVrrp() socket cannot be opened, faults, tries again, recovers", () => {
  const failed = { kind: "listen-result", ifindex: 2, failure: "EPERM" } as const;
  const { part, effects } = after(vrrpConfig([VI_1]), START, failed);
  assert.deepEqual(kinds(part), ["fault"]);
  assert.ok(causesOf(effects).includes("no VRRP socket on eth0: EPERM"));
  assert.equal(nextVrrpDeadline(part), SECOND);
  const [again, listen] = stepVrrp(part, { kind: "deadline" }, SECOND);
  assert.deepEqual(words(listen), ["listen eth0 224.0.0.18"]);
  const [still, nothing] = stepVrrp(again, failed, SECOND);
  assert.deepEqual(nothing, []);
  assert.equal(nextVrrpDeadline(still), 3 * SECOND);
  const [open] = stepVrrp(still, { kind: "listen-result", ifindex: 2 }, 3 * SECOND);
  assert.deepEqual(kinds(open), ["backup"]);
  assert.equal(nextVrrpDeadline(open), undefined);
});

Deno.test("stepVrrp() the answer to a socket that was asked for in another way since, is stale", () => {
  const { part } = after(vrrpConfig([VI_1]), START);
  const config = vrrpConfig([instanceConfig({ mcastDstIp: "233.4.5.6" })]);
  const [reloaded] = stepVrrp(part, { kind: "reload", config }, 0);
  const answer = (groups: readonly string[]) =>
    ({ kind: "listen-result", ifindex: 2, groups, failure: "EPERM" }) as const;
  assert.equal(stepVrrp(reloaded, answer(["224.0.0.18"]), 0)[0], reloaded);
  assert.deepEqual(kinds(stepVrrp(reloaded, answer(["233.4.5.6"]), 0)[0]), ["fault"]);
});

Deno.test("stepVrrp() source address, is the first that is not virtual; without one it faults", () => {
  const leftover = { ...addressOn(2, "172.16.1.99", 32), protocol: VIRTUAL_ROUTER };
  const start = { kind: "start", links: LINKS, addresses: [leftover, ...ADDRESSES] } as const;
  const { part } = after(vrrpConfig([VI_1]), start);
  assert.equal(part.instances[0]?.health.source, "172.16.1.134");
  const removal = {
    kind: "address",
    address: addressOn(2, "172.16.1.134"),
    removed: true,
  } as const;
  const [resting] = stepVrrp(part, removal, 0);
  assert.deepEqual(kinds(resting), ["backup"], "it may be there again in a moment");
  const [next, effects] = stepVrrp(resting, { kind: "deadline" }, SECOND / 10);
  assert.deepEqual(kinds(next), ["fault"]);
  assert.ok(causesOf(effects).includes("no source address on eth0"));
});

Deno.test("stepVrrp() dont_track_primary, stays master when its interface goes down", () => {
  const config = vrrpConfig([instanceConfig({ dontTrackPrimary: true })]);
  const down: VrrpEvent = { kind: "link", link: { ...ETH0, running: false }, removed: false };
  const { part } = after(config, START, [4 * SECOND, EXPIRED(1)], down);
  assert.deepEqual(kinds(part), ["master"]);
});

Deno.test("stepVrrp() track_interface with weight, changes the advert in its place", () => {
  const tracked = tracksInterface("eth1", -30);
  const config = vrrpConfig([instanceConfig({ tracks: [tracked] })]);
  const down: VrrpEvent = { kind: "link", link: { ...ETH1, running: false }, removed: false };
  const { part, effects } = after(config, START, [4 * SECOND, EXPIRED(1)], down);
  assert.equal(part.instances[0]?.health.priority, 70);
  assert.deepEqual(words(effects), [
    "transmit 1",
    "VI_1 100>70",
    "watch 1",
  ]);
});

Deno.test("stepVrrp() weights in a sync group, count only with sync_group_tracking_weight", () => {
  const tracked = tracksInterface("eth2", -30);
  const config = (syncGroupTrackingWeight: boolean) =>
    vrrpConfig([instanceConfig({ tracks: [tracked] }), VI_GATEWAY], {
      groups: [syncGroup(["VI_1", "VI_GATEWAY"], { syncGroupTrackingWeight })],
    });
  const priority = (on: boolean) => after(config(on), START).part.instances[0]?.health.priority;
  assert.deepEqual([priority(false), priority(true)], [100, 70]);
});

Deno.test("stepVrrp() tracker of a group, faults every member", () => {
  const config = vrrpConfig([VI_1, VI_GATEWAY], {
    groups: [syncGroup(["VI_1", "VI_GATEWAY"], { tracks: [tracksInterface("eth9")] })],
  });
  const { part } = after(config, START);
  assert.deepEqual(kinds(part), ["fault", "fault"]);
  const eth9 = { kind: "link", link: ethernet(9, "eth9"), removed: false } as const;
  assert.deepEqual(kinds(stepVrrp(part, eth9, 0)[0]), ["backup", "backup"]);
});

Deno.test("stepVrrp() tracked script, is awaited, faults on failure, runs on its interval", () => {
  const tracking = instanceConfig({ tracks: [tracksScript("chk")] });
  const config = vrrpConfig([tracking], { scripts: [SCRIPT] });
  const started = after(config, START);
  assert.deepEqual(kinds(started.part), ["init"]);
  assert.deepEqual(words(started.effects), [
    "listen eth0 224.0.0.18",
    "reconcile-addresses",
    "run chk",
  ]);
  assert.equal(nextVrrpDeadline(started.part), 2 * SECOND);
  const result = (
    run: number,
    ok: boolean,
  ) => ({ kind: "script-result", name: "chk", run, ok } as const);
  const [up] = stepVrrp(started.part, result(1, true), SECOND);
  assert.deepEqual(kinds(up), ["backup"]);
  const [again, run] = stepVrrp(up, { kind: "deadline" }, 2 * SECOND);
  assert.deepEqual(run, [{
    kind: "run-script",
    name: "chk",
    run: 2,
    command: SCRIPT.script,
    timeout: 2 * SECOND,
  }]);
  const [down, effects] = stepVrrp(again, result(2, false), 3 * SECOND);
  assert.deepEqual(kinds(down), ["fault"]);
  assert.ok(causesOf(effects).includes("script chk failed"));
});

Deno.test("stepVrrp() script with a weight, is not waited for: its result brings the weight", () => {
  const config = vrrpConfig(
    [instanceConfig({ tracks: [tracksScript("chk", -20)] })],
    { scripts: [SCRIPT] },
  );
  const started = after(config, START);
  assert.deepEqual(kinds(started.part), ["backup"]);
  assert.equal(started.part.instances[0]?.health.priority, 100);
  const failure = {
    kind: "script-result",
    name: "chk",
    run: 1,
    ok: false,
    how: "timed_out",
  } as const;
  const [down, effects] = stepVrrp(started.part, failure, SECOND);
  assert.equal(down.instances[0]?.health.priority, 80);
  assert.equal(words(effects)[0], "VRRP_Script(chk) timed_out");
});

Deno.test("stepVrrp() results of a script, are said in keepalived's words, once per change", () => {
  const config = vrrpConfig(
    [instanceConfig({ tracks: [tracksScript("chk")] })],
    { scripts: [SCRIPT] },
  );
  const said = (...ends: readonly (readonly [ok: boolean, how: string])[]) => {
    let { part } = after(config, START);
    return ends.flatMap(([ok, how], index) => {
      const run = index + 1;
      const result = { kind: "script-result", name: "chk", run, ok, how } as const;
      const [judged, effects] = stepVrrp(part, result, 2 * run * SECOND);
      [part] = stepVrrp(judged, { kind: "deadline" }, 2 * run * SECOND);
      return newsOf(effects).flatMap(logLines).map(({ text }) => text)
        .filter((each) => /^VRRP_Script/.test(each));
    });
  };
  const good = [true, "exited with status 0"] as const;
  const bad = [false, "exited with status 1"] as const;
  const succeeded = "VRRP_Script(chk) succeeded";
  const failed = "VRRP_Script(chk) failed (exited with status 1)";
  assert.deepEqual(said(good), [succeeded]);
  assert.deepEqual(said(good, bad), [succeeded, failed]);
  assert.deepEqual(said(good, bad, bad), [succeeded, failed]);
});

Deno.test("stepVrrp() a script nobody follows, is not run", () => {
  const started = after(vrrpConfig([VI_1], { scripts: [SCRIPT] }), START);
  assert.ok(!words(started.effects).includes("run chk"));
  assert.equal(sizeOf(started.part.beside.scripts), 0);
});

Deno.test("stepVrrp() a run this host cannot begin, changes nothing and is said once", () => {
  const tracking = instanceConfig({ tracks: [tracksScript("chk")] });
  let { part } = after(vrrpConfig([tracking], { scripts: [SCRIPT] }), START);
  [part] = stepVrrp(part, { kind: "script-result", name: "chk", run: 1, ok: true }, SECOND);
  const said: string[] = [];
  for (const run of [2, 3, 4]) {
    const now = 20 * run * SECOND;
    [part] = stepVrrp(part, { kind: "deadline" }, now);
    const why = "too many open files";
    const [next, effects] = stepVrrp(
      part,
      { kind: "script-not-begun", name: "chk", run, why },
      now,
    );
    part = next;
    said.push(...words(effects));
    assert.equal(nextVrrpDeadline(part), now + 2 ** (run - 2) * SECOND);
  }
  assert.deepEqual(kinds(part), ["backup"]);
  assert.deepEqual(said, [
    "Cannot run script chk: too many open files, its last result counts until it can",
  ]);
});

Deno.test("stepVrrp() unicast, sends one copy to each peer and joins no group", () => {
  const peers = ["172.16.1.138", "172.16.1.139"].map((address) => ({ address }));
  const config = vrrpConfig([instanceConfig({ unicastPeers: peers, unicastTtl: 60 })]);
  const started = after(config, START);
  assert.ok(words(started.effects).includes("listen eth0"));
  const [, effects] = stepVrrp(started.part, EXPIRED(1), 4 * SECOND);
  const transmit = effects.find((each) => each.kind === "transmit");
  assert.deepEqual(transmit?.packets.map(({ destinations, ttl }) => [destinations, ttl]), [
    [["172.16.1.138", "172.16.1.139"], 60],
  ]);
});

Deno.test("stepVrrp() two instances of one VRID on an interface, the packet finds its own", () => {
  const unicast = instanceConfig({
    name: "VI_U",
    unicastPeers: [{ address: "172.16.1.150" }],
  });
  const { part } = after(vrrpConfig([unicast, VI_1]), START, advert(150));
  assert.deepEqual(part.instances.map((each) => each.statistics.advert_rcvd), [0, 1]);
});

Deno.test("stepVrrp() announcements for several interfaces, go out on each that speaks ARP, as one", () => {
  const config = vrrpConfig([instanceConfig({
    excludedAddresses: [
      { address: "192.168.1.2", prefixLength: 32, dev: "eth1" },
      { address: "10.9.9.9", prefixLength: 32, dev: "lo" },
      { address: "2001:db8::1", prefixLength: 128 },
    ],
  })]);
  const lo = ethernet(1, "lo", { loopback: true, arp: true });
  const start = { kind: "start", links: [...LINKS, lo], addresses: ADDRESSES } as const;
  const { part, effects } = after(config, start, [4 * SECOND, EXPIRED(1)]);
  assert.deepEqual(words(effects).filter((each) => each.startsWith("announce")), [
    "announce on 2 172.16.1.99 2001:db8::1 x5,announce on 3 192.168.1.2 x5",
  ]);
  assert.equal(wantedNow(part).length, 4);
});

Deno.test("stepVrrp() 200 instances, a packet is a matter of its own instance", () => {
  const many = Array.from({ length: 200 }, (_, at) =>
    instanceConfig({
      name: `VI_${at}`,
      virtualRouterId: at + 1,
      virtualAddresses: [{ address: `172.16.2.${at + 1}`, prefixLength: 32 }],
    }));
  const { part } = after(vrrpConfig(many), START);
  const packet = advert(150);
  const [next] = stepVrrp(part, packet, SECOND);
  const changed = next.instances.filter((each, at) => each !== part.instances[at]);
  assert.deepEqual(changed.map((each) => each.config.virtualRouterId), [51]);
  assert.equal(next.directory, part.directory);
  assert.equal(next.kernel, part.kernel);
});

const OWNER = instanceConfig({
  priority: 255,
  wantState: "master",
  virtualAddresses: [
    { address: "172.16.1.99", prefixLength: 24 },
    { address: "172.16.1.100", prefixLength: 24 },
  ],
});

Deno.test("stepVrrp() owner of its interface's own address, sends from it and never touches it (RFC 9568 §1.6)", () => {
  const addresses = [addressOn(2, "172.16.1.99")];
  const start = { kind: "start", links: LINKS, addresses } as const;
  const { part, effects } = after(vrrpConfig([OWNER]), start);
  assert.deepEqual(kinds(part), ["master"]);
  const ours = ["172.16.1.100"];
  assert.deepEqual(wantedNow(part).map((each) => each.address), ours);
  assert.deepEqual(possible(part).map((each) => each.address), ours);
  const transmit = effects.find((each) => each.kind === "transmit");
  assert.deepEqual(transmit?.withdraw.map((each) => each.address), ours);
  assert.equal(transmit?.packets[0]?.source, "172.16.1.99");
});

Deno.test("stepVrrp() owner whose other addresses vanish, does not send from those it brought", () => {
  const vip = { ...addressOn(2, "172.16.1.99"), prefixLength: 24 };
  const { part } = after(
    vrrpConfig([OWNER]),
    START,
    { kind: "address", address: vip, removed: false, ordered: true },
    { kind: "address", address: addressOn(2, "172.16.1.134"), removed: true },
    // The notification of an addition that was under way.
    {
      kind: "address",
      address: { ...vip, address: "172.16.1.100" },
      removed: false,
      ordered: true,
    },
    [SECOND / 10, { kind: "deadline" }],
  );
  assert.deepEqual(kinds(part), ["fault"]);
});

Deno.test("stepVrrp() virtual address that is its interface's own, refuses an instance that is no owner", () => {
  const own = addressOn(2, "172.16.1.99");
  const backup = vrrpConfig([{ ...OWNER, priority: 254 }]);
  const start = { kind: "start", links: LINKS, addresses: [own] } as const;
  const refused = after(backup, start);
  assert.deepEqual(kinds(refused.part), ["fault"]);
  assert.match(causesOf(refused.effects)[0] ?? "", /172\.16\.1\.99\/24 is the own address of eth0/);
  const keys = (part: VrrpPart) => possible(part).map((each) => each.address);
  assert.deepEqual(keys(refused.part), ["172.16.1.100"], "it is not taken for left over");
  // The host's address changes: nothing is in the way any more.
  const other = after(
    backup,
    start,
    { kind: "address", address: addressOn(2, "172.16.1.134"), removed: false },
    { kind: "address", address: own, removed: true },
  );
  assert.deepEqual(kinds(other.part), ["backup"]);
  assert.deepEqual(keys(other.part), ["172.16.1.99", "172.16.1.100"]);
  // And back, while it is master: the address is not its own any more, not even by its will.
  const back = after(
    backup,
    { kind: "start", links: LINKS, addresses: [addressOn(2, "172.16.1.134")] },
    [4 * SECOND, EXPIRED(1)],
    { kind: "address", address: addressOn(2, "172.16.1.134"), removed: true },
    { kind: "address", address: own, removed: false },
  );
  assert.deepEqual(kinds(back.part), ["fault"]);
  assert.deepEqual([...untouchableAddresses(back.part)], ["2 172.16.1.99/24"]);
});

Deno.test("stepVrrp() address somebody removed from a master, is said, put back and announced", () => {
  const masters = after(vrrpConfig([VI_1]), START, [4 * SECOND, EXPIRED(1)]);
  const [address] = wantedNow(masters.part);
  assert.ok(address !== undefined);
  const [present] = stepVrrp(masters.part, { kind: "address", address, removed: false }, 5);
  const removal = { kind: "address", address, removed: true } as const;
  const [resting, none] = stepVrrp(present, removal, 5 * SECOND);
  assert.deepEqual([none, wantedNow(resting)], [[], []]);
  const [, effects] = stepVrrp(resting, { kind: "deadline" }, 5.005 * SECOND);
  assert.deepEqual(words(effects), [
    "(VI_1) Address 172.16.1.99/32 was removed by somebody else: puts it back",
    "reconcile-addresses",
    "announce on 2 172.16.1.99 x5",
  ]);
  const replaced = { ...removal, ordered: true };
  assert.deepEqual(words(stepVrrp(present, replaced, 5 * SECOND)[1]), []);
});

Deno.test("stepVrrp() address that goes with its interface, was removed by nobody and comes back with it", () => {
  const vip = { address: "172.17.1.99", prefixLength: 24, dev: "eth1", noTrack: true } as const;
  const config = vrrpConfig([{ ...VI_1, virtualAddresses: [vip] }]);
  const { part } = after(config, START, [4 * SECOND, EXPIRED(1)]);
  const [address] = wantedNow(part);
  assert.ok(address !== undefined);
  const eth1 = ethernet(3, "eth1");
  const [present] = stepVrrp(part, { kind: "address", address, removed: false, ordered: true }, 5);
  const [down, none] = stepVrrp(present, {
    kind: "link",
    link: { ...eth1, up: false, running: false },
    removed: false,
  }, 6);
  assert.deepEqual(words(none), []);
  const [bare, silent] = stepVrrp(down, { kind: "address", address, removed: true }, 7);
  assert.deepEqual(words(silent), []);
  const [gone, replaced] = stepVrrp(bare, { kind: "link", link: eth1, removed: true }, 8);
  assert.deepEqual(words(replaced), ["transmit 1", "reconcile-addresses"]);
  const anew = { kind: "link", link: { ...eth1, ifindex: 9 }, removed: false } as const;
  const [, again] = stepVrrp(gone, anew, 9);
  assert.deepEqual(words(again), ["transmit 1", "reconcile-addresses"]);
  const [transmit] = again.filter((each) => each.kind === "transmit");
  assert.deepEqual(transmit?.withdraw.map((each) => each.ifindex), [9]);
});

Deno.test("stepVrrp() cable of a master out and in, or another MAC, announces there anew (dont_track_primary)", () => {
  const config = vrrpConfig([instanceConfig({ dontTrackPrimary: true })]);
  const { part } = after(config, START, [4 * SECOND, EXPIRED(1)]);
  const link = (changes: Partial<Link>) =>
    ({ kind: "link", link: ethernet(2, "eth0", changes), removed: false }) as const;
  const [out, quiet] = stepVrrp(part, link({ running: false }), 5 * SECOND);
  assert.deepEqual(words(quiet), []);
  const [back, effects] = stepVrrp(out, link({}), 6 * SECOND);
  assert.deepEqual(words(effects), ["transmit 1 now", "announce on 2 172.16.1.99 x5"]);
  const [, moved] = stepVrrp(back, link({ mac: "02:00:00:00:00:99" }), 7 * SECOND);
  assert.deepEqual(words(moved), ["transmit 1 now", "announce on 2 172.16.1.99 x5"]);
});

Deno.test("stepVrrp() adverts of a master that could not leave and can again, are said and all is announced anew", () => {
  const { part } = after(vrrpConfig([instanceConfig()]), START, [4 * SECOND, EXPIRED(1)]);
  const sending = (errno: number) => ({ kind: "sending", order: 1, errno }) as const;
  const [failing, said] = stepVrrp(part, sending(1), 5 * SECOND);
  assert.deepEqual(words(said), [
    "(VI_1) Cannot send adverts: EPERM, a packet filter of this host drops them",
  ]);
  const [, effects] = stepVrrp(failing, sending(0), 6 * SECOND);
  assert.deepEqual(words(effects), [
    "(VI_1) Can send adverts again: announces its addresses anew",
    "announce on 2 172.16.1.99 x5",
  ]);
});

Deno.test("stepVrrp() somebody else announces the address of a master, is counted, and said once with what may be the cause", () => {
  const { part } = after(vrrpConfig([instanceConfig()]), START, [4 * SECOND, EXPIRED(1)]);
  const mac = "02:00:00:00:00:09";
  const claimed = { kind: "claimed", ifindex: 2, address: "172.16.1.99", mac } as const;
  const [once, said] = stepVrrp(part, claimed, 5 * SECOND);
  assert.deepEqual(words(said), [
    "(VI_1) Another master: 02:00:00:00:00:09 announces 172.16.1.99 as well; " +
    "adverts leave and none arrive: is protocol 112 accepted?",
  ]);
  const [twice, again] = stepVrrp(once, claimed, 6 * SECOND);
  assert.deepEqual(words(again), [
    "(VI_1) Split brain: 02:00:00:00:00:09 is master as well, as its announcements say",
  ]);
  const [thrice, silent] = stepVrrp(twice, claimed, 7 * SECOND);
  assert.deepEqual(silent, []);
  assert.equal(thrice.instances[0]?.statistics.address_claimed, 3);
  const [, over] = stepVrrp(thrice, { kind: "deadline" }, 67 * SECOND);
  assert.equal(
    words(over)[0],
    "(VI_1) Split brain is over after 62.0 s: 02:00:00:00:00:09 is not heard any more",
  );
  // A backup does not have it.
  const backup = after(vrrpConfig([instanceConfig()]), START).part;
  assert.deepEqual(stepVrrp(backup, claimed, SECOND)[1], []);
});

Deno.test("stepVrrp() the master before answers for the address while it hands over, is no other master", () => {
  const mac = "02:00:00:00:00:09";
  const claimed = { kind: "claimed", ifindex: 2, address: "172.16.1.99", mac } as const;
  for (const [priority, expires] of [[90, 1 * SECOND], [0, 2 * SECOND]] as const) {
    const heard = after(vrrpConfig([instanceConfig()]), START, advert(priority)).part;
    const { seq } = heard.instances[0] ?? { seq: 0 };
    const [master] = stepVrrp(heard, EXPIRED(1, seq), expires);
    assert.equal(
      master.instances[0]?.state.kind,
      "master",
      `after an advert of priority ${priority}`,
    );
    const [meanwhile, nothing] = stepVrrp(master, claimed, expires + 60_000);
    assert.deepEqual(nothing, []);
    assert.equal(meanwhile.instances[0]?.statistics.address_claimed, 0);
    const [, said] = stepVrrp(meanwhile, claimed, expires + 4 * SECOND);
    assert.match(words(said)[0] ?? "", /Another master: 02:00:00:00:00:09 announces/);
  }
});
