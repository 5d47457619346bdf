/**
 * A client that asks a web server again and again, each time over a new connection, and never
 * waits for one answer before the next question, so that an outage shows in its true length.
 *
 * As a program (`deno run -A requests.ts ADDRESS PORT PERIOD_MS`) it prints one JSON line for each
 * request that ended.
 */

import type { Lab, Program } from "../netns/mod.ts";

/** One request that ended. */
export interface Answer {
  /** When it was asked, ms since the epoch. */
  readonly at: number;
  /** Until the answer was complete or given up, in ms. */
  readonly took: number;
  /** Which real server answered, by its page: "RS1"; `undefined` when none did. */
  readonly server: string | undefined;
}

/**
 * A request counts as failed after this time, in ms. A lost SYN is repeated after one second only.
 */
const PATIENCE = 900;

/** Asks once. Never throws. */
async function ask(address: string, port: number): Promise<string | undefined> {
  try {
    using connection = await Deno.connect({ hostname: address, port });
    await connection.write(
      new TextEncoder().encode(`GET /index.html HTTP/1.0\r\nHost: ${address}\r\n\r\n`),
    );
    const text = await new Response(connection.readable).text();
    return /<h1>Backend (\S+)<\/h1>/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}

async function report(address: string, port: number): Promise<void> {
  const at = Date.now();
  const started = performance.now();
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE));
  const server = await Promise.race([ask(address, port), late]);
  const took = Math.round(performance.now() - started);
  const line = JSON.stringify({ at, took, server });
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

/** The client as a program in a lab. */
export interface Client extends AsyncDisposable {
  /** The requests that ended so far, in the order asked. */
  answers(): readonly Answer[];
  /** Milliseconds between two questions. */
  readonly period: number;
}

/** Starts asking from a host of a lab. */
export function startClient(
  lab: Lab,
  host: string,
  options: { readonly address: string; readonly port?: number; readonly period: number },
): Client {
  const { address, port = 80, period } = options;
  const script = new URL(import.meta.url).pathname;
  const flags = ["-A", "--no-check", "--no-config", "--no-lock", "--quiet"];
  const words = [script, address, String(port), String(period)];
  const program: Program = lab.start(host, [Deno.execPath(), "run", ...flags, ...words], {
    name: `client in ${host}`,
  });
  return {
    period,
    answers: () =>
      program.lines.filter((line) => line.text.startsWith("{"))
        .map((line): Answer => JSON.parse(line.text))
        .sort((a, b) => a.at - b.at),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

/** The longest time within [from, to] in which no answer came in, in ms. */
export function outage(answers: readonly Answer[], from: number, to: number): number {
  const arrivals = answers.filter((answer) => answer.server !== undefined)
    .map((answer) => answer.at + answer.took)
    .filter((arrival) => arrival >= from && arrival <= to)
    .sort((a, b) => a - b);
  let last = from;
  let longest = 0;
  for (const arrival of [...arrivals, to]) {
    longest = Math.max(longest, arrival - last);
    last = arrival;
  }
  return longest;
}

if (import.meta.main) {
  const [address = "", port = "80", period = "20"] = Deno.args;
  setInterval(() => void report(address, Number(port)), Number(period));
}
