/** A configuration that is tried, and what is known of it. */

/** One configuration. */
export interface Variant {
  /** What it is about, for those who read differences. */
  readonly block: string;
  readonly keyword: string;
  /** What is written behind the keyword. */
  readonly probe: string;
  /** Text by name; `main.conf` is read first. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a program makes of a configuration: its exit code under `-t`, and what it prints. */
export interface Verdict {
  /** Above 128: ended by a signal. */
  readonly code: number;
  readonly output: string;
}
