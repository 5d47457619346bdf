/**
 * The first module of an executable that exists while one is made: lets each script do what it does at a start, and keeps the code
 * that the engine has made of it. When there is code already, only finds out whether the engine takes it.
 *
 *   FOLDER EXAMPLE PLAN…    adds the code to the packer's plans; EXAMPLE is the configuration that is read meanwhile
 */

import type { Parts, TestPart, ToolsPart } from "../parts.ts";
import type { TextName } from "../../src/daemon/platform/installation.ts";
import type { ReadingAnswer } from "../../src/daemon/reading/thread.ts";
import { compile, type Compiled, findCompiler, runCompiled } from "./scripts.ts";
import { openTexts } from "./texts.ts";

/** The scripts whose code is kept. */
const NAMES: readonly TextName[] = ["line", "test", "daemon", "tools", "reload"];

const [texts, [folder = "", example = "", ...plans]] = openTexts(Deno.args);
const compiler = findCompiler() ?? fail("the runtime does not show how");
if (texts.code("line.code") === undefined) await keep();
else {
  const refused = NAMES.filter((name) => compile(compiler, texts, name).cachedDataRejected);
  if (refused.length > 0) fail(`the engine does not take that of ${refused.join(", ")}`);
}

async function keep(): Promise<void> {
  const compiled = new Map<TextName, Compiled>();
  const load = (name: TextName) => {
    const script = compile(compiler, texts, name);
    compiled.set(name, script);
    return runCompiled(compiler, script, texts);
  };
  const parts: Parts = {
    test: () => Promise.resolve(load("test") as TestPart),
    daemon: () => Promise.reject(new Error("Cannot run here")),
    tools: () => Promise.resolve(load("tools") as ToolsPart),
  };
  const { runLine } = load("line") as typeof import("../line.ts");
  await runLine([`-t${folder}/findings`, "-f", example], parts);
  (await parts.tools()).helpText();
  await (load("daemon") as typeof import("../../src/daemon/run.ts")).rehearse(example);
  rehearseReload(() => load("reload"), example);
  const files: Record<string, string> = {};
  for (const name of NAMES) {
    const script = compiled.get(name) ?? fail(`${name} did not run`);
    files[`${name}.code`] = `${folder}/${name}.code`;
    const code = new Uint8Array(compiler.op_vm_script_create_cached_data(script.value));
    await Deno.writeFile(`${folder}/${name}.code`, code);
  }
  for (const path of plans) {
    const plan = JSON.parse(await Deno.readTextFile(path));
    const whole = { ...plan, texts: { ...plan.texts, ...files } };
    await Deno.writeTextFile(path, `${JSON.stringify(whole, null, 2)}\n`);
  }
}

/** Has the script of the thread that reads again read a file twice, as if this were that thread: against nothing, and against itself. */
function rehearseReload(load: () => unknown, file: string): void {
  let heard: ThreadAnswer | undefined;
  Reflect.set(globalThis, "postMessage", (answer: ThreadAnswer) => heard = answer);
  load();
  const options = { file, allConfig: false, parts: "both" } as const;
  for (let time = 0; time < 2; time++) {
    const running = heard?.answer?.reading.config;
    dispatchEvent(new MessageEvent("message", { data: { options, running } }));
    if (heard?.answer === undefined) fail(heard?.stack ?? "the thread that reads does not answer");
  }
}

/** What the thread says, see `src/daemon/platform/thread.ts`. */
interface ThreadAnswer {
  readonly answer?: ReadingAnswer;
  readonly stack?: string;
}

function fail(why: string): never {
  throw new Error(`Cannot keep code: ${why}`);
}
