/** What the two programs of the lease test agree on. Times in µs. */

/** Addresses of the nodes. */
export const MASTER = "10.9.9.1";
export const BACKUP = "10.9.9.2";

/** The virtual address of the advert. */
export const VIP = "10.9.9.9";

/** Time between adverts. */
export const INTERVAL = 300_000;

/** Time without renewal after which a transmission lapses. */
export const LEASE = 3_000_000;

/** How long JavaScript is busy to lose nothing: less than the lease, with room. */
export const BUSY_SHORTER = 2_000_000;

/** How long it is busy to lose mastership while it still is. */
export const BUSY_LONGER = 8_000_000;
