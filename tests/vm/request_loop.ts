/**
 * The client as a program, which imports nothing so that it starts at once:
 * `deno run -A request_loop.ts ADDRESS PORT PERIOD_MS PATIENCE_MS` prints one JSON line for each request
 * that ended. PATIENCE_MS is when a request counts as failed.
 */

/** One request that ended. */
export interface Answer {
  /** When it was asked, ms since the epoch. */
  readonly at: number;
  /** Until the answer was complete or given up, in ms. */
  readonly took: number;
  /** Which real server answered, by its page: "RS1"; `undefined` when none did. */
  readonly server: string | undefined;
}

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

async function report(address: string, port: number, patience: number): Promise<void> {
  const at = Date.now();
  const started = performance.now();
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), patience));
  const server = await Promise.race([ask(address, port), late]);
  const took = Math.round(performance.now() - started);
  const line = JSON.stringify({ at, took, server });
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

if (import.meta.main) {
  const [address = "", ...numbers] = Deno.args;
  const [port = 80, period = 20, patience = 900] = numbers.map(Number);
  setInterval(() => void report(address, port, patience), period);
}
