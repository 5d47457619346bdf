/** What the one executable knows of itself; `cli/packed/` finds it out. */

/** Texts inside the executable: the parts of the program, what runs in threads, and what is only shown. */
export type TextName = "line" | "test" | "daemon" | "tools" | "reading" | "reload" | "licenses";

/** The executable this process runs. */
export interface Installation {
  /**
   * Descriptor of a file in memory for the core's library, empty until somebody needs it, or minus errno of why there is
   * none.
   */
  readonly core: number;
  /** Where the library is in the executable's file: the first byte, and how many. */
  readonly coreInFile: readonly [at: number, length: number];
  /** What is made once in a process, by name: each script has a copy of the modules it shares with others. */
  readonly made: Map<string, unknown>;
  /** The path it was called by: absolute, or from the folder it was called in. */
  readonly called: string;
  /** Soft limit of open files it was started with, as `ulimit -Sn` prints it; the runtime raises it. */
  readonly openFiles: string;
  /** The library in the memory of the process. */
  coreInMemory(): Uint8Array;
  /** One of its texts. */
  text(name: TextName): string;
  /** A module that runs one of its texts in a thread. */
  thread(name: TextName): URL;
}
