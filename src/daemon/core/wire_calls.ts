/** Templates, proofs and expected adverts as the core takes them: bytes and secrets become hexadecimal here and nowhere else. */

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

function keyText(key: Secret): string {
  return toHex(key.reveal());
}
