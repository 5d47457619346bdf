/** What a probe does and finds. The same shapes as in the core's protocol, so they cross the boundary unchanged. */

import type { Ip } from "../net/ip.ts";
import type { Micros } from "../net/micros.ts";

/** What the core is asked to do. Policy (good answers, retries) stays here in TypeScript. */
export interface Probe {
  readonly address: Ip;
  readonly port: number;
  readonly source?: Ip;
  readonly sourcePort?: number;
  readonly ifname?: string;
  readonly fwmark?: number;
  /** Time for connecting, and again for each reply. */
  readonly timeout: Micros;
  readonly exchange:
    | { readonly kind: "connect" }
    | { readonly kind: "http"; readonly requests: readonly { readonly head: string }[] };
}

/** Where a probe failed. */
export type ProbeFailure =
  | "local"
  | "connect"
  | "connect-timeout"
  | "read"
  | "read-timeout"
  | "malformed";

/** Summary of one HTTP response. */
export interface HttpResponse {
  readonly status: number;
  /** MD5 of the body, 32 lower-case hexadecimal digits. */
  readonly digest: string;
  /** Length of the body, bytes. */
  readonly length: number;
}

/** What a probe found. */
export type Outcome =
  | { readonly kind: "connected" }
  | { readonly kind: "responses"; readonly responses: readonly HttpResponse[] }
  | {
    readonly kind: "failed";
    /** Index of the request that failed; 0 for a connect. */
    readonly request: number;
    readonly failure: ProbeFailure;
    /** 0 if none applies. */
    readonly errno: number;
  };
