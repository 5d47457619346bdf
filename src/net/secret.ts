/** Secrets as values: what may go over the wire and must not go anywhere else. */

import { equalBytes } from "./bytes.ts";

/** What stands for a secret wherever a value is printed. */
const SHOWN = "…";

/**
 * A password or key. Printing, joining, inspecting and JSON give `…`, so a dump, state file or answer cannot leak one by carrying a
 * configuration; only {@linkcode reveal} gives the bytes.
 */
export class Secret {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = Uint8Array.from(bytes);
  }

  /** The bytes, for a codec. */
  reveal(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** Whether both hold the same bytes, in a time that does not depend on where they differ. */
  equals(other: Secret | Uint8Array): boolean {
    return equalBytes(this.#bytes, other instanceof Secret ? other.#bytes : other);
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  /** What `Deno.inspect` and `console` print. */
  [Symbol.for("Deno.customInspect")](): string {
    return SHOWN;
  }
}
