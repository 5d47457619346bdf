/** A small Debian whose systemd runs as the first process of namespaces of its own: no container manager is needed for that. */

import { until } from "../lab/mod.ts";
import type { Machine, Said } from "./machine.ts";

/** A running machine, with one interface `eth0` that has 192.0.2.1/24. Closing it ends it. */
export interface Booted extends AsyncDisposable {
  /** Runs a shell line in it. */
  run(line: string): Promise<Said>;
}

/** What a machine has before its first process: a link, its file systems, and devices that do no harm. */
const BEFORE = `set -e
ip link add eth0 type veth peer name eth1
ip link set lo up
ip link set eth0 up
ip link set eth1 up
ip addr add 192.0.2.1/24 dev eth0
mount --bind "$0" "$0"
mount -t proc proc "$0/proc"
mount -t sysfs sys "$0/sys"
mount -t tmpfs -o mode=755 run "$0/run"
mount -t cgroup2 none "$0/sys/fs/cgroup"
mount -t tmpfs -o mode=755 dev "$0/dev"
for device in null zero full random urandom tty; do
  touch "$0/dev/$device"
  mount --bind "/dev/$device" "$0/dev/$device"
done
mkdir "$0/dev/pts" "$0/dev/shm"
ln -s /proc/self/fd "$0/dev/fd"
exec chroot "$0" env -i container=chroot PATH=/usr/sbin:/usr/bin:/sbin:/bin \\
  /lib/systemd/systemd --unit=multi-user.target --log-target=console --show-status=0`;

/** Why no machine can be booted here, or `undefined`. */
export function noBoot(): string | undefined {
  const spaces = ["--mount", "--net", "--pid", "--uts", "--ipc", "--cgroup", "--fork"];
  try {
    const { success, stderr } = new Deno.Command("unshare", {
      args: [...spaces, "sh", "-c", "command -v nsenter >/dev/null && mount -t cgroup2 none /mnt"],
    }).outputSync();
    return success ? undefined : new TextDecoder().decode(stderr).trim() || "needs nsenter";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Boots a machine and waits until its services have been started. */
export async function boot({ root }: Machine): Promise<Booted> {
  const spaces = ["--mount", "--net", "--pid", "--uts", "--ipc", "--cgroup"];
  const unshare = new Deno.Command("unshare", {
    args: [...spaces, "--fork", "--kill-child", "sh", "-c", BEFORE, root],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const ended = { code: -1 };
  unshare.status.then(({ code }) => ended.code = code);
  const run = async (line: string): Promise<Said> => {
    const first = (await Deno.readTextFile(`/proc/${unshare.pid}/task/${unshare.pid}/children`))
      .trim();
    const { code, stdout, stderr } = await new Deno.Command("nsenter", {
      args: [
        `--target=${first}`,
        "-m",
        "-n",
        "-p",
        "-u",
        "-i",
        "-C",
        "chroot",
        root,
        "sh",
        "-c",
        line,
      ],
      clearEnv: true,
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", SYSTEMD_COLORS: "0" },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, text: `${decoder.decode(stdout)}${decoder.decode(stderr)}` };
  };
  const booted: Booted = {
    run,
    async [Symbol.asyncDispose]() {
      // The first process ends with it, and with that all others.
      unshare.kill("SIGKILL");
      await unshare.status;
    },
  };
  try {
    await until("systemd has started its services", async () => {
      if (ended.code >= 0) throw new Error(`Cannot boot: ended with ${ended.code}`);
      const { text } = await run("systemctl is-system-running");
      return /^(running|degraded)/.test(text);
    }, { limit: 60_000 });
    return booted;
  } catch (error) {
    await booted[Symbol.asyncDispose]();
    throw error;
  }
}
