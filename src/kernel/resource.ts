/** One kind of thing in the kernel, as far as the driver has to know it. */

/** Kinds of one phase come and go together; a phase comes after those of smaller numbers, and goes before them. */
export type Phase = number;

/** How a thing makes way for another of its key: that comes beside it, behind it, or takes its place as it is added. */
export type Change = "add-first" | "delete-first" | "replace";

/** What the driver knows of a kind: how its things are told apart, and when they come and go. */
export interface Resource<V> {
  /** What identifies a thing, beginning with its {@linkcode Resource.spot} and a blank. Equal for what the kernel takes for the same. */
  readonly key: (value: V) => string;
  /**
   * The place that several may share, such as the destination of routes: what happens there may concern all of them. Without a blank.
   */
  readonly spot: (value: V) => string;
  /** Whether adding `want` where `held` was added would change nothing. */
  readonly same: (want: V, held: V) => boolean;
  /** How one of the same key is changed. */
  readonly change: (want: V) => Change;
  readonly phase: Phase;
}
