/**
 * Sends forged datagrams from a host of a lab through the core: whatever bytes, at whatever pace.
 * Prints `sending` once every train has left for the first time.
 *
 * Usage: forger.ts IFINDEX IFNAME FILE, the file being JSON of {@linkcode Train}s
 */

import { openCore, type Template } from "../../../src/native/mod.ts";

/** Datagrams that leave together, again and again. */
export interface Train {
  readonly packets: readonly Template[];
  /** ms from one departure to the next; 0: once only. */
  readonly every: number;
  /** How often each leaves per departure. */
  readonly times?: number;
}

/** Datagrams per call: what the core takes as one piece of JSON. */
const PER_CALL = 256;

if (import.meta.main) {
  const [index, ifname = "", file = ""] = Deno.args;
  const ifindex = Number(index);
  const trains: readonly Train[] = JSON.parse(await Deno.readTextFile(file));
  const core = openCore();
  const listening = await core.call({
    call: "listen",
    ifindex,
    ifname,
    channels: ["vrrp4", "vrrp6"],
    groups: [],
  });
  if (listening.result !== "done") throw new Error(JSON.stringify(listening));
  const depart = ({ packets, times = 1 }: Train) => {
    const all = Array.from({ length: times }, () => packets).flat();
    for (let from = 0; from < all.length; from += PER_CALL) {
      core.tell({ call: "send", order: 1, ifindex, packets: all.slice(from, from + PER_CALL) });
    }
  };
  for (const train of trains) {
    depart(train);
    if (train.every > 0) setInterval(depart, train.every, train);
  }
  await core.call({ call: "counters" });
  Deno.stdout.writeSync(new TextEncoder().encode("sending\n"));
  Deno.addSignalListener("SIGTERM", () => Deno.exit());
}
