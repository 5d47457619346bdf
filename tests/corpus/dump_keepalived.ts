/** Runs Debian's keepalived on configurations and takes what it writes on SIGUSR1. */

import { readConfig } from "../../src/document/config.ts";
import { hostFacts, systemFiles } from "../../src/daemon/host/source_files.ts";
import type { Config } from "../../src/document/config.ts";
import type { Diagnostic } from "../../src/language/mod.ts";

/** A configuration, and what keepalived said of it. */
export interface Dumped {
  readonly file: string;
  /** Absent: keepalived did not run with it. */
  readonly text: string | undefined;
  readonly config: Config;
  readonly diagnostics: readonly Diagnostic[];
}

/** Debian's examples. They are keepalived's, under the GPL: read where they are, never copied. */
export const SAMPLES = "/usr/share/doc/keepalived/samples";

const GOLDEN = new URL("../golden/", import.meta.url).pathname;

/** Starts keepalived's one part, asks for its dump when it is up, and ends it. */
const SCRIPT = `part=$1; folder=$2; shift 2
export TMPDIR=$folder
for file in "$@"; do
  n=$((n + 1))
  rm -f "$folder"/*.pid "$folder"/*.data
  cd "$(dirname "$file")" || exit 1
  keepalived -$part -n -l -i node1 -f "$file" -p "$folder/a.pid" -r "$folder/b.pid" -c "$folder/b.pid" \\
    >"$folder/log" 2>&1 &
  pid=$!
  for i in $(seq 200); do
    [ -s "$folder/b.pid" ] && grep -q "Startup complete\\|Gained quorum\\|Activating\\|Removing\\|Initializing ipvs" \\
      "$folder/log" && break
    kill -0 $pid 2>/dev/null || break
    sleep 0.1
  done
  for i in $(seq 100); do
    kill -USR1 $pid 2>/dev/null || break
    sleep 0.2
    for dump in keepalived.data keepalived_check.data; do
      [ -s "$folder/$dump" ] && grep -q "$MARK" "$folder/$dump" && break 2
    done
  done
  sleep 0.2
  for dump in keepalived.data keepalived_check.data; do
    [ -s "$folder/$dump" ] && grep -q "$MARK" "$folder/$dump" && mv "$folder/$dump" "$folder/out-$n"
  done
  kill $pid 2>/dev/null
  wait $pid 2>/dev/null
done
true`;

/** Golden cases and Debian's examples with such a block. */
export function filesWith(block: "vrrp_instance" | "virtual_server"): readonly string[] {
  const golden = list(GOLDEN).filter((name) => !name.startsWith("mistake_")).map((name) =>
    `${GOLDEN}${name}/input.conf`
  );
  const samples = list(SAMPLES).map((name) => `${SAMPLES}/${name}`);
  const begins = new RegExp(`^\\s*${block}\\s`, "m");
  return [...golden, ...samples].filter((file) => begins.test(textOf(file))).sort();
}

/** What keepalived writes of each file; in the namespace `space`, or where this runs. */
export async function dumpAll(
  files: readonly string[],
  options: { readonly part: "vrrp" | "checkers"; readonly space?: string },
): Promise<readonly Dumped[]> {
  const { part, space } = options;
  const folder = await Deno.makeTempDir({ prefix: "holdfast-values-" });
  try {
    const shell = ["sh", "-c", SCRIPT, "sh", part === "vrrp" ? "P" : "C", folder, ...files];
    const [command = "", ...args] = space === undefined
      ? shell
      : ["ip", "netns", "exec", space, ...shell];
    const mark = part === "vrrp" ? "VRRP Topology" : "LVS Topology";
    await new Deno.Command(command, {
      args,
      env: { MARK: mark },
      stdout: "null",
      stderr: "null",
    }).output();
    const here = hostFacts();
    const interfaces = new Set([...here.interfaces, ...interfacesOf(files)]);
    return files.map((file, index) => {
      const [config, diagnostics] = readConfig(file, systemFiles({ configId: "node1" }), {
        host: { ...here, interfaces },
      });
      return { file, text: textOf(`${folder}/out-${index + 1}`) || undefined, config, diagnostics };
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Interfaces that the files name. */
export function interfacesOf(files: readonly string[]): readonly string[] {
  const names = files.flatMap((file) => {
    const [config] = readConfig(file, systemFiles({ configId: "node1" }));
    const { instances } = config.vrrp;
    const written = textOf(file).matchAll(/\b(?:interface|dev)\s+"?([A-Za-z][\w.-]*)/g);
    return [
      ...instances.flatMap((each) => each.interface ?? []),
      ...instances.flatMap(({ tracks }) =>
        tracks.flatMap(({ tracker }) => tracker.kind === "interface" ? [tracker.name] : [])
      ),
      ...Array.from(written, ([, name]) => name ?? ""),
      ...Array.from(textOf(file).matchAll(/^\s*(eth\d+|ens\d+)\b/gm), ([, name]) => name ?? ""),
    ];
  });
  return [...new Set(names)].filter((name) => name !== "" && name !== "lo" && name.length <= 15);
}

/** Says how much was compared, for those who read the output of tests. */
export function tell(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

function list(folder: string): readonly string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch {
    return []; // not installed, or left out by the package manager
  }
}

function textOf(path: string): string {
  try {
    return new TextDecoder().decode(Deno.readFileSync(path));
  } catch {
    return "";
  }
}
