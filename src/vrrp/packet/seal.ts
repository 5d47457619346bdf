/** Sizes of what seals an advert. The core makes and proves seals; only their place in the bytes is known here. */

/** Bytes of an authentication header with a digest of 96 bits (RFC 2338 §5.3.6.3). */
export const AH_LENGTH = 24;

/** Bytes of the trailer of a signed advert (wire.md §1.5). */
export const TRAILER_LENGTH = 28;
