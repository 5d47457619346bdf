/**
 * Half of a VRRP pair made of nothing but the core, for `lease_test.ts`: `master` holds a standing
 * order under a lease, `backup` watches and takes over, `prepared` has said beforehand how. On SIGUSR1 JavaScript is busy for less than
 * the lease, on SIGUSR2 for longer.
 *
 * Usage: lease_node.ts master|backup|prepared IFINDEX IFNAME
 */

import { openCore } from "../../../src/native/mod.ts";
import type { Address, Call, ReceivedPacket, Template } from "../../../src/native/mod.ts";
import { toHex } from "../../../src/net/bytes.ts";
import { BACKUP, BUSY_LONGER, BUSY_SHORTER, INTERVAL, LEASE, MASTER, VIP } from "./lease_plan.ts";

/** VRID 5, priority 200, 10.9.9.9, password "ab" (wire.md §1.2), and the same with priority 0. */
const ADVERT = "2105c8010101a1830a0909096162000000000000";
const FAREWELL = "210500010101" + "6984" + "0a0909096162000000000000";
const GROUP = "224.0.0.18";
const ORDER = 1;
const MILLISECOND = 1_000;

const [role, index, ifname = ""] = Deno.args;
const ifindex = Number(index);
const self = role === "master" ? MASTER : BACKUP;
const vip: Address = { ifindex, address: VIP, prefixLength: 24, scope: 0 };

const core = openCore();

core.listen({
  event(event) {
    say(`event ${event.event}`);
    if (event.event === "expired") becomeMaster();
  },
  packet,
  failed: (error) => say(`failed ${error.call}: ${error.message}`),
});
core.tell({ call: "listen", ifindex, ifname, channels: ["vrrp4"], groups: [GROUP] });
if (role === "master") becomeMaster();
else watch();
if (role === "prepared") prepare();
setInterval(() => core.tell({ call: "renew" }), LEASE / 10 / MILLISECOND);
Deno.addSignalListener("SIGUSR1", () => beBusy(BUSY_SHORTER / MILLISECOND));
Deno.addSignalListener("SIGUSR2", () => beBusy(BUSY_LONGER / MILLISECOND));
Deno.addSignalListener("SIGTERM", () => Deno.exit());
const ready = await core.call({ call: "counters" });
say(`ready ${ready.result}`);

function becomeMaster(): void {
  core.tell({ call: "unwatch", order: ORDER });
  core.tell({ call: "address-apply", ops: [{ op: "add", address: vip }] });
  core.ask(transmission(), ({ result }) => say(`master ${result}`));
}

function transmission(): Extract<Call, { readonly call: "transmit" }> {
  return {
    call: "transmit",
    order: ORDER,
    ifindex,
    packets: [template(ADVERT)],
    interval: INTERVAL,
    immediately: true,
    lease: LEASE,
    farewell: [template(FAREWELL)],
    withdraw: [vip],
    keep: 0,
  };
}

/** The same, when the watch expires. */
function prepare(): void {
  core.tell({
    call: "prepare",
    watches: [{ order: ORDER, seq: 1 }],
    calls: [transmission()],
    ops: [{ op: "add", address: vip }],
    places: [{ ifindex, addresses: [VIP], repeat: 3 }],
  });
}

function watch(): void {
  const expect = { source: MASTER, destination: GROUP, ttl: 255, hex: ADVERT };
  // Longer than a loaded machine may hold up one advert, shorter than what is shown.
  const rearm = 5 * INTERVAL;
  const tags = [{ channel: "vrrp4", at: 1, size: 1, value: 5 }] as const;
  const order = { order: ORDER, seq: 1, ifindex, tags, expect, timeout: 60 * rearm, rearm };
  core.ask({ call: "watch", ...order }, ({ result }) => say(`backup ${result}`));
}

/** A master that leaves says so with priority 0 (RFC 9568 §6.4.2); Skew_Time is left out here. */
function packet({ source, payload }: ReceivedPacket): void {
  say(`packet ${toHex(payload)} from ${source}`);
  if (payload[2] === 0 && role === "backup") becomeMaster();
}

function beBusy(milliseconds: number): void {
  say("busy");
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
  say("idle");
}

function template(hex: string): Template {
  return { channel: "vrrp4", source: self, destinations: [GROUP], ttl: 255, hex };
}

/** Written at once, also when JavaScript is busy right after. */
function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
