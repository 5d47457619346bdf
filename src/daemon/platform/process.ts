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

/** Sets the permission bits that no file it creates gets (umask(2)). */
export function umask(mask: number): void {
  Deno.umask(mask);
}
