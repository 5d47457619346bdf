/** `auth_hmac`: the keys adverts are signed with (keepalived 2.4; wire.md §1.5). */

import { lastUse, lastValue, tell, type Use, valueIn } from "../../language/mod.ts";
import { fromHex } from "../../net/bytes.ts";
import { SECOND } from "../../net/micros.ts";
import { Secret } from "../../net/secret.ts";
import type { HmacAuthentication, VrrpInstanceConfig } from "../config.ts";
import type { Subject } from "./subject.ts";
import { AUTH_HMAC, type HmacKey } from "./keywords.ts";

/** Bytes of a key. */
const [SHORTEST, LONGEST] = [32, 64] as const;

/** Shortest default of `time_window`, s. */
const WINDOW = 5;

/** What signs and proves adverts. keepalived: without a key that can be used nothing does, which is an error here. */
export function hmacOf(
  subject: Subject,
  { advertInt }: Pick<VrrpInstanceConfig, "advertInt">,
): HmacAuthentication | undefined {
  const { bound, name } = subject;
  const block = lastUse(bound.auth_hmac);
  if (block === undefined) return undefined;
  const { body } = block.value;
  const active = lastUse(body.active_key);
  const keys = keysOf(subject, body.key ?? []);
  if (active === undefined || !keys.some(({ id }) => id === active.value)) {
    const why = active === undefined ? "it has no active_key" : `it has no key ${active.value}`;
    tell(active ?? block, "incomplete", `Cannot sign the adverts of ${name}: ${why}`, {
      severity: "error",
      hint: "its adverts are neither signed nor proved",
    });
    return undefined;
  }
  const other = lastUse(bound.authentication);
  if (other !== undefined) {
    tell(other, "conflict", `Cannot use authentication in ${name}: it has auth_hmac`, {
      keyword: true,
    });
  }
  const monotonic = lastValue(body.anti_replay) === "monotonic";
  const written = lastValue(body.time_window);
  const window = Math.ceil((written ?? Math.max(WINDOW * SECOND, 3 * advertInt)) / SECOND);
  return {
    kind: "hmac",
    keys,
    activeKey: active.value,
    ...(!monotonic && { window }),
    mode: valueIn(AUTH_HMAC, body, "mode"),
  };
}

type Keys = HmacAuthentication["keys"];

/** Of two keys with one id the first counts. Each line holds those before it as well. */
function keysOf(subject: Subject, uses: readonly Use<readonly HmacKey[]>[]): Keys {
  const keys = new Map<number, Secret>();
  for (const use of uses) {
    for (const { id, value } of use.value.slice(-1)) {
      const bytes = bytesOf(subject, value);
      const why = typeof bytes === "string"
        ? bytes
        : bytes.length < SHORTEST || bytes.length > LONGEST
        ? `it has ${bytes.length} bytes, must have ${SHORTEST} to ${LONGEST}`
        : keys.has(id)
        ? "there is one with that id already"
        : undefined;
      if (why === undefined && typeof bytes !== "string") keys.set(id, new Secret(bytes));
      else {
        tell(use, "out-of-range", `Cannot use a key of auth_hmac in ${subject.name}: ${why}`, {
          severity: "error",
          keyword: true,
        });
      }
    }
  }
  return [...keys].map(([id, key]) => ({ id, key }));
}

/** The bytes of a key as written, or why there are none. Never says what it is. */
function bytesOf({ context }: Subject, value: string): Uint8Array | string {
  if (value.startsWith("hex:")) return hexadecimal(value.slice("hex:".length));
  if (!value.startsWith("file:")) return new TextEncoder().encode(value);
  const found = context.secretFile(value.slice("file:".length));
  if (typeof found === "string") return found;
  const text = new TextDecoder().decode(found).trim();
  return text.startsWith("hex:") ? hexadecimal(text.slice("hex:".length)) : withoutEnd(found);
}

function hexadecimal(digits: string): Uint8Array | string {
  return /^([0-9a-fA-F]{2})+$/.test(digits) ? fromHex(digits) : "it is not hexadecimal";
}

/** The end of a line that an editor puts behind a key is no part of it. */
function withoutEnd(bytes: Uint8Array): Uint8Array {
  const end = bytes.findLastIndex((byte) => byte !== 0x0a && byte !== 0x0d);
  return bytes.subarray(0, end + 1);
}
