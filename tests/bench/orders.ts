/**
 * What it takes the JavaScript thread to give the core the orders to probe 20,000 servers, as at a start. Run by hand, with a core that
 * is built: `deno run -A tests/bench/orders.ts`.
 */

import { carryOut, type Outside } from "../../src/daemon/core/effects.ts";
import { openChildren, readAccounts } from "../../src/daemon/scripts/mod.ts";
import { manyServers } from "../../src/lvs/part/fixtures.ts";
import { openCore } from "../../src/native/mod.ts";
import { SECOND } from "../../src/net/micros.ts";
import type { WorldEffect } from "../../src/world/mod.ts";
import { print } from "./document.ts";
import { fresh, play } from "./driven.ts";

const ROUNDS = 5;

/** No probe begins while it is measured. */
const LATER = 3_600 * SECOND;

/** Processor time of the first thread, ms: it runs JavaScript. */
function threadTime(): number {
  const [nanoseconds] = Deno.readTextFileSync(`/proc/self/task/${Deno.pid}/schedstat`).split(" ");
  return Number(nanoseconds) / 1e6;
}

/** The orders of a start, all of them later. */
function startOrders(): readonly WorldEffect[] {
  const driven = fresh({ lvs: manyServers(5_000, 4) });
  play(driven, [{ kind: "start", links: [], addresses: [] }]);
  return driven.effects.flatMap((effect): readonly WorldEffect[] => {
    if (effect.kind !== "probes") return [];
    const orders = effect.orders.map((order) =>
      order.kind === "probe" ? { ...order, delay: LATER } : order
    );
    return [{ ...effect, orders }];
  });
}

if (import.meta.main) {
  for (let round = 0; round < ROUNDS; round++) {
    const effects = startOrders();
    const core = openCore();
    const ignore = () => {};
    const outside: Outside = {
      core,
      children: openChildren(core, { accounts: readAccounts(), guarded: false, log: ignore }),
      log: ignore,
      complaints: { refused: ignore, obeyed: ignore },
      fifos: { write: ignore },
      mails: { send: ignore },
      claims: { keep: ignore },
      dispatch: ignore,
      exit: ignore,
    };
    const from = threadTime();
    for (const effect of effects) carryOut(effect, outside);
    const spent = threadTime() - from;
    const begun = performance.now();
    await core.call({ call: "probe-counters" });
    const obeyed = performance.now() - begun;
    print(`given in ${spent.toFixed(0)} ms, obeyed ${obeyed.toFixed(0)} ms later`);
    core[Symbol.dispose]();
    await core.closed;
  }
}
