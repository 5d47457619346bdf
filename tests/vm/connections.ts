/**
 * Connections that live: a client opens some, says something over each again and again, and counts those that are answered. The
 * other end sends back what it hears. As a program, which imports nothing so that it starts at once:
 *
 *   connections.ts serve PORT
 *   connections.ts hold ADDRESS PORT COUNT PERIOD_MS
 *                                      prints a line of JSON for every round
 */

/** What came of one round. */
export interface Round {
  /** ms since the epoch, when it began. */
  readonly at: number;
  /** Connections that answered in time, and are what they were from the begin. */
  readonly alive: number;
  /** Connections that ended. */
  readonly ended: number;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (said: string) => new TextEncoder().encode(said);

const say = (line: string) => void Deno.stdout.writeSync(bytes(`${line}\n`));

async function serve(port: number): Promise<void> {
  say("serving");
  for await (const one of Deno.listen({ hostname: "::", port })) {
    const peer = one.remoteAddr as Deno.NetAddr;
    say(`from ${peer.hostname.replace("::ffff:", "")}`);
    one.readable.pipeTo(one.writable).catch(() => {});
  }
}

async function hold(
  hostname: string,
  { port, count, period }: {
    readonly port: number;
    readonly count: number;
    readonly period: number;
  },
): Promise<void> {
  const connections = await Promise.all(
    Array.from({ length: count }, () => Deno.connect({ hostname, port })),
  );
  const ended = new Set<number>();
  const heard: number[] = connections.map(() => -1);
  for (const [index, one] of connections.entries()) {
    const listen = async () => {
      let rest = "";
      for await (const chunk of one.readable) {
        const lines = (rest + text(chunk)).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) heard[index] = Number(line);
      }
      ended.add(index);
    };
    listen().catch(() => ended.add(index));
  }
  for (let round = 0;; round++) {
    const at = Date.now();
    for (const [index, one] of connections.entries()) {
      if (!ended.has(index)) one.write(bytes(`${round}\n`)).catch(() => ended.add(index));
    }
    await new Promise((resolve) => setTimeout(resolve, period));
    const alive = heard.filter((last, index) => last === round && !ended.has(index)).length;
    say(JSON.stringify({ at, alive, ended: ended.size }));
  }
}

if (import.meta.main) {
  const [what, ...rest] = Deno.args;
  if (what === "serve") await serve(Number(rest[0]));
  else {
    const [address = "", ...numbers] = rest;
    const [port = 0, count = 0, period = 0] = numbers.map(Number);
    await hold(address, { port, count, period });
  }
}
