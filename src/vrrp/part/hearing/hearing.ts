/** Which packets are whose, where several instances have one VRID on one interface. */

import { familyOf, isMulticast } from "../../../net/mod.ts";
import type { VrrpConfig } from "../../config.ts";
import type { ReceivedPacket } from "../../event.ts";
import type { Instance } from "../../fsm/state.ts";
import { multicastGroup } from "../../router_identity.ts";
import { senderOf } from "../../vmac.ts";
import { linkAt } from "../../kernel_facts.ts";
import { type Directory, vridKey } from "../directory.ts";
import { PROTOCOL_AH, VRID_AT } from "../../packet/packet.ts";
import { AH_LENGTH } from "../../packet/seal.ts";
import type { Hears } from "../../wire.ts";
import type { VrrpPart } from "../part_state.ts";

/** What an instance hears of its VRID; `undefined` where it is alone with it, and while it has no source. */
export function hearsOf(
  { config, health }: Pick<Instance, "config" | "health">,
  around: { readonly config: VrrpConfig; readonly directory: Directory },
): Hears | undefined {
  const { byVrid } = around.directory;
  const count = (ifname: string | undefined) =>
    byVrid.get(vridKey(ifname, config.virtualRouterId, config.family))?.length ?? 0;
  const sender = senderOf(config);
  const named = sender === undefined ? 0 : count(sender);
  if (named + count(undefined) < 2) return undefined;
  if (config.unicastPeers.length === 0) {
    return { destination: multicastGroup(config, around.config), sources: [] };
  }
  const { source } = health;
  const sources = config.unicastPeers.map(({ address }) => address);
  return source === undefined ? undefined : { destination: source, sources };
}

/** VRID of a packet; `undefined` when it is too short to have one. */
export function vridOf({ payload, protocol }: ReceivedPacket): number | undefined {
  return payload[(protocol === PROTOCOL_AH ? AH_LENGTH : 0) + VRID_AT];
}

/** Whether some instance has its VRID where it came in, whatever state it is in. */
export function isKnown({ kernel, directory }: VrrpPart, packet: ReceivedPacket): boolean {
  const vrid = vridOf(packet) ?? 0;
  const family = familyOf(packet.source);
  const names = [linkAt(kernel, packet.ifindex)?.ifname, undefined];
  return names.some((name) => directory.byVrid.has(vridKey(name, vrid, family)));
}

/** The instance a packet is for, by its position; `undefined` where there is none that takes part. */
export function addressee(part: VrrpPart, packet: ReceivedPacket): number | undefined {
  const link = linkAt(part.kernel, packet.ifindex);
  const vrid = vridOf(packet);
  if (link === undefined || vrid === undefined) return undefined;
  const { byVrid } = part.directory;
  const family = familyOf(packet.source);
  const roaming = (byVrid.get(vridKey(undefined, vrid, family)) ?? [])
    .filter((at) => part.instances[at]?.health.ifindex === link.ifindex);
  const here = [...byVrid.get(vridKey(link.ifname, vrid, family)) ?? [], ...roaming];
  const at = here.length < 2 ? here[0] : closest(part, here, packet);
  const kind = part.instances[at ?? -1]?.state.kind;
  return kind === "backup" || kind === "master" ? at : undefined;
}

/** Of several the one it suits best, the first of equals: it says why it cannot use it. */
function closest(
  part: VrrpPart,
  positions: readonly number[],
  packet: ReceivedPacket,
): number | undefined {
  const suits = (at: number) => {
    const self = part.instances[at];
    return self === undefined ? 0 : affinity(self, packet, part.config);
  };
  return positions.toSorted((a, b) => suits(b) - suits(a))[0];
}

/** How well a packet suits an instance, 0 for not at all. */
function affinity({ config, health }: Instance, packet: ReceivedPacket, part: VrrpConfig): number {
  if (config.unicastPeers.length === 0) {
    return packet.destination === multicastGroup(config, part) ? 3 : 0;
  }
  if (isMulticast(packet.destination)) return 0;
  const known = config.unicastPeers.some(({ address }) => address === packet.source);
  return (known ? 2 : 0) + (packet.destination === health.source ? 1 : 0);
}
