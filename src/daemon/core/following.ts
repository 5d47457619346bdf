/** Which links and addresses the core tells of: those that the configuration speaks of. */

import type { Core } from "../../native/mod.ts";
import { suspendingAddresses } from "../../lvs/mod.ts";
import { type Interest, interestOf } from "../../vrrp/mod.ts";
import {
  type Claims,
  type Found,
  freshEvents,
  type KernelDump,
  type WorldConfig,
} from "../../world/mod.ts";
import type { Loop } from "../loop.ts";
import { pause, system } from "../platform/mod.ts";
import { NotPermittedError } from "../process/privileges.ts";

/** How often it is asked for what a storm of changes kept from being read, and the pauses between, ms. */
const [TRIES, PAUSE] = [20, 100];

/**
 * Follows what a configuration speaks of, and what a run before has left, from now on; gives what there is of it. Throws
 * {@linkcode NotPermittedError}.
 */
export async function follow(
  core: Pick<Core, "ask">,
  config: WorldConfig,
  left: Claims,
): Promise<KernelDump> {
  const known = interestIn(config);
  const places = left.addresses.map((claim) => claim.interface);
  const interest = { ...known, interfaces: [...known.interfaces, ...places] };
  const dump = await followed(core, interest, (found) => found);
  const [major = 0, minor = 0] = system().release.split(".").map(Number);
  return major > 5 || (major === 5 && minor >= 18) ? { ...dump, remembers: true } : dump;
}

/**
 * Follows what the next configuration speaks of, tells the loop of what is new in that, and lets `reload` happen at that moment:
 * before it the loop hears as the one configuration wants, after it as the other.
 */
export function followAnew(
  { core, loop }: { readonly core: Pick<Core, "ask">; readonly loop: Loop },
  config: WorldConfig,
  reload: () => void,
): Promise<void> {
  return followed(core, interestIn(config), ({ links, addresses }) => {
    loop.turn(() => {
      for (const event of freshEvents(loop.world(), { links, addresses })) loop.dispatch(event);
      reload();
    });
  });
}

/** What there is of what a configuration speaks of, without following it; `undefined` when the kernel does not tell. */
export async function look(
  core: Pick<Core, "call">,
  { interfaces, addresses }: Pick<Interest, "interfaces" | "addresses">,
): Promise<Found | undefined> {
  const result = await core.call({ call: "look", interfaces, addresses });
  return result.result === "followed" ? result : undefined;
}

/** What virtual routers and virtual servers speak of. */
export function interestIn({ vrrp, lvs }: WorldConfig): Interest {
  const interest = interestOf(vrrp);
  const addresses = [...new Set([...interest.addresses, ...suspendingAddresses(lvs)])];
  return { ...interest, addresses };
}

/** `hear` hears of it in order with what else the core tells. */
async function followed<T>(
  core: Pick<Core, "ask">,
  interest: Interest,
  hear: (dump: KernelDump) => T,
): Promise<T> {
  for (let left = TRIES;; left--) {
    const { promise, resolve } = Promise.withResolvers<T | Error>();
    core.ask({ call: "follow", ...interest }, (result) => {
      if (result.result === "followed") resolve(hear(result));
      else resolve(new Error(result.result === "failed" ? result.message : result.result));
    });
    const heard = await promise;
    if (!(heard instanceof Error)) return heard;
    if (left <= 1) {
      throw new NotPermittedError(`Cannot read the kernel's interfaces: ${heard.message}`);
    }
    await pause(PAUSE);
  }
}
