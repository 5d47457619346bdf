/** Templates, proofs, expected adverts and probes as the core takes them: bytes and secrets become text here and nowhere else. */

import type { ProbeOp } from "../../check/probe.ts";
import type { ProbeOp as CoreProbeOp } from "../../core/protocol.ts";
import { decodeText } from "../../language/source/text.ts";
import { toHex } from "../../net/bytes.ts";
import type { Secret } from "../../net/secret.ts";
import type {
  Expected,
  Proof as CoreProof,
  Template as CoreTemplate,
  Verify as CoreVerify,
} from "../../native/mod.ts";
import type { ExpectedAdvert, Proof, Template, Verify } from "../../vrrp/wire.ts";

/** What is sent. */
export function templateCall({ payload, seal, ...rest }: Template): CoreTemplate {
  const template = { ...rest, hex: toHex(payload) };
  return seal === undefined ? template : { ...template, seal: { ...seal, key: keyText(seal.key) } };
}

/** How what is heard is verified. */
export function verifyCall({ proof, ...rest }: Verify): CoreVerify {
  return { ...rest, proof: proofCall(proof) };
}

/** What re-arms a watch. */
export function expectedCall({ bytes, ...rest }: ExpectedAdvert): Expected {
  return { ...rest, hex: toHex(bytes) };
}

function proofCall(proof: Proof): CoreProof {
  switch (proof.kind) {
    case "none":
      return proof;
    case "pass":
    case "ah":
      return { ...proof, key: keyText(proof.key) };
    case "trailer": {
      const keys = proof.keys.map(({ id, key }) => ({ id, key: keyText(key) }));
      return { ...proof, keys };
    }
  }
}

/** What is asked of an endpoint. Without a password it is what the core takes already, and there may be thousands. */
export function probeCall(order: ProbeOp): CoreProbeOp {
  const { exchange } = order.kind === "probe" ? order.probe : { exchange: undefined };
  const tls = exchange?.kind === "http" ? exchange.tls : undefined;
  if (order.kind !== "probe" || exchange?.kind !== "http" || tls?.password === undefined) {
    return order as CoreProbeOp;
  }
  const password = decodeText(tls.password.reveal());
  return {
    ...order,
    probe: { ...order.probe, exchange: { ...exchange, tls: { ...tls, password } } },
  };
}

function keyText(key: Secret): string {
  return toHex(key.reveal());
}
