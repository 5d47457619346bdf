/** Loading a shared library and being called by it. */

/** What the library has, by name. */
export type Symbols = Deno.ForeignLibraryInterface;

/** A loaded library. */
export type LoadedLibrary<S extends Symbols> = Deno.DynamicLibrary<S>;

/** An address the library gave out. */
export type Pointer = Deno.PointerValue;

/** Loads a library; throws the reason of dlopen(3). */
export function dlopen<const S extends Symbols>(path: string, symbols: S): LoadedLibrary<S> {
  return Deno.dlopen(path, symbols);
}

/** A C function without arguments; any thread may call it, and waits until it has been run. */
export interface Doorbell {
  readonly pointer: Pointer;
  close(): void;
}

/** Makes a function that a library can call. While it is open it keeps the process alive. */
export function doorbell(ring: () => void): Doorbell {
  return Deno.UnsafeCallback.threadSafe({ parameters: [], result: "void" }, ring);
}
