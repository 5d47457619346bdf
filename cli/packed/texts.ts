/** The texts of the one executable, found in the memory of the process by what the packer and the entry stub tell (pack-rs). */

import type { Installation, TextName } from "../../src/daemon/platform/installation.ts";

/** Code that was compiled from a script when the executable was made. */
export type CodeName = `${TextName}.code`;

/** Where each is: its distance from the header of the segment, its length in bytes, and where it is in the file. */
type Places = Readonly<
  Partial<Record<TextName | CodeName | "core", readonly [at: number, length: number, file: number]>>
>;

/** What there is inside. */
export interface Texts {
  readonly installation: Installation;
  /** Compiled code; absent where none was kept. */
  code(name: CodeName): Uint8Array<ArrayBuffer> | undefined;
}

/** Reads the first five of the arguments, and gives the others, which are the program's own. */
export function openTexts(
  [table = "", core = "", header = "", openFiles = "", called = "", ...args]: readonly string[],
): [Texts, readonly string[]] {
  const places: Places = JSON.parse(table);
  const address = (at: number): bigint => BigInt(header) + BigInt(at);
  const bytes = (name: keyof Places): Uint8Array<ArrayBuffer> | undefined => {
    const [at = 0, length = 0] = places[name] ?? [];
    const pointer = Deno.UnsafePointer.create(address(at));
    return length === 0 || pointer === null
      ? undefined
      : new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, length));
  };
  const demand = (name: keyof Places) => {
    const found = bytes(name);
    if (found === undefined) throw new Error(`Cannot find the text ${name}`);
    return found;
  };
  const [, coreLength = 0, coreAt = 0] = places.core ?? [];
  const installation: Installation = {
    core: Number(core),
    coreInFile: [coreAt, coreLength],
    made: new Map(),
    called,
    openFiles: openFiles.startsWith("-") ? "unlimited" : openFiles,
    coreInMemory: () => demand("core"),
    text: (name) => new TextDecoder().decode(demand(name)),
    // A thread shares the memory, and the runtime does not look at what is evaluated.
    thread: (name) => {
      const [at = 0, length = 0] = places[name] ?? [];
      return new URL(
        `data:text/javascript,(0,eval)(new TextDecoder().decode(Deno.UnsafePointerView.getArrayBuffer(Deno.UnsafePointer.create(${
          address(at)
        }n),${length})))()`,
      );
    },
  };
  return [{ installation, code: bytes }, args];
}
