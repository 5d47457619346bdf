/** PASS, the simple text password of RFC 2338 §5.3.6. RFC 3768 withdrew it; it stays in use. */

import { encodeText } from "../../language/source/text.ts";
import { Secret } from "../../net/mod.ts";

/** Bytes of authentication data at the end of every IPv4 VRRPv2 advert, zero without a password. */
export const AUTH_LENGTH = 8;

/** Values of the Auth Type field. */
export const AUTH_NONE = 0;
export const AUTH_PASS = 1;
export const AUTH_AH = 2;

/** The password as it goes over the wire: the bytes of the file, cut or padded with zeros to 8 bytes. */
export function passKey(password: string): Secret {
  const key = new Uint8Array(AUTH_LENGTH);
  key.set(encodeText(password).subarray(0, AUTH_LENGTH));
  return new Secret(key);
}
