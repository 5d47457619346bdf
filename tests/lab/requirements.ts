/**
 * What a lab test needs of the machine, and the visible skip when that is not there. As a program
 * (`requirements.ts NEED…`) it prints what is missing and ends with status 1 if something is.
 */

/** Things a test may need beyond root and namespaces: commands, and IPVS in the running kernel. */
const REQUIREMENTS = [
  "ipvs",
  "keepalived",
  "tcpdump",
  "tshark",
  "nft",
  "ipvsadm",
  "busybox",
  "killall",
  "vrrpd",
  "bgpd",
  "wrk",
  "curl",
  "python3",
  "ss",
  "cc",
  "nginx",
  "openssl",
  "dnsmasq",
  "unbound",
  "aiosmtpd",
  "ldd",
  "script",
  "one-file",
  "memfd_noexec",
  "real-time",
  "ipvlan",
  "vrf",
] as const;

/** Debian's, which has the modules of Debian's packages; another may come first in PATH. */
export const PYTHON = "/usr/bin/python3";

export type Requirement = typeof REQUIREMENTS[number];

function isRequirement(word: string): word is Requirement {
  return REQUIREMENTS.some((requirement) => requirement === word);
}

/** What a command said when it failed, or `undefined` when it did not. */
function failure(command: string, args: readonly string[]): string | undefined {
  try {
    const { success, stderr } = new Deno.Command(command, { args: [...args] }).outputSync();
    return success ? undefined : new TextDecoder().decode(stderr).trim();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function succeeds(command: string, args: readonly string[]): boolean {
  return failure(command, args) === undefined;
}

const tried: { reason?: string | undefined; done: boolean } = { done: false };

/**
 * Why no lab can run on this machine, or `undefined`. Tries it once: makes and removes a
 * namespace.
 */
function noNamespaces(): string | undefined {
  if (tried.done) return tried.reason;
  tried.done = true;
  if (Deno.uid() !== 0) return tried.reason = "needs root";
  if (!succeeds("ip", ["-V"])) return tried.reason = "needs iproute2 (scripts/setup labs)";
  const name = `hf${Deno.pid}-${crypto.randomUUID().slice(0, 6)}-try`;
  const steps = {
    "network namespaces cannot be made": ["netns", "add", name],
    "no veth": `-n ${name} link add veth0 type veth peer name veth1`.split(" "),
    "no bridge": `-n ${name} link add br0 type bridge`.split(" "),
  };
  for (const [claim, args] of Object.entries(steps)) {
    const said = failure("ip", args);
    if (said !== undefined) {
      tried.reason = `${claim}: ${said.split("\n")[0]}`;
      break;
    }
  }
  succeeds("ip", ["netns", "del", name]);
  return tried.reason;
}

/** The one executable: what is under test if that is a file, else what scripts/build makes. */
export function oneFile(): string {
  const named = Deno.env.get("HOLDFAST");
  return named?.endsWith("/holdfast") && !named.endsWith("/scripts/holdfast")
    ? named
    : new URL("../../dist/holdfast", import.meta.url).pathname;
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
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
      if (!haveIpvs()) return "the running kernel has no IPVS";
    } else if (need === "vrrpd" || need === "bgpd") {
      if (!isThere(`/usr/lib/frr/${need}`)) return "needs frr (scripts/setup labs)";
    } else if (need === "one-file") {
      if (!isThere(oneFile())) return `needs ${oneFile()} (scripts/build)`;
    } else if (need === "ipvlan" || need === "vrf") {
      if (!succeeds("modprobe", [need])) return `the running kernel has no ${need}`;
    } else if (need === "memfd_noexec") {
      if (!isThere("/proc/sys/vm/memfd_noexec")) return "the running kernel has no vm.memfd_noexec";
    } else if (need === "real-time") {
      // A control group may have no share of it.
      if (!succeeds("chrt", ["-f", "1", "true"])) return "no process may run at real time here";
    } else if (need === "python3" || need === "aiosmtpd") {
      const act = need === "aiosmtpd" ? "import aiosmtpd.controller" : "pass";
      if (!succeeds(PYTHON, ["-c", act])) return `needs ${need} (scripts/setup labs)`;
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

if (import.meta.main) {
  const reason = missing(Deno.args.filter(isRequirement));
  if (reason !== undefined) {
    Deno.stdout.writeSync(new TextEncoder().encode(`${reason}\n`));
    Deno.exit(1);
  }
}
