/** What this process may do to the network, as the kernel says (`capabilities(7)`). */

/** Capabilities that matter here, by their number. */
const NUMBER = { CAP_NET_ADMIN: 12, CAP_NET_RAW: 13 } as const;

/** One of them. */
export type Capability = keyof typeof NUMBER;

/** This account may not do what is configured. */
export class NotPermittedError extends Error {
  override readonly name = "NotPermittedError";
}

/** Those of `needed` that are not in force, from the text of `/proc/self/status`; none when it does not say. */
export function missingCapabilities(
  needed: readonly Capability[],
  status: string,
): readonly Capability[] {
  const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (hex === undefined) return [];
  const effective = BigInt(`0x${hex}`);
  return needed.filter((name) => (effective >> BigInt(NUMBER[name]) & 1n) === 0n);
}
