/** The texts of the one executable, found in the memory of the process by what the packer and the entry stub tell (pack-rs). */

import type { Installation, TextName } from "../../src/daemon/platform/installation.ts";
import { SHOWN } from "./shown.ts";

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
    thread: (name) => new URL(`data:text/javascript,${threadScript(name, places, address)}`),
  };
  return [{ installation, code: bytes }, args];
}

/**
 * The module of a thread, which shares the memory: runs a script of it, with its code when there is some. The runtime does not look at what
 * is evaluated. No character of it means something in a URL.
 */
function threadScript(
  name: TextName,
  places: Places,
  address: (at: number) => bigint,
): string {
  const view = (place: readonly number[] = []) => {
    const [at = 0, length = 0] = place;
    return `new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(Deno.UnsafePointer.create(${
      address(at)
    }n),${length}))`;
  };
  const text = `new TextDecoder().decode(${view(places[name])})`;
  const plain = `(0,eval)(${text})()`;
  const kept = places[`${name}.code`];
  if (kept === undefined) return plain;
  const compiled = `c.op_vm_create_script(${text},'holdfast:${name}',0,0,${
    view(kept)
  },false,undefined,0)`;
  return [
    `const c=globalThis.${SHOWN}`,
    `delete globalThis.${SHOWN}`,
    `if(c&&c.op_vm_create_script)c.op_vm_script_run_in_context(${compiled}.value,null,-1,true,false)()`,
    `else ${plain}`,
  ].join(";");
}
