/** Network interfaces as the kernel reports them. */

/** One interface. */
export interface Link {
  /** Interface index, the kernel's identity of it. */
  readonly ifindex: number;
  /** Name, at most 15 bytes. */
  readonly ifname: string;
  /** Set up by the administrator (`IFF_UP`). */
  readonly up: boolean;
  /** Operational (`IFF_RUNNING`): carrier is there. */
  readonly running: boolean;
  /** `IFF_LOOPBACK`. */
  readonly loopback: boolean;
  /** Speaks ARP (`IFF_NOARP` clear). */
  readonly arp: boolean;
  /** `IFF_MULTICAST`. */
  readonly multicast: boolean;
  /** Hardware address, colon separated; empty without one. */
  readonly mac: string;
  /** MTU, bytes. */
  readonly mtu: number;
}

/** Whether packets can pass: keepalived's notion of an interface that is up. */
export function linkIsUp(link: Link | undefined): boolean {
  return link !== undefined && link.up && link.running;
}
