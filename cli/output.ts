/** Writing to the terminal, to the last byte. */

/** A stream of {@linkcode Deno}. */
interface Sink {
  writeSync(bytes: Uint8Array): number;
}

/** Writes text or bytes; a reader that went away (`| head`) ends it silently. */
export function write(to: Sink, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(to.writeSync(rest));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Whether text for a stream may have colours: on a terminal, unless `NO_COLOR` asks for none. */
export function wantsColour(stream: { isTerminal(): boolean }): boolean {
  return stream.isTerminal() && !Deno.noColor;
}
