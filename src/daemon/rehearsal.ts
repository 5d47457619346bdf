/**
 * A start with nothing behind it: what the node of a configuration decides and asks of the core until it is master and its first
 * adverts have been sent. Run when the executable is made, so that the engine has compiled what a start runs
 * (`cli/packed/keep_code.ts`).
 */

import type { Address } from "../kernel/address.ts";
import type { Link } from "../kernel/link.ts";
import type { Call, CallResult } from "../core/protocol.ts";
import type { Core } from "../native/mod.ts";
import type { Micros } from "../net/micros.ts";
import { DEFAULT_OPTIONS, newWorld, nextDeadline, NO_CLAIMS } from "../world/mod.ts";
import { carryOut, type Outside } from "./core/effects.ts";
import { follow } from "./core/following.ts";
import { startLoop } from "./loop.ts";
import { statusText } from "./process/service_manager.ts";
import { partsOf } from "./reading/load_config.ts";
import { readFile } from "./reading/reading.ts";
import { openChildren, readAccounts } from "./scripts/mod.ts";

/** The interface of the example. */
const LINK: Link = {
  ifindex: 2,
  ifname: "holdfast0",
  up: true,
  running: true,
  loopback: false,
  arp: true,
  multicast: true,
  mac: "02:00:00:00:00:01",
  mtu: 1500,
};

const ADDRESS: Address = {
  ifindex: LINK.ifindex,
  address: "192.0.2.1",
  prefixLength: 24,
  scope: 0,
};

/** Deadlines that are lived through: becoming master, the first renewals of what was asked for. */
const DEADLINES = 8;

/** A core that obeys at once and does nothing; `asked` hears what it is asked for. */
function obedient(asked: (call: Call) => void): Pick<Core, "ask" | "tell"> {
  // As it would hear it.
  const hear = (call: Call) => asked(JSON.parse(JSON.stringify(call)));
  return {
    tell: hear,
    ask: (call, answer) => {
      hear(call);
      answer(resultOf(call), 0);
    },
  };
}

function resultOf(call: Call): CallResult {
  switch (call.call) {
    case "follow":
      return { result: "followed", links: [LINK], addresses: [ADDRESS] };
    case "ipvs-difference":
      return { result: "ipvs-table", services: [] };
    case "address-apply":
    case "kernel-apply":
    case "ipvs-apply":
      return { result: "applied", errnos: call.ops.map(() => 0) };
    default:
      return { result: "done" };
  }
}

/** Starts the node of `file` so; gives what it has asked of the core. Throws when it could not have run. */
export async function rehearse(file: string): Promise<ReadonlySet<Call["call"]>> {
  const { config } = readFile({ file, allConfig: false, parts: "both" });
  const parts = partsOf(config, "both");
  const bugs: unknown[] = [];
  const calls = new Set<Call["call"]>();
  const watched = new Map<number, number>();
  const core = obedient((call) => {
    calls.add(call.call);
    if (call.call === "watch") watched.set(call.order, call.seq);
  });
  const log = () => {};
  let now: Micros = 0;
  using loop = startLoop({
    world: newWorld(parts, DEFAULT_OPTIONS, now),
    now: () => now,
    carryOut: (effect) => carryOut(effect, outside),
    hearAll: (heard) => heard(),
    complain: (error) => bugs.push(error),
  });
  const outside: Outside = {
    core,
    children: openChildren(core, { accounts: readAccounts(), guarded: false, log }),
    log,
    complaints: { refused: log, obeyed: log },
    fifos: { write: log },
    mails: { send: log },
    claims: { keep: log },
    dispatch: loop.dispatch,
    exit: log,
  };
  const dump = await follow(core, parts, NO_CLAIMS);
  loop.dispatch({ kind: "start", ...dump, left: NO_CLAIMS, guarded: true });
  // Nobody else is heard.
  loop.turn(() => {
    for (const [order, seq] of watched) loop.dispatch({ kind: "expired", order, seq });
  });
  for (let left = DEADLINES; left > 0; left--) {
    now = nextDeadline(loop.world()) ?? now;
    loop.dispatch({ kind: "deadline" });
  }
  statusText(parts);
  if (bugs.length > 0) throw new AggregateError(bugs, "Cannot rehearse a start");
  return calls;
}
