/** What a probe does and finds: the core's own types, with secrets as values. Policy (good answers, retries) is here in TypeScript. */

import type {
  Probe as CoreProbe,
  ProbeOp as CoreProbeOp,
  Tls as CoreTls,
} from "../core/protocol.ts";
import type { Secret } from "../net/secret.ts";

export type {
  BodyEnd,
  Failure as ProbeFailure,
  HttpRequest,
  HttpResponse,
  Outcome,
} from "../core/protocol.ts";

/** How TLS is spoken: paths of PEM files. */
export type Tls = Omit<CoreTls, "password"> & {
  /** What the key is encrypted with (PKCS #8). */
  readonly password?: Secret;
};

type Exchange<E = CoreProbe["exchange"]> = E extends { readonly kind: "http" }
  ? Omit<E, "tls"> & { readonly tls?: Tls }
  : E;

/** What is asked of an endpoint. */
export type Probe = Omit<CoreProbe, "exchange"> & { readonly exchange: Exchange };

/** A standing order to probe, or its end. */
export type ProbeOp<O = CoreProbeOp> = O extends { readonly kind: "probe" }
  ? Omit<O, "probe"> & { readonly probe: Probe }
  : O;
