/** A folder with a configuration for a real editor, `holdfast` on its path, and the recipe of docs/EDITORS.md. */

import assert from "node:assert/strict";

/** What an editor is started with. */
export interface Desk {
  /** Removed afterwards; the home of the editor. */
  readonly folder: string;
  /** The main file; it includes `conf.d/vi.conf`, which has the instance VI_1. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Without a value for the router id: the first line typed into it is the test's. */
const MAIN_FILE = `global_defs {
    router_id node
}

include conf.d/*.conf

vrrp_sync_group G {
    group {
        VI_1
    }
}
`;

const INCLUDED = `vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 100
}
`;

/** Runs `test` with files on the disk. */
export async function atDesk(test: (desk: Desk) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "holdfast-editor-" });
  const root = new URL("../../", import.meta.url).pathname;
  try {
    await Deno.mkdir(`${folder}/bin`);
    await Deno.writeTextFile(
      `${folder}/bin/holdfast`,
      `#!/bin/sh\nexec '${Deno.execPath()}' run -A --no-prompt '${root}cli/main.ts' "$@"\n`,
      { mode: 0o755 },
    );
    await Deno.mkdir(`${folder}/keepalived/conf.d`, { recursive: true });
    const file = `${folder}/keepalived/keepalived.conf`;
    await Deno.writeTextFile(file, MAIN_FILE);
    await Deno.writeTextFile(`${folder}/keepalived/conf.d/vi.conf`, INCLUDED);
    const own = { HOME: folder, XDG_STATE_HOME: folder, TERM: "xterm" };
    const path = `${folder}/bin:${Deno.env.get("PATH") ?? ""}`;
    // The home is another one: what Deno has downloaded stays where it is.
    const cache = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME") ?? ""}/.cache/deno`;
    await test({ folder, file, env: { ...own, PATH: path, DENO_DIR: cache } });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The code of docs/EDITORS.md in the section of an editor: the block at `index`. */
export function recipe(editor: string, index = 0): string {
  const document = Deno.readTextFileSync(new URL("../../docs/EDITORS.md", import.meta.url));
  const section = document.split("\n## ").find((text) => text.startsWith(`${editor}\n`)) ?? "";
  const code = [...section.matchAll(/```\w+\n([^]*?)```/g)][index]?.[1];
  assert(code !== undefined, `docs/EDITORS.md has no block ${index} for ${editor}`);
  return code;
}

/** What a program says of its version; `undefined` when it is not installed. */
export function versionOf(program: string): string | undefined {
  try {
    const { stdout } = new Deno.Command(program, { args: ["--version"], stderr: "null" })
      .outputSync();
    return new TextDecoder().decode(stdout).split("\n", 1)[0];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Runs a program that asks a running editor something; what it printed, on whichever stream. */
export function output(program: string, args: readonly string[], { env }: Desk): string {
  const { stdout, stderr } = new Deno.Command(program, { args: [...args], env }).outputSync();
  return [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("").trim();
}

/** Generous: the machine may be busy; nothing waits for it to pass. */
const LIMIT_MS = 20_000;

/** Asks until the answer fits. */
export async function until(ask: () => string, fits: RegExp): Promise<string> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const answer = ask();
    if (fits.test(answer)) return answer;
    assert(performance.now() < end, `nothing fits ${fits}: ${answer}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
