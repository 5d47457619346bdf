/**
 * Bytes of a configuration as text. Valid UTF-8 is decoded; a byte that is not becomes the lone surrogate
 * U+DC80 to U+DCFF, so that a password in another encoding still reaches the wire as it was written.
 */

/** Most bytes of a file that is read: more do not fit into one string of V8, and no configuration is as long. */
export const MAX_FILE_BYTES = 256 * 2 ** 20;

/** Decodes any bytes. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return decodeEscaping(bytes);
  }
}

/** Gives back the bytes that {@linkcode decodeText} read. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  if (!/[\udc80-\udcff]/.test(text)) return encoder.encode(text);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else bytes.push(...encoder.encode(character));
  }
  return Uint8Array.from(bytes);
}

/** Number of bytes {@linkcode encodeText} gives for a text without escaped bytes. */
export function byteLength(text: string): number {
  if (!OUTSIDE_ASCII.test(text)) return text.length;
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff)) length += 2;
    else if (unit >= 0x80 && (unit < 0xdc80 || unit > 0xdcff)) length += 1;
    else if (unit >= 0xdc80 && isHighSurrogate(text.charCodeAt(index - 1))) length += 1;
  }
  return length;
}

const OUTSIDE_ASCII = /[^\0-\x7f]/;

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function decodeEscaping(bytes: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const parts: string[] = [];
  let from = 0; // of the well-formed text not decoded yet
  const take = (to: number) => {
    if (to > from) parts.push(decoder.decode(bytes.subarray(from, to)));
  };
  for (let at = 0; at < bytes.length;) {
    const length = lengthAt(bytes, at);
    if (length === 0) {
      take(at);
      parts.push(String.fromCharCode(0xdc00 + (bytes[at] ?? 0)));
      from = at + 1;
    }
    at += Math.max(1, length);
  }
  take(bytes.length);
  return parts.join("");
}

/** Bytes of the character at `at`; 0 when it is not well-formed (RFC 3629 §4). */
function lengthAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  for (let index = 1; index < length; index++) {
    const byte = bytes[at + index] ?? 0;
    if (byte < (index === 1 ? least : 0x80) || byte > (index === 1 ? most : 0xbf)) return 0;
  }
  return length;
}
