/** What a probe does and finds. The same shapes as in the core's protocol, so they cross the boundary unchanged. */

import type { Ip } from "../net/ip.ts";
import type { Micros } from "../net/micros.ts";
import type { TlsConfig } from "./config.ts";
import type { BodyPattern } from "./pattern.ts";

/** What the core is asked to do. Policy (good answers, retries) stays here in TypeScript. */
export interface Probe {
  readonly address: Ip;
  readonly port: number;
  readonly source?: Ip;
  readonly sourcePort?: number;
  readonly ifname?: string;
  readonly fwmark?: number;
  /** Time for connecting, and then between any two pieces of what is sent and received. */
  readonly timeout: Micros;
  readonly exchange:
    | { readonly kind: "connect" }
    | {
      readonly kind: "http";
      readonly requests: readonly HttpRequest[];
      /** Most time from a connection to the end of the response over it. */
      readonly limit: Micros;
      readonly tls?: TlsConfig;
    }
    | {
      readonly kind: "smtp";
      /** The whole line. */
      readonly hello: string;
      /** Most time from the connection to the last reply. */
      readonly limit: Micros;
    }
    | {
      readonly kind: "dns"; /** The query message, its number left to the core. */
      readonly hex: string;
    }
    | {
      readonly kind: "datagram";
      readonly hex: string;
      readonly pattern?: { readonly hex: string; readonly mask: string };
    }
    | { readonly kind: "ping" };
}

/** One GET. */
export interface HttpRequest {
  readonly head: string;
  /** Sent in the TLS handshake. */
  readonly serverName?: string;
  /** TLS is ended by close_notify from both sides. */
  readonly closeNotify?: boolean;
  /** Looked for in the first 1 MiB of the body, where a match may start at the offsets `from` to `to`. */
  readonly pattern?: BodyPattern & { readonly from: number; readonly to?: number };
}

/** Where a probe failed. */
export type ProbeFailure =
  | "local"
  | "connect"
  | "connect-timeout"
  | "read"
  | "read-timeout"
  | "response-timeout"
  | "malformed"
  | "head-too-long"
  | "tls"
  | "certificate"
  | "truncated"
  | "unusable";

/** Summary of one HTTP response. */
export interface HttpResponse {
  readonly status: number;
  /** MD5 of the body, 32 lower-case hexadecimal digits. */
  readonly digest: string;
  /** Length of the body as far as it was read, bytes. */
  readonly length: number;
  readonly end: BodyEnd;
  /** Whether the pattern was found; absent when none was looked for. */
  readonly matched?: boolean;
}

/** How a body ended: as announced, before that, where its chunks cannot be told apart, or at 64 MiB. */
export type BodyEnd = "complete" | "cut" | "malformed" | "too-long";

/** What a probe found. */
export type Outcome =
  | { readonly kind: "connected" }
  | { readonly kind: "responses"; readonly responses: readonly HttpResponse[] }
  /** Replies of an SMTP server, up to the first that was not 2xx; after quit it may hang up without one. */
  | { readonly kind: "replies"; readonly codes: readonly number[] }
  /** Response code of a DNS answer. */
  | { readonly kind: "answer"; readonly code: number }
  /** A datagram came back, and agrees with the pattern if there is one. */
  | { readonly kind: "datagram"; readonly length: number; readonly matches: boolean }
  /** Neither a datagram nor an error came in time. */
  | { readonly kind: "silent" }
  | { readonly kind: "echoed" }
  | {
    readonly kind: "failed";
    /** Index of the request that failed; 0 for a connect. */
    readonly request: number;
    readonly failure: ProbeFailure;
    /** 0 if none applies. */
    readonly errno: number;
  };
