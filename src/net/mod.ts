/** Values of the network: addresses, bytes, checksums, time. Nothing here knows a protocol. */

export * from "./bytes.ts";
export * from "./checksum.ts";
export * from "./ip.ts";
export * from "./micros.ts";
export * from "./secret.ts";
export * from "./unreachable.ts";
