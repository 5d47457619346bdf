/** What a facility throws, told apart. */

/** There is no such file, process or program. */
export function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound;
}

/** A part of the path is no folder. */
export function isNotADirectory(error: unknown): boolean {
  return error instanceof Deno.errors.NotADirectory;
}

/** This account may not. */
export function isDenied(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied;
}

/** The disk, or what this account may have of it, is full (ENOSPC, EDQUOT). */
export function isDiskFull(error: unknown): error is Error {
  return isSystemError(error) && "code" in error &&
    (error.code === "ENOSPC" || error.code === "EDQUOT");
}

/** The system refused a call, for whatever reason; the message says which. */
export function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "code" in error;
}
