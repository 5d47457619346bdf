/** Asking Debian's keepalived: many files in one namespace with the interfaces they name. */

import { INTERFACES } from "./rows.ts";
import type { Variant, Verdict } from "./variant.ts";

/** Runs the rest of its arguments in parallel, each a folder, and leaves code and output beside the files. */
const SCRIPT = `cd "$1" || exit 1
shift
for folder in "$@"; do
  cd "$folder" || exit 1
  timeout 10 keepalived -t -i node1 -f main.conf >.output 2>&1 </dev/null
  echo $? >.code
  cd ..
done`;

/** Verdicts in the order of the variants. */
export async function askKeepalived(variants: readonly Variant[]): Promise<readonly Verdict[]> {
  const folder = await Deno.makeTempDir({ prefix: "holdfast-corpus-" });
  const space = `hf${Deno.pid}-corpus`;
  try {
    await makeNamespace(space);
    await Promise.all(variants.map(async ({ files }, index) => {
      for (const [name, text] of Object.entries(files)) {
        const path = `${folder}/${index}/${name}`;
        await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
        await Deno.writeTextFile(path, text);
      }
    }));
    await runAll(space, folder, variants.length);
    return await Promise.all(variants.map(async (_, index) => ({
      code: Number(await Deno.readTextFile(`${folder}/${index}/.code`)),
      output: new TextDecoder().decode(await Deno.readFile(`${folder}/${index}/.output`)),
    })));
  } finally {
    await ip(["netns", "del", space]);
    await Deno.remove(folder, { recursive: true });
  }
}

/** Version keepalived tells of itself, as `2.2.7`. */
export async function keepalivedVersion(): Promise<string> {
  const { stdout, stderr } = await new Deno.Command("keepalived", { args: ["--version"] }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return /v(\d+(?:\.\d+)+)/.exec(text)?.[1] ?? "unknown";
}

async function makeNamespace(space: string): Promise<void> {
  await ip(["netns", "add", space]);
  for (const name of INTERFACES.filter((each) => each !== "lo")) {
    await ip(["-n", space, "link", "add", name, "type", "veth", "peer", "name", `peer-${name}`]);
    await ip(["-n", space, "link", "set", name, "up"]);
  }
  await ip(["-n", space, "link", "set", "lo", "up"]);
  await ip(["-n", space, "addr", "add", "10.9.0.1/24", "dev", "eth0"]);
}

/** As many shells as processors, each with its share. */
async function runAll(space: string, folder: string, count: number): Promise<void> {
  const shells = Math.min(navigator.hardwareConcurrency, 4);
  await Promise.all(Array.from({ length: shells }, async (_, shell) => {
    const mine = Array.from({ length: count }, (_, index) => index)
      .filter((index) => index % shells === shell).map(String);
    for (let at = 0; at < mine.length; at += 500) {
      const { success, stderr } = await new Deno.Command("ip", {
        args: [
          "netns",
          "exec",
          space,
          "sh",
          "-c",
          SCRIPT,
          "sh",
          folder,
          ...mine.slice(at, at + 500),
        ],
        stdout: "null",
        stderr: "piped",
      }).output();
      if (!success) throw new Error(`keepalived -t: ${new TextDecoder().decode(stderr)}`);
    }
  }));
}

async function ip(args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ip", { args: [...args] }).output();
  if (!success) throw new Error(`ip ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
