/** Interfaces of the host, and arithmetic with their IPv4 networks. */

/** An interface with its IPv4 address. */
export interface Interface {
  readonly name: string;
  readonly address: string;
  /** 1 to 32. */
  readonly prefixLength: number;
}

/** The first address of an interface's network, and how many it has. */
export function networkOf({ address, prefixLength }: Interface): {
  readonly first: number;
  readonly size: number;
} {
  const size = 2 ** (32 - prefixLength);
  return { first: Math.floor(ipv4Number(address) / size) * size, size };
}

/** An IPv4 address as a number. */
export function ipv4Number(address: string): number {
  return address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

/** A number as an IPv4 address. */
export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** Interfaces with an IPv4 address that other hosts can reach, in the kernel's order. */
export function hostInterfaces(
  reported: readonly Pick<Deno.NetworkInterfaceInfo, "family" | "name" | "address" | "cidr">[],
): readonly Interface[] {
  const found = reported.filter(({ family, address }) =>
    family === "IPv4" && !address.startsWith("127.") && !address.startsWith("169.254.")
  ).map(({ name, address, cidr }) => ({
    name,
    address,
    prefixLength: Number(cidr.split("/")[1] ?? 24),
  }));
  return found.filter(({ name }, index) => found.findIndex((each) => each.name === name) === index);
}
