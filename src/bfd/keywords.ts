/** Rows of `bfd_instance`. */

import {
  address,
  alias,
  flag,
  integer,
  milliseconds,
  type Table,
  toggle,
} from "../language/mod.ts";
import { weightRow } from "../track/keywords.ts";

/** Longest interval keepalived's timers hold, ms. */
const MAX_MS = 4_294_967;

/** Rows of `bfd_instance`. */
export const BFD_INSTANCE = {
  source_ip: address({ absent: "chosen by the kernel", text: "Local address" }),
  neighbor_ip: address({ text: "Remote address" }),
  neighbour_ip: alias("neighbor_ip"),
  min_rx: milliseconds({ min: 1, max: MAX_MS, default: "10", text: "Smallest receive interval" }),
  min_tx: milliseconds({
    min: 1,
    max: MAX_MS,
    default: "10",
    text: "Desired send interval while up",
  }),
  idle_tx: milliseconds({
    min: 1000,
    max: MAX_MS,
    default: "1000",
    text: "Send interval while the session is not up",
  }),
  multiplier: integer({
    junk: "refused",
    min: 1,
    max: 255,
    default: "5",
    text: "Missed packets that end the session",
  }),
  passive: flag({ text: "Sends nothing until the peer is heard" }),
  ttl: integer({
    min: 1,
    max: 255,
    junk: "refused",
    default: "255 (IPv4)",
    text: "TTL of outgoing packets",
  }),
  hoplimit: alias("ttl", { text: "Hop limit of outgoing packets", default: "64 (IPv6)" }),
  max_hops: integer({
    junk: "refused",
    min: -1,
    max: 255,
    default: "0",
    text: "Hops a received packet may have made; 255 turns the check off",
  }),
  multihop: toggle({ text: "Uses the multihop port 4784" }),
  weight: weightRow(253, { default: "0", text: "Effect on VRRP priority" }),
  vrrp: flag({ default: "both get them", text: "Only VRRP gets the events of this session" }),
  checker: flag({
    default: "both get them",
    text: "Only the checker gets the events of this session",
  }),
} satisfies Table;
