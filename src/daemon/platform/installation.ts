/** What the one executable knows of itself; `cli/packed/boot.ts` finds it out. */

/** Texts inside the executable: the parts of the program, what runs in threads, and what is only shown. */
export type TextName = "line" | "test" | "daemon" | "tools" | "reading" | "reload" | "licenses";

/** The executable this process runs. */
export interface Installation {
  /** Descriptor of a file in memory with the core's library, or minus errno of why there is none. */
  readonly core: number;
  /** The path it was called by: absolute, or from the folder it was called in. */
  readonly called: string;
  /** Soft limit of open files it was started with, as `ulimit -Sn` prints it; the runtime raises it. */
  readonly openFiles: string;
  /** One of its texts. */
  text(name: TextName): string;
  /** A module that runs one of its texts in a thread. */
  thread(name: TextName): URL;
}
