/**
 * Programs that run in the background of a lab: their output with times, signals, and their
 * certain end.
 */

import { until } from "./until.ts";

/** One line of output. */
export interface Line {
  /** When it was read, ms since the epoch. */
  readonly at: number;
  readonly text: string;
}

/** A program started in a lab. Closing it sends SIGTERM, and SIGKILL if that is not heeded. */
export class Program implements AsyncDisposable {
  readonly name: string;
  #child: Deno.ChildProcess;
  #lines: Line[] = [];
  #status: Deno.CommandStatus | undefined;
  #ended: Promise<void>;

  constructor(name: string, argv: readonly string[], options: Deno.CommandOptions = {}) {
    const [command, ...args] = argv;
    if (command === undefined) throw new TypeError("Cannot start a program without a name");
    this.name = name;
    this.#child = new Deno.Command(command, {
      ...options,
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const { stdout, stderr, status } = this.#child;
    this.#ended = Promise.all([this.#read(stdout), this.#read(stderr), status])
      .then(([, , end]) => void (this.#status = end));
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The exit status once the program has ended and all its output is read. */
  get status(): Deno.CommandStatus | undefined {
    return this.#status;
  }

  /** What it printed so far, both streams, in the order read. */
  get lines(): readonly Line[] {
    return this.#lines;
  }

  get output(): string {
    return this.#lines.map((line) => line.text).join("\n");
  }

  /** The first line that matches, waited for. `from` skips that many lines. */
  seen(
    pattern: RegExp,
    options: { readonly limit?: number; readonly from?: number } = {},
  ): Promise<Line> {
    return until(
      `${this.name} prints ${pattern}`,
      () => {
        const line = this.#lines.slice(options.from ?? 0).find((line) => pattern.test(line.text));
        if (line === undefined && this.#status !== undefined) {
          throw new Error(
            `${this.name} ended with ${this.#status.code} before ${pattern}:\n${this.output}`,
          );
        }
        return line;
      },
      { ...options, explain: () => this.output },
    );
  }

  signal(signal: Deno.Signal): void {
    if (this.#status !== undefined) return;
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) && !(error instanceof TypeError)) throw error;
    }
  }

  /** Waits for the end by itself. */
  async end(options: { readonly limit?: number } = {}): Promise<Deno.CommandStatus> {
    const explain = () => this.output;
    return await until(`${this.name} ends`, () => this.#status, { ...options, explain });
  }

  /** SIGTERM and the wait for the end. */
  async stop(options: { readonly limit?: number } = {}): Promise<Deno.CommandStatus> {
    this.signal("SIGTERM");
    return await this.end(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#status !== undefined) return;
    try {
      await this.stop({ limit: 5_000 });
    } catch {
      this.signal("SIGKILL");
      await this.#ended;
    }
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let rest = "";
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      const at = Date.now();
      for (const text of parts) this.#lines.push({ at, text });
    }
    if (rest !== "") this.#lines.push({ at: Date.now(), text: rest });
  }
}
