/**
 * Runs the scripts of the one executable. Where code was kept that the engine made of a script before, the engine takes that and does
 * not read the script again, which would be most of a start. An engine of another version, or one told other things on its command
 * line, refuses such code by itself and reads the script.
 */

import type { Installation, TextName } from "../../src/daemon/platform/installation.ts";
import { SHOWN } from "./shown.ts";
import type { Texts } from "./texts.ts";

/** A script: a function of the installation that gives what it exports. */
type Script = (holdfast: Installation) => unknown;

/** What the runtime compiles scripts for `node:vm` with; that module itself would take longer to load than it saves. */
export interface Compiler {
  op_vm_create_script(
    text: string,
    name: string,
    line: number,
    column: number,
    code: Uint8Array | undefined,
    produceCode: boolean,
    context: undefined,
    importing: number,
  ): Compiled;
  op_vm_script_run_in_context(
    script: object,
    context: null,
    timeout: number,
    displayErrors: boolean,
    breakOnSignal: boolean,
  ): unknown;
  op_vm_script_create_cached_data(script: object): ArrayBuffer;
}

/** A script that was compiled. */
export interface Compiled {
  readonly value: object;
  /** The code that was kept was of no use. */
  readonly cachedDataRejected?: boolean;
}

/** The compiler; absent in a runtime that does not show it. */
export function findCompiler(): Compiler | undefined {
  const shown: unknown = Reflect.get(globalThis, SHOWN);
  Reflect.deleteProperty(globalThis, SHOWN);
  return isCompiler(shown) ? shown : undefined;
}

function isCompiler(value: unknown): value is Compiler {
  return typeof value === "object" && value !== null && "op_vm_create_script" in value;
}

/** Compiles a script, with its code when there is some. */
export function compile(
  compiler: Compiler,
  { installation, code }: Texts,
  name: TextName,
): Compiled {
  const text = installation.text(name);
  const kept = code(`${name}.code`);
  return compiler.op_vm_create_script(text, `holdfast:${name}`, 0, 0, kept, false, undefined, 0);
}

/** Runs what was compiled. */
export function runCompiled(compiler: Compiler, { value }: Compiled, texts: Texts): unknown {
  const script = compiler.op_vm_script_run_in_context(value, null, -1, true, false) as Script;
  return script(texts.installation);
}

/** Gives how to load a script: what it exports, each time anew. */
export function scriptLoader(texts: Texts): (name: TextName) => unknown {
  let compiler: Compiler | undefined;
  return (name) => {
    if (texts.code(`${name}.code`) !== undefined) compiler ??= findCompiler();
    if (compiler === undefined) {
      const script: Script = (0, eval)(texts.installation.text(name));
      return script(texts.installation);
    }
    return runCompiled(compiler, compile(compiler, texts, name), texts);
  };
}
