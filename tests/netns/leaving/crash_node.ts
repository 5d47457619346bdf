/**
 * A master made of nothing but the core that crashes, for `signals_test.ts`: with a broken pointer, or
 * as the runtime does when it cannot go on, by `abort`.
 *
 * Usage: crash_node.ts abort|segv IFINDEX IFNAME; crashes on SIGUSR1
 */

import { holdSignals, openCore } from "../../../src/native/mod.ts";
import type { Address, Template } from "../../../src/native/mod.ts";
import { CRASHER, FAREWELL_PDU, PDU, VIP } from "./crash_plan.ts";

const [how, index, ifname = ""] = Deno.args;
const ifindex = Number(index);
holdSignals();
const core = openCore();
const vip: Address = { ifindex, address: VIP, prefixLength: 24, scope: 0 };

core.listen({ event: () => {}, packet: () => {}, failed: (error) => say(error.message) });
core.listenToSignals((number) => {
  if (number !== 10) return;
  say("crashes");
  if (how === "abort") abort();
  else readNothing();
});
core.tell({ call: "listen", ifindex, ifname, channels: ["vrrp4"], groups: ["224.0.0.18"] });
core.tell({ call: "address-apply", ops: [{ op: "add", address: vip }] });
const { result } = await core.call({
  call: "transmit",
  order: 1,
  ifindex,
  packets: [template(PDU)],
  interval: 100_000,
  immediately: true,
  lease: 60_000_000,
  farewell: [template(FAREWELL_PDU)],
  withdraw: [vip],
  keep: 0,
});
say(`master ${result}`);

function abort(): void {
  Deno.dlopen("libc.so.6", { abort: { parameters: [], result: "void" } }).symbols.abort();
}

function readNothing(): void {
  const nowhere = Deno.UnsafePointer.create(8n);
  if (nowhere !== null) new Deno.UnsafePointerView(nowhere).getUint8();
}

function template(hex: string): Template {
  return { channel: "vrrp4", source: CRASHER, destinations: ["224.0.0.18"], ttl: 255, hex };
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
