/** The streams a process begins with. */

/** Where bytes go. */
export interface Stream {
  /** Writes some of the bytes; gives how many. */
  writeSync(bytes: Uint8Array): number;
}

export const stdout: Stream = { writeSync: (bytes) => Deno.stdout.writeSync(bytes) };

export const stderr: Stream = { writeSync: (bytes) => Deno.stderr.writeSync(bytes) };

/** Writes all of a text; a reader that went away (`| head`) ends it silently. */
export function writeText(to: Stream, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(to.writeSync(rest));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
