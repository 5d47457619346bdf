/** What a lab test needs of the machine, and the visible skip when that is not there. */

/**
 * Things a test may need beyond root and namespaces. A name of a command, or `ipvs` in the running
 * kernel.
 */
export type Requirement =
  | "ipvs"
  | "keepalived"
  | "tcpdump"
  | "tshark"
  | "nft"
  | "ipvsadm"
  | "busybox"
  | "killall"
  | "curl";

function succeeds(command: string, args: readonly string[]): boolean {
  try {
    return new Deno.Command(command, { args: [...args], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}

const namespaces: { reason?: string | undefined; known?: boolean } = {};

/**
 * Why no lab can run on this machine, or `undefined`. Tries it once: makes and removes a
 * namespace.
 */
function noNamespaces(): string | undefined {
  if (namespaces.known) return namespaces.reason;
  namespaces.known = true;
  const name = `hf${Deno.pid}-${crypto.randomUUID().slice(0, 6)}-try`;
  if (Deno.uid() !== 0) namespaces.reason = "needs root";
  else if (!succeeds("ip", ["-V"])) namespaces.reason = "needs iproute2 (scripts/setup labs)";
  else if (!succeeds("ip", ["netns", "add", name])) {
    namespaces.reason = "network namespaces cannot be made here";
  } else {
    const veth = ["-n", name, "link", "add", "veth0", "type", "veth", "peer", "name", "veth1"];
    const bridge = ["-n", name, "link", "add", "br0", "type", "bridge"];
    if (!succeeds("ip", veth)) namespaces.reason = "the kernel has no veth";
    else if (!succeeds("ip", bridge)) namespaces.reason = "the kernel has no bridge";
    succeeds("ip", ["netns", "del", name]);
  }
  return namespaces.reason;
}

/** Does the running kernel have IPVS, loading the module if it can? */
export function haveIpvs(): boolean {
  try {
    Deno.statSync("/proc/net/ip_vs");
    return true;
  } catch {
    return Deno.uid() === 0 && succeeds("modprobe", ["ip_vs"]);
  }
}

/** Why a test with these needs cannot run here, or `undefined`. */
export function missing(needs: readonly Requirement[]): string | undefined {
  const reason = noNamespaces();
  if (reason !== undefined) return reason;
  for (const need of needs) {
    if (need === "ipvs") {
      if (!haveIpvs()) return "the running kernel has no IPVS (scripts/test vm brings one)";
    } else if (!succeeds("sh", ["-c", `command -v ${need}`])) {
      return `needs ${need} (scripts/setup labs)`;
    }
  }
  return undefined;
}

/** A test that runs in a lab, or is counted as ignored with the reason in its name. */
export function labTest(
  name: string,
  needs: readonly Requirement[],
  fn: () => Promise<void>,
): void {
  const reason = missing(needs);
  if (reason === undefined) Deno.test(name, fn);
  else Deno.test({ name: `${name} [skipped: ${reason}]`, ignore: true, fn });
}
