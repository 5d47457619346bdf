/** This process. */

/** Its number. */
export function pid(): number {
  return Deno.pid;
}

/** Whom it runs as. */
export function uid(): number {
  return Deno.uid() ?? 0;
}

export function gid(): number {
  return Deno.gid() ?? 0;
}

/** Current folder. */
export function cwd(): string {
  return Deno.cwd();
}

/** Makes another folder the current one. */
export function chdir(folder: string): void {
  Deno.chdir(folder);
}

/** Sets the permission bits that no file it creates gets (umask(2)); gives those before. */
export function umask(mask: number): number {
  return Deno.umask(mask);
}
