/** Templates as the packets a core makes of them. Seals are left out: nothing here proves them. */

import { pduChecksum, PROTOCOL_VRRP } from "../vrrp/packet/packet.ts";
import type { Template } from "../vrrp/mod.ts";
import type { LanPacket } from "./lan.ts";

/** Packets of a template: a standing order says the same again and again. */
const made = new WeakMap<Template, readonly LanPacket[]>();

/** One packet for each destination, its checksum filled in. */
export function packetsOf(template: Template): readonly LanPacket[] {
  const packets = made.get(template) ?? composed(template);
  made.set(template, packets);
  return packets;
}

function composed(
  { source, destinations, ttl, payload, checksum: { at, cover } }: Template,
): readonly LanPacket[] {
  return destinations.map((destination) => {
    const pdu = Uint8Array.from(payload);
    const sum = pduChecksum(pdu, cover, { source, destination });
    new DataView(pdu.buffer).setUint16(at, sum);
    return { source, destination, ttl, protocol: PROTOCOL_VRRP, payload: pdu };
  });
}
