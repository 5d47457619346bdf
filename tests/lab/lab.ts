/**
 * A lab: hosts (network namespaces) with named interfaces, joined by networks (bridges in a
 * namespace of their own). Names carry the process id and a random part, so labs do not meet, and
 * what a killed run left behind is found and removed.
 */

import { Program } from "./program.ts";
import { measureSpeed } from "./speed.ts";
import { until } from "./until.ts";

/** One interface of a host. */
export interface LinkPlan {
  readonly network: string;
  /** With prefix length: 172.16.1.134/24. */
  readonly addresses: readonly string[];
}

/** A host: interfaces by name (at most 15 characters), default gateway, whether it routes. */
export interface HostPlan {
  readonly links: Readonly<Record<string, LinkPlan>>;
  readonly gateway?: string;
  readonly forward?: boolean;
}

/** Hosts by name. Networks come to be by being named in a link. */
export type Topology = Readonly<Record<string, HostPlan>>;

/** What a finished command left. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `argv` to its end; throws with its output when it fails, unless `check` is false. */
export async function run(
  argv: readonly string[],
  options: { readonly check?: boolean; readonly input?: string } = {},
): Promise<Outcome> {
  const [command = "", ...args] = argv;
  const child = new Deno.Command(command, {
    args,
    stdin: options.input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (options.input !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(options.input));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const outcome = { code, stdout: decode(stdout), stderr: decode(stderr) };
  if (code !== 0 && options.check !== false) {
    throw new Error(`${argv.join(" ")} failed with ${code}: ${outcome.stderr}${outcome.stdout}`);
  }
  return outcome;
}

/** Many `ip` commands in one process, in the named namespace or the machine's own. */
async function ipBatch(lines: readonly string[], netns?: string): Promise<void> {
  if (lines.length === 0) return;
  const where = netns === undefined ? [] : ["-n", netns];
  await run(["ip", ...where, "-batch", "-"], { input: lines.join("\n") + "\n" });
}

/** Namespaces of labs whose process is gone. */
async function removeLeftovers(): Promise<void> {
  const { stdout } = await run(["ip", "netns", "list"], { check: false });
  for (const [name, pid] of stdout.matchAll(/^hf(\d+)-\S+/gm)) {
    const alive = await Deno.stat(`/proc/${pid}`).then(() => true, () => false);
    if (!alive) await run(["ip", "netns", "del", name], { check: false });
  }
}

/** Whether the program is built in this process, or on its way. */
const build: { done?: Promise<unknown> } = {};

/**
 * Builds the program under test when it is older than its sources, once and before any limit runs. Whoever
 * names another by `HOLDFAST`, as scripts/test does, has done so.
 */
async function buildProgram(): Promise<void> {
  if (Deno.env.has("HOLDFAST")) return;
  build.done ??= run([new URL("../../scripts/build", import.meta.url).pathname, "--if-older"]);
  await build.done;
}

/** A running lab. Closing it ends all programs in it and removes every namespace. */
export class Lab implements AsyncDisposable {
  /** For configuration, pid files and captures; removed with the lab. */
  readonly dir: string;
  readonly #topology: Topology;
  readonly #prefix: string;
  /** Port on the switch by `host/interface`. */
  readonly #ports: Map<string, string> = new Map();
  readonly #bridges: Map<string, string> = new Map();
  #programs: Program[] = [];
  #closed = false;

  private constructor(topology: Topology, dir: string) {
    this.dir = dir;
    this.#topology = topology;
    this.#prefix = `hf${Deno.pid}-${crypto.randomUUID().slice(0, 6)}-`;
  }

  static async create(topology: Topology): Promise<Lab> {
    await buildProgram();
    await measureSpeed();
    await removeLeftovers();
    const lab = new Lab(topology, await Deno.makeTempDir({ prefix: "holdfast-lab-" }));
    try {
      await lab.#build();
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
    return lab;
  }

  get hosts(): readonly string[] {
    return Object.keys(this.#topology);
  }

  /** The namespace of a host, or of the switch when `host` is "switch". */
  netns(host: string): string {
    if (host !== "switch" && !(host in this.#topology)) throw new RangeError(`No host ${host}`);
    return this.#prefix + host;
  }

  /**
   * The bridge of a network, an interface of the switch: what a capture there sees is the whole
   * segment.
   */
  bridge(network: string): string {
    const name = this.#bridges.get(network);
    if (name === undefined) throw new RangeError(`No network ${network}`);
    return name;
  }

  /** `argv` as it is run in a host. */
  argv(host: string, argv: readonly string[]): string[] {
    return ["ip", "netns", "exec", this.netns(host), ...argv];
  }

  /** Runs a command in a host to its end. */
  run(
    host: string,
    argv: readonly string[],
    options: { readonly check?: boolean } = {},
  ): Promise<Outcome> {
    return run(this.argv(host, argv), options);
  }

  /** Starts a program in a host; the lab ends it at the latest when it is closed. */
  start(
    host: string,
    argv: readonly string[],
    options: { readonly name?: string; readonly env?: Record<string, string> } = {},
  ): Program {
    const name = options.name ?? `${argv[0]} in ${host}`;
    const program = new Program(name, this.argv(host, argv), { env: options.env ?? {} });
    this.#programs.push(program);
    return program;
  }

  /** The last words of every program, and how it ended if it did, for the message of a failure. */
  tails(): string {
    return this.#programs.map(({ name, status, lines }) => {
      const end = status === undefined ? "runs" : `ended with ${status.code}`;
      return [`${name} ${end}`, ...lines.slice(-12).map(({ text }) => `  ${text}`)].join("\n");
    }).join("\n");
  }

  /** Writes a file of the lab and returns its path. */
  async file(
    name: string,
    text: string,
    options: { readonly mode?: number } = {},
  ): Promise<string> {
    const path = `${this.dir}/${name}`;
    await Deno.writeTextFile(path, text, { mode: options.mode ?? 0o644 });
    return path;
  }

  /**
   * IPv4 addresses as `ip address` prints them, one line each: `inet 172.16.1.99/32 scope global
   * ens33`.
   */
  async addresses(host: string, ifname?: string): Promise<readonly string[]> {
    const dev = ifname === undefined ? [] : ["dev", ifname];
    const { stdout } = await run(["ip", "-n", this.netns(host), "-4", "address", "show", ...dev]);
    return stdout.split("\n").map((line) => line.trim()).filter((line) => line.startsWith("inet "));
  }

  /** Does the host have this address (without prefix length) on any interface? */
  async has(host: string, address: string): Promise<boolean> {
    if (!address.includes(":")) {
      return (await this.addresses(host)).some((line) => line.startsWith(`inet ${address}/`));
    }
    const { stdout } = await run(["ip", "-n", this.netns(host), "-6", "-o", "address", "show"]);
    return stdout.includes(`inet6 ${address}/`);
  }

  /** The hosts among `hosts` that have the address right now. */
  async owners(address: string, hosts: readonly string[] = this.hosts): Promise<readonly string[]> {
    const has = await Promise.all(hosts.map((host) => this.has(host, address)));
    return hosts.filter((_, index) => has[index]);
  }

  /** Waits until exactly `host` of the lab, or of the hosts `among`, has the address. */
  async owned(
    address: string,
    host: string,
    options: { readonly limit?: number; readonly among?: readonly string[] } = {},
  ): Promise<void> {
    const owners = () => this.owners(address, options.among);
    await until(
      `only ${host} has ${address}`,
      async () => (await owners()).join() === host,
      {
        ...options,
        explain: async () => `owners: ${(await owners()).join(", ")}\n${this.tails()}`,
      },
    );
  }

  /** Administrative state of an interface, as `ip link set` in the host itself. */
  async setLink(host: string, ifname: string, state: "up" | "down"): Promise<void> {
    await run(["ip", "-n", this.netns(host), "link", "set", "dev", ifname, state]);
  }

  /** Pulls the cable: the host sees its carrier go. */
  async unplug(host: string, ifname: string): Promise<void> {
    await ipBatch([`link set dev ${this.#port(host, ifname)} down`], this.netns("switch"));
  }

  async plug(host: string, ifname: string): Promise<void> {
    await ipBatch([`link set dev ${this.#port(host, ifname)} up`], this.netns("switch"));
  }

  /** The switch loses what the host sends and is sent; the host sees nothing of it. */
  async isolate(host: string, ifname: string): Promise<void> {
    await ipBatch([`link set dev ${this.#port(host, ifname)} nomaster`], this.netns("switch"));
  }

  async rejoin(host: string, ifname: string): Promise<void> {
    const network = this.#topology[host]?.links[ifname]?.network ?? "";
    const port = this.#port(host, ifname);
    await ipBatch([`link set dev ${port} master ${this.bridge(network)}`], this.netns("switch"));
  }

  /** Makes an interface that was deleted in the host anew, with its cable plugged in; down and without addresses. */
  async recreate(host: string, ifname: string): Promise<void> {
    const port = this.#port(host, ifname);
    const peer = `peer name ${ifname} netns ${this.netns(host)}`;
    await ipBatch([`link add ${port} type veth ${peer}`], this.netns("switch"));
    await this.rejoin(host, ifname);
    await this.plug(host, ifname);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all(this.#programs.map((program) => program[Symbol.asyncDispose]()));
    for (const host of [...this.hosts, "switch"]) {
      const name = this.netns(host);
      // Whatever still lives in there was started by this lab's programs.
      const { stdout } = await run(["ip", "netns", "pids", name], { check: false });
      for (const pid of stdout.split("\n").filter((line) => line !== "")) {
        try {
          Deno.kill(Number(pid), "SIGKILL");
        } catch (error) {
          if (!(error instanceof Deno.errors.NotFound)) throw error;
        }
      }
      await run(["ip", "netns", "del", name], { check: false });
    }
    await Deno.remove(this.dir, { recursive: true });
  }

  #port(host: string, ifname: string): string {
    const port = this.#ports.get(`${host}/${ifname}`);
    if (port === undefined) throw new RangeError(`No interface ${ifname} in ${host}`);
    return port;
  }

  async #build(): Promise<void> {
    const names = ["switch", ...this.hosts].map((host) => this.netns(host));
    const top: string[] = names.map((name) => `netns add ${name}`);
    const bridges: string[] = [];
    const inside = new Map<string, string[]>();
    for (const [host, plan] of Object.entries(this.#topology)) {
      const lines = ["link set dev lo up"];
      for (const [ifname, link] of Object.entries(plan.links)) {
        if (!this.#bridges.has(link.network)) {
          const bridge = `br${this.#bridges.size}`;
          this.#bridges.set(link.network, bridge);
          bridges.push(
            `link add ${bridge} type bridge forward_delay 0 mcast_snooping 0`,
            `link set dev ${bridge} up`,
          );
        }
        const port = `p${this.#ports.size}`;
        this.#ports.set(`${host}/${ifname}`, port);
        top.push(
          `link add ${port} netns ${this.netns("switch")} type veth ` +
            `peer name ${ifname} netns ${this.netns(host)}`,
        );
        bridges.push(`link set dev ${port} master ${this.bridge(link.network)} up`);
        // "broadcast +" as every distribution's network set-up does.
        for (const address of link.addresses) {
          lines.push(`address add ${address} broadcast + dev ${ifname}`);
        }
        lines.push(`link set dev ${ifname} up`);
      }
      if (plan.gateway !== undefined) lines.push(`route add default via ${plan.gateway}`);
      inside.set(host, lines);
    }
    await ipBatch(top);
    await ipBatch(bridges, this.netns("switch"));
    for (const [host, lines] of inside) {
      await ipBatch(lines, this.netns(host));
      const forward = this.#topology[host]?.forward === true ? 1 : 0;
      await this.run(host, ["sysctl", "-q", "-w", `net.ipv4.ip_forward=${forward}`]);
    }
    // The kernel takes up to a second to call a new interface up; a daemon would begin in fault.
    for (const [host, plan] of Object.entries(this.#topology)) {
      await until(`the interfaces of ${host} are up`, async () => {
        const { stdout } = await run(["ip", "-n", this.netns(host), "-o", "link", "show", "up"]);
        const up = stdout.split("\n").filter((line) => line.includes(" state UP "));
        return up.length === Object.keys(plan.links).length;
      });
    }
  }
}
