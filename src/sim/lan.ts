/** A virtual LAN: broadcast segments that lose, delay and part. */

import type { Ip, Micros } from "../net/mod.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** How a segment treats packets. */
export interface Weather {
  /** Share of packets lost per receiver, 0 to 1. */
  readonly loss: number;
  /** Shortest and longest time under way; packets may overtake each other. */
  readonly delay: readonly [Micros, Micros];
  /** Share of packets that arrive twice, each in its own time; none when absent. */
  readonly twice?: number;
}

/** Nothing is lost, everything arrives within 100 µs. */
export const FAIR_WEATHER: Weather = { loss: 0, delay: [50, 100] };

/** A datagram under way. */
export interface LanPacket {
  readonly source: Ip;
  readonly destination: Ip;
  readonly ttl: number;
  readonly protocol: number;
  readonly payload: Uint8Array;
}

/** Where a host is plugged in. */
export interface Port {
  readonly host: string;
  readonly segment: string;
  /** Whether packets pass: carrier, and a host that runs. */
  isUp(): boolean;
  /** Whether this destination is for the host. */
  accepts(destination: Ip): boolean;
  receive(packet: LanPacket): void;
}

/** The wires. */
export interface Lan {
  attach(port: Port): void;
  send(from: Port, packet: LanPacket): void;
  /** Gratuitous ARP: every host on the segment believes it at once. */
  announce(from: Port, address: Ip): void;
  /** Host that others believe to own an address. */
  ownerOf(segment: string, address: Ip): string | undefined;
  setWeather(weather: Weather): void;
  /** Lets only hosts of the same group hear each other; hosts in no group are alone. */
  part(segment: string, ...groups: readonly (readonly string[])[]): void;
  heal(segment: string): void;
}

/** A LAN in virtual time. */
export function createLan(timeline: Timeline, random: Random, initial: Weather): Lan {
  let weather = initial;
  const ports: Port[] = [];
  const parted = new Map<string, readonly (readonly string[])[]>();
  const owners = new Map<string, string>();

  function connected(from: Port, to: Port): boolean {
    if (from === to || from.segment !== to.segment || !to.isUp()) return false;
    const groups = parted.get(from.segment);
    return groups === undefined ||
      groups.some((group) => group.includes(from.host) && group.includes(to.host));
  }

  function send(from: Port, packet: LanPacket): void {
    if (!from.isUp()) return;
    for (const to of ports) {
      // Chance is asked for every receiver, so that one that is down does not change the others.
      const [lost, share] = [random() < weather.loss, random()];
      const again = weather.twice !== undefined && random() < weather.twice ? random() : undefined;
      if (lost || !connected(from, to)) continue;
      carry(packet, { from, to, share });
      if (again !== undefined) carry(packet, { from, to, share: again });
    }
  }

  /** Brings a packet over, in the shortest time and a share of what the longest is more. */
  function carry(
    packet: LanPacket,
    { from, to, share }: { readonly from: Port; readonly to: Port; readonly share: number },
  ): void {
    const [shortest, longest] = weather.delay;
    timeline.at(timeline.now() + Math.round(shortest + share * (longest - shortest)), () => {
      if (connected(from, to) && to.accepts(packet.destination)) to.receive(packet);
    });
  }

  return {
    attach: (port) => void ports.push(port),
    send,
    announce: (from, address) => {
      if (from.isUp()) owners.set(`${from.segment} ${address}`, from.host);
    },
    ownerOf: (segment, address) => owners.get(`${segment} ${address}`),
    setWeather: (next) => void (weather = next),
    part: (segment, ...groups) => void parted.set(segment, groups),
    heal: (segment) => void parted.delete(segment),
  };
}
