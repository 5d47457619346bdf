/** Configurations of many virtual servers, and what the kernel's table is with each. Pure. */

/** What of the servers is different. */
export type Variant = "base" | "weight" | "moved" | "removed";

/** Real servers have addresses of lo, where one program answers for all of them; moved ones others. */
const MOVED = 1 << 20;

/** `virtual` services with `real` servers each: TCP_CHECK, once in ten seconds. */
export function lvsFile(virtual: number, real: number, variant: Variant): string {
  const blocks: string[] = [];
  for (let service = 0; service < virtual; service++) {
    if (variant === "removed" && service % 2 === 1) continue;
    const servers = Array.from({ length: real }, (_, each) => {
      const at = service * real + each;
      const weight = variant === "weight" && at === 0 ? 7 : 1;
      return `    real_server ${address(127, serverAt(at, variant))} 80 {
        weight ${weight}
        TCP_CHECK {
            connect_timeout 3
        }
    }`;
    });
    blocks.push(`virtual_server ${address(10, service + 1)} 80 {
    delay_loop 10
    lb_algo rr
    lb_kind DR
    protocol TCP
${servers.join("\n")}
}
`);
  }
  return blocks.join("");
}

function serverAt(at: number, variant: Variant): number {
  return at + 1 + (variant !== "base" && variant !== "weight" && at % 2 === 1 ? MOVED : 0);
}

/** Lines of `/proc/net/ip_vs` for services and their servers. */
export function tableLines(virtual: number, real: number, variant: Variant): number {
  return (variant === "removed" ? Math.ceil(virtual / 2) : virtual) * (1 + real);
}

/** How the last server that moved is written there. */
export function lastMoved(virtual: number, real: number): string {
  const last = virtual * real - 1;
  const bytes = address(127, serverAt(last % 2 === 1 ? last : last - 1, "moved")).split(".");
  const digits = bytes.map((byte) => Number(byte).toString(16).padStart(2, "0")).join("");
  return digits.toUpperCase();
}

function address(first: number, number: number): string {
  return [first, number >> 16, (number >> 8) & 255, number & 255].join(".");
}
