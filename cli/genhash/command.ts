/**
 * `holdfast genhash`, keepalived's `genhash`: fetches a page as `HTTP_GET` does, by the same probe of the core, and prints the digest to
 * write into the configuration.
 */

import { type Command, Option } from "commander";
import { write } from "../output.ts";
import { httpProbe, type HttpTarget } from "../../src/check/checker/http.ts";
import type { Outcome } from "../../src/check/probe.ts";
import { failureText } from "../../src/check/checker/verdict.ts";
import { probeCall } from "../../src/daemon/core/wire_calls.ts";
import { NativeError, openCore } from "../../src/native/mod.ts";
import { parseIp } from "../../src/net/ip.ts";
import { seconds } from "../../src/net/micros.ts";

/** Exit codes: keepalived's for bad usage; ours when nothing was fetched. */
const DONE = 0;
const FAILED = 1;

/** What the options say, as keepalived names them. */
interface GenhashOptions {
  readonly server: string;
  readonly port: string;
  readonly url: string;
  readonly useVirtualhost?: string;
  readonly fwmark?: string;
  readonly protocol: "1.0" | "1.0c" | "1.1";
  readonly timeout: string;
  readonly useSsl?: true;
  readonly useSni?: true;
  readonly verbose?: true;
}

/** Adds `genhash` to the program. */
export function addGenhashCommand(program: Command, finish: (code: number) => void): void {
  program.command("genhash")
    .description("print the digest of a page, as HTTP_GET compares it")
    .requiredOption("-s, --server <ip>", "address of the server")
    .requiredOption("-p, --port <port>", "its port")
    .requiredOption("-u, --url <path>", "path to fetch")
    .option("-V, --use-virtualhost <name>", "Host header")
    .option("-m, --fwmark <mark>", "mark of the connection")
    .addOption(
      new Option("-P, --protocol <version>", "version of HTTP").choices(["1.0", "1.0c", "1.1"])
        .default("1.0"),
    )
    .option("-t, --timeout <seconds>", "time to connect, and for each answer", "5")
    .option("-S, --use-ssl", "use TLS, with any certificate")
    .option("-I, --use-sni", "send the virtual host as the server's name of TLS")
    .option("-v, --verbose", "print the status and the length as well")
    .action(async (options: GenhashOptions) => finish(await genhash(options)));
}

async function genhash(options: GenhashOptions): Promise<number> {
  const checker = checkerOf(options);
  if (typeof checker === "string") return refuse(checker);
  const outcome = await probed(checker);
  if (typeof outcome === "string") return refuse(outcome);
  if (outcome.kind === "failed") {
    return refuse(`Cannot fetch ${options.url}: ${failureText(outcome)}`);
  }
  const [response] = outcome.kind === "responses" ? outcome.responses : [];
  if (response === undefined) return refuse(`Cannot fetch ${options.url}: there was no response`);
  const { status, length, digest } = response;
  if (options.verbose) write(Deno.stdout, `status = ${status}\nlength = ${length}\n`);
  write(Deno.stdout, `${digest}\n`);
  return DONE;
}

/** The checker whose digest is wanted, or what is wrong with the options. */
function checkerOf(options: GenhashOptions): HttpTarget | string {
  const { server, url, useVirtualhost, fwmark, protocol, timeout } = options;
  const { useSsl, useSni } = options;
  if (useSni && (!useSsl || useVirtualhost === undefined)) {
    return "Cannot send a server's name: --use-sni needs --use-ssl and --use-virtualhost";
  }
  const address = parseIp(server);
  if (address === undefined) return `Cannot fetch from ${server}: must be an IPv4 or IPv6 address`;
  const port = numberWithin(options.port, 1, 65_535);
  if (port === undefined) return `Cannot fetch from port ${options.port}: must be 1 to 65535`;
  const limit = numberWithin(timeout, 1, 3_600);
  if (limit === undefined) return `Cannot wait ${timeout} s: must be 1 to 3600`;
  const mark = fwmark === undefined ? 0 : numberWithin(fwmark, 0, 2 ** 32 - 1);
  if (mark === undefined) return `Cannot set the mark ${fwmark}: must be 0 to 4294967295`;
  return {
    httpProtocol: protocol,
    ...(useSsl && { tls: { verify: false } }),
    connect: {
      address,
      port,
      timeout: seconds(limit),
      ...(fwmark === undefined ? {} : { fwmark: mark }),
    },
    urls: [{
      path: url,
      statusCodes: [[0, 999]],
      ...(useVirtualhost === undefined ? {} : { virtualhost: useVirtualhost }),
      ...(useSni && useVirtualhost !== undefined && { serverName: useVirtualhost }),
    }],
  };
}

function numberWithin(text: string, least: number, most: number): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}

/** What the core finds by one probe. */
async function probed(checker: HttpTarget): Promise<Outcome | string> {
  try {
    using core = openCore();
    const { promise, resolve } = Promise.withResolvers<Outcome | string>();
    core.listen({
      event: (event) => {
        if (event.event === "outcome") resolve(event.outcome);
      },
      packet: () => {},
      failed: (error) => resolve(error.message),
    });
    const once = { order: 1, seq: 1, delay: 0, interval: 0 } as const;
    core.tell({
      call: "probes",
      ops: [probeCall({ kind: "probe", ...once, probe: httpProbe(checker) })],
    });
    return await promise;
  } catch (error) {
    if (error instanceof NativeError) return error.message;
    throw error;
  }
}

function refuse(message: string): number {
  write(Deno.stderr, `${message}\n`);
  return FAILED;
}
