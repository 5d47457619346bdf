/** What the core could not do. */

import type { CallResult } from "../core/protocol.ts";

/** Status numbers of `core-rs/src/error.rs` that TypeScript acts on. */
export const STATUS = { malformed: 3, gone: 5, notListening: 8, lapsed: 14 } as const;

/** A failed call of the core. */
export class NativeError extends Error {
  override readonly name = "NativeError";
  /** The symbol, or the `call` of the protocol. */
  readonly call: string;
  /** Stable number of the kind of failure, see `core-rs/src/error.rs`. */
  readonly status: number;
  /** `errno` of the system call behind it; 0 if none applies. */
  readonly errno: number;

  constructor(
    message: string,
    { call, status, errno }: {
      readonly call: string;
      readonly status: number;
      readonly errno: number;
    },
  ) {
    super(message);
    this.call = call;
    this.status = status;
    this.errno = errno;
  }
}

/** `result` of `call` as an error, if it is a failure. */
export function failureOf(call: string, result: CallResult): NativeError | undefined {
  if (result.result !== "failed") return undefined;
  const { message, status, errno } = result;
  return new NativeError(message, { call, status, errno });
}
