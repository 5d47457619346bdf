/** Packets of a lab as tcpdump prints them and as tshark decodes them. */

import type { Lab } from "./lab.ts";
import { run } from "./lab.ts";
import type { Program } from "./program.ts";
import { until } from "./until.ts";

/** One VRRP advert as tshark reads it. */
export interface Advert {
  /** When it was captured, ms since the epoch. */
  readonly at: number;
  readonly source: string;
  readonly destination: string;
  readonly ttl: number;
  readonly version: number;
  readonly vrid: number;
  readonly priority: number;
  /** tshark's own verdict on the checksum. */
  readonly checksumGood: boolean;
  /** In ms. */
  readonly interval: number;
  readonly addresses: readonly string[];
  /** v2 only: 0 none, 1 simple text password. */
  readonly authType: number | undefined;
}

/** A running tcpdump on one interface of a host, or on a bridge of the switch. */
export class Capture implements AsyncDisposable {
  readonly #program: Program;
  readonly #file: string;

  private constructor(program: Program, file: string) {
    this.#program = program;
    this.#file = file;
  }

  /** Starts capturing and returns when tcpdump listens. `filter` is in pcap's language. */
  static async start(
    lab: Lab,
    host: string,
    options: { readonly ifname: string; readonly filter?: string },
  ): Promise<Capture> {
    const { ifname, filter = "" } = options;
    const file = `${lab.dir}/${host}-${ifname}-${crypto.randomUUID()}.pcap`;
    const flags = ["-i", ifname, "-nn", "-U", "-l", "--immediate-mode", "-Z", "root"];
    const program = lab.start(host, ["tcpdump", ...flags, "--print", "-w", file, filter]);
    await program.seen(/listening on/);
    return new Capture(program, file);
  }

  /** tcpdump's lines so far: `18:46:04.783459 IP 172.16.1.134 > 224.1.111.1: VRRPv2, …`. */
  get lines(): readonly string[] {
    return this.#program.lines.map((line) => line.text).filter((text) => /^\d\d:\d\d:/.test(text));
  }

  /** The first of tcpdump's lines that matches, waited for. */
  async seen(
    pattern: RegExp,
    options: { readonly limit?: number; readonly from?: number } = {},
  ): Promise<string> {
    return await until(
      `a packet that tcpdump prints as ${pattern}`,
      () => this.lines.slice(options.from ?? 0).find((line) => pattern.test(line)),
      { ...options, explain: () => this.lines.slice(-20).join("\n") },
    );
  }

  /** Some fields of the packets so far that pass a filter, both in tshark's language; several values of one are joined by commas. */
  async fields(filter: string, fields: readonly string[]): Promise<readonly (readonly string[])[]> {
    const { stdout } = await run([
      "tshark",
      ...["-r", this.#file, "-Y", filter, "-T", "fields", "-E", "separator=;"],
      ...fields.flatMap((field) => ["-e", field]),
    ]);
    return stdout.split("\n").filter((line) => line !== "").map((line) => line.split(";"));
  }

  /** The adverts so far, decoded by tshark. */
  async adverts(): Promise<readonly Advert[]> {
    const fields = [
      "frame.time_epoch",
      "ip.src",
      "ip.dst",
      "ip.ttl",
      "vrrp.version",
      "vrrp.virt_rtr_id",
      "vrrp.prio",
      "vrrp.checksum.status",
      "vrrp.adver_int",
      "vrrp.short_adver_int",
      "vrrp.ip_addr",
      "vrrp.auth_type",
    ];
    const { stdout } = await run([
      "tshark",
      ...["-r", this.#file, "-Y", "vrrp", "-T", "fields", "-E", "separator=;"],
      ...fields.flatMap((field) => ["-e", field]),
    ]);
    return stdout.split("\n").filter((line) => line !== "").map(decode);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}

function decode(line: string): Advert {
  const field = line.split(";");
  const text = (index: number) => field[index] ?? "";
  return {
    at: Number(text(0)) * 1000,
    source: text(1),
    destination: text(2),
    ttl: Number(text(3)),
    version: Number(text(4)),
    vrid: Number(text(5)),
    priority: Number(text(6)),
    checksumGood: ["1", "Good"].includes(text(7)),
    // v2 counts seconds, v3 centiseconds.
    interval: text(8) === "" ? Number(text(9)) * 10 : Number(text(8)) * 1000,
    addresses: text(10).split(",").filter((address) => address !== ""),
    authType: text(11) === "" ? undefined : Number(text(11)),
  };
}
