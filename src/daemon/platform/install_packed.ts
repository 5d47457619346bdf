/** How this program is installed, when it is the one executable. */

import type { CorePlace, StartLine } from "./install.ts";
import type { Installation, TextName } from "./installation.ts";

/** Handed to each script of the executable by who loads it. */
declare const holdfast: Installation;

export type { CorePlace, StartLine };

/** Bytes that are copied at once. */
const CHUNK = 131_072;

/** A file in memory, which the entry stub made and the first who asks fills. */
export function corePlace(): CorePlace {
  const { core } = holdfast;
  if (core < 0) return absent(`memfd_create: errno ${-core}`);
  const path = `/proc/self/fd/${core}`;
  try {
    fillCore(path);
    return { kind: "file", path };
  } catch (error) {
    return absent(error instanceof Error ? error.message : String(error));
  }
}

function absent(reason: string): CorePlace {
  return { kind: "absent", reason: `${reason}; HOLDFAST_CORE can name a file` };
}

/**
 * Copies the core from the executable's file and not from the memory of the process, where all that is touched counts
 * as its own from then on. Who may run the file and not read it has no other way.
 */
function fillCore(path: string): void {
  using to = Deno.openSync(path, { write: true });
  using from = openExecutable();
  if (from === undefined) return writeAll(to, holdfast.coreInMemory());
  const [at, length] = holdfast.coreInFile;
  const chunk = new Uint8Array(CHUNK);
  from.seekSync(at, Deno.SeekMode.Start);
  for (let rest = length; rest > 0;) {
    const count = from.readSync(chunk.subarray(0, Math.min(rest, CHUNK)));
    if (count === null) throw new Error("the executable has become shorter");
    writeAll(to, chunk.subarray(0, count));
    rest -= count;
  }
}

function openExecutable(): Deno.FsFile | undefined {
  try {
    return Deno.openSync("/proc/self/exe");
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return undefined;
    throw error;
  }
}

function writeAll(to: Deno.FsFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += to.writeSync(bytes.subarray(written));
}

export function once<T>(name: string, make: () => T): T {
  if (!holdfast.made.has(name)) holdfast.made.set(name, make());
  return holdfast.made.get(name) as T;
}

/** The path it was called by, so that a link named keepalived stays what people and programs see. */
export function ownStartLine(): StartLine {
  return { program: holdfast.called, args: [] };
}

export function startVariables(): Readonly<Record<string, string>> {
  return { HOLDFAST_OPEN_FILES: holdfast.openFiles };
}

export function threadModule(name: TextName, _module: () => URL): URL {
  return holdfast.thread(name);
}

export function embeddedText(name: TextName): string | undefined {
  return holdfast.text(name);
}
