/**
 * A small Debian in a folder, to install packages in: made once by mmdebstrap, with Debian's keepalived on it, and kept in `.lab/`;
 * each test gets a copy of its own.
 */

const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** Packages and the executable are made here (`scripts/package`). */
export const DIST = `${ROOT}/dist`;

/** Where the machine is kept, by what is on it. */
const KEPT = `${ROOT}/.lab/debian-keepalived.tar`;

/** What a command in the machine left. */
export interface Said {
  readonly code: number;
  /** Both streams. */
  readonly text: string;
}

/** A machine in a folder. Closing it removes the folder. */
export interface Machine extends AsyncDisposable {
  readonly root: string;
  /** Runs a shell line in it, without network access. */
  run(line: string): Promise<Said>;
}

/** Why no machine can be had here, or `undefined`. */
export function noMachine(): string | undefined {
  if (Deno.uid() !== 0) return "needs root";
  for (const program of ["mmdebstrap", "dpkg-deb", "chroot"]) {
    if (!isThere(program)) return `needs ${program} (scripts/setup labs)`;
  }
  return undefined;
}

function isThere(program: string): boolean {
  const { success } = new Deno.Command("sh", { args: ["-c", `command -v ${program}`] })
    .outputSync();
  return success;
}

/** A machine as Debian's installer leaves it, with keepalived. */
export async function debian(): Promise<Machine> {
  await ensureKept();
  const root = await Deno.makeTempDir({ prefix: "holdfast-debian-" });
  await must("tar", ["-xf", KEPT, "-C", root]);
  // A namespace of its own: mounts go with the command that made them.
  const run = (line: string) =>
    command("unshare", [
      ...["--mount", "--net", "--fork", "--pid", "--kill-child"],
      ...[
        "sh",
        "-c",
        'mount -t proc proc "$0/proc" && mount -t sysfs sys "$0/sys" && exec chroot "$0" sh -c "$1"',
        root,
        line,
      ],
    ]);
  return { root, run, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

async function ensureKept(): Promise<void> {
  try {
    await Deno.stat(KEPT);
    return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.mkdir(`${ROOT}/.lab`, { recursive: true });
  const half = `${KEPT}.${crypto.randomUUID()}.tar`;
  await must("mmdebstrap", [
    ...["--quiet", "--variant=minbase", "--include=keepalived,systemd", "--format=tar"],
    ...["bookworm", half],
  ]);
  await Deno.rename(half, KEPT);
}

async function must(program: string, args: readonly string[]): Promise<void> {
  const { code, text } = await command(program, args);
  if (code !== 0) throw new Error(`Cannot run ${program} ${args.join(" ")}: ${text}`);
}

async function command(program: string, args: readonly string[]): Promise<Said> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    clearEnv: true,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, text: `${decoder.decode(stdout)}${decoder.decode(stderr)}` };
}
