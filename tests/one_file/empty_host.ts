/**
 * A host with nothing: a root folder that holds the executable, the C library it asks for and
 * configuration, read-only; nothing in /tmp and /run can be executed; no home, no variables.
 */

import { type Lab, run } from "../lab/mod.ts";

/** Accounts, and configuration by its name in /etc. */
export interface HostFiles {
  readonly [name: string]: string;
}

/** The root folder of a host of a lab, entered by `argv` through a mount namespace of its own. */
export interface EmptyHost {
  /** A command as it is run in there, with nothing in its environment but `env`. */
  argv(command: readonly string[], env?: Readonly<Record<string, string>>): readonly string[];
  /** Path of a file in there, as seen from outside: /run and /tmp are shared. */
  path(inside: string): string;
}

/** Lays out the folders of an empty host. */
export async function emptyHost(
  lab: Lab,
  executable: string,
  files: HostFiles,
): Promise<EmptyHost> {
  const root = `${lab.dir}/root`;
  for (const folder of ["bin", "dev", "etc", "proc", "sys", "tmp", "run"]) {
    await Deno.mkdir(`${root}/${folder}`, { recursive: true });
  }
  for (const library of await librariesOf(executable)) {
    await Deno.mkdir(`${root}${library.slice(0, library.lastIndexOf("/"))}`, { recursive: true });
    await Deno.copyFile(library, `${root}${library}`);
  }
  await Deno.writeTextFile(`${root}/etc/passwd`, "root:x:0:0::/nonexistent:/bin/sh\n");
  await Deno.writeTextFile(`${root}/etc/group`, "root:x:0:\n");
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${root}/etc/${name}`, text);
  }
  await Deno.symlink("holdfast", `${root}/bin/keepalived`);
  for (const file of ["bin/holdfast", "dev/null", "dev/urandom"]) {
    await Deno.writeTextFile(`${root}/${file}`, "");
  }
  const enter = await lab.file("enter.sh", enterScript(root, `${lab.dir}/shared`, executable), {
    mode: 0o755,
  });
  for (const folder of ["tmp", "run"]) {
    await Deno.mkdir(`${lab.dir}/shared/${folder}`, { recursive: true });
  }
  return {
    argv: (command, env = {}) => {
      const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      return ["unshare", "--mount", "--", enter, "env", "-i", ...variables, ...command];
    },
    path: (inside) => `${lab.dir}/shared${inside}`,
  };
}

/** Mounts what a host has, closes the root, and runs the words in it. */
function enterScript(root: string, shared: string, executable: string): string {
  return `#!/bin/sh
set -e
mount --bind ${root} ${root}
mount --bind ${executable} ${root}/bin/holdfast
mount -t proc proc ${root}/proc
mount -t sysfs sysfs ${root}/sys
for device in null urandom; do mount --bind /dev/$device ${root}/dev/$device; done
for folder in tmp run; do
  mount --bind ${shared}/$folder ${root}/$folder
  mount -o remount,bind,noexec,nosuid,nodev ${root}/$folder
done
mount -o remount,bind,ro ${root}
env=$1 clear=$2
shift 2
# What is set for the program is set by a program from outside, since inside there is none.
variables=
while [ "\${1#*=}" != "$1" ]; do variables="$variables $1"; shift; done
exec "$env" "$clear" $variables /usr/sbin/chroot ${root} "$@"
`;
}

/** Shared libraries an executable asks for, with the dynamic linker: absolute paths. */
async function librariesOf(executable: string): Promise<readonly string[]> {
  const { stdout } = await run(["ldd", executable]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);
}
