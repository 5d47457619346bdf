/** What an outcome means to a checker, and what a failed probe is called. */

import type { Outcome, ProbeFailure } from "../probe.ts";
import { unreachable } from "../../net/unreachable.ts";

/** The judgement of one attempt. */
export type Verdict =
  | {
    readonly good: true;
    /** The server's weight from now on, 0 to 253; absent: the configured one. */
    readonly weight?: number;
    /** What is added to the server's weight from now on; absent: nothing. */
    readonly added?: number;
    /** What is odd about it all the same, for the log: lower case, after a colon. */
    readonly remark?: string;
  }
  | {
    readonly good: false;
    /** Why, for the log: lower case, after a colon. */
    readonly why: string;
  };

/** Good, and nothing more to say. */
export const GOOD: Verdict = { good: true };

/** A failed probe in words. */
export function failureText(outcome: Extract<Outcome, { readonly kind: "failed" }>): string {
  const { errno } = outcome;
  const text = stageText(outcome.failure);
  if (outcome.failure === "tls") return errno === 0 ? text : `${text}: alert ${errno}`;
  return errno === 0 ? text : `${text}: ${errnoText(errno)}`;
}

/** The same of a probe that asks by one datagram. */
export function datagramFailureText(
  outcome: Extract<Outcome, { readonly kind: "failed" }>,
): string {
  const { errno, failure } = outcome;
  if (failure === "read") return `cannot be reached${errno === 0 ? "" : `: ${errnoText(errno)}`}`;
  return failure === "read-timeout" ? "no answer in time" : failureText(outcome);
}

function errnoText(errno: number): string {
  return ERRNO_TEXT[errno] ?? `errno ${errno}`;
}

function stageText(failure: ProbeFailure): string {
  switch (failure) {
    case "local":
      return "cannot open or bind the socket";
    case "connect":
      return "cannot connect";
    case "connect-timeout":
      return "no connection in time";
    case "read":
      return "connection ended before the response";
    case "read-timeout":
      return "no response in time";
    case "response-timeout":
      return "response not over in time";
    case "malformed":
      return "response is not HTTP";
    case "head-too-long":
      return "head of the response is longer than 16384 bytes";
    case "tls":
      return "TLS handshake failed";
    case "certificate":
      return "certificate is not trusted, or of another name";
    case "truncated":
      return "TLS ended without close_notify";
    case "unusable":
      return "cannot read the files of the SSL block, or use the pattern";
    default:
      return unreachable(failure);
  }
}

/** Linux errno values a connection ends with (`asm-generic/errno.h`). */
const ERRNO_TEXT: Readonly<Record<number, string>> = {
  1: "operation not permitted",
  13: "permission denied",
  19: "no such device",
  98: "address in use",
  99: "address not available",
  100: "network is down",
  101: "network unreachable",
  103: "connection aborted",
  104: "connection reset",
  110: "timed out",
  111: "connection refused",
  112: "host is down",
  113: "no route to host",
};
