/**
 * A client that asks a web server again and again, each time over a new connection, and never
 * waits for one answer before the next question, so that an outage shows in its true length.
 */

import { type Lab, type Program, slowness } from "../lab/mod.ts";
import type { Answer } from "./request_loop.ts";

export type { Answer };

/**
 * A request counts as failed after this time, in ms, on a quiet machine. A lost SYN is repeated after one
 * second only.
 */
const PATIENCE = 900;

/** The client as a program in a lab. */
export interface Client extends AsyncDisposable {
  /** The requests that ended so far, in the order asked. */
  answers(): readonly Answer[];
  /** Milliseconds between two questions. */
  readonly period: number;
}

/** Starts asking from a host of a lab, every `period` ms, which a slow machine stretches. */
export function startClient(
  lab: Lab,
  host: string,
  options: { readonly address: string; readonly port?: number; readonly period: number },
): Client {
  const { address, port = 80 } = options;
  const period = Math.round(options.period * slowness());
  const script = new URL("request_loop.ts", import.meta.url).pathname;
  const flags = ["-A", "--no-check", "--no-config", "--no-lock", "--quiet"];
  const patience = Math.round(PATIENCE * slowness());
  const words = [script, address, port, period, patience].map(String);
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
