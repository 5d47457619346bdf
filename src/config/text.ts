/**
 * Bytes of a configuration as text. Valid UTF-8 is decoded; a byte that is not becomes the lone surrogate
 * U+DC80 to U+DCFF, so that a password in another encoding still reaches the wire as it was written.
 */

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
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff)) length += 2;
    else if (unit >= 0x80 && (unit < 0xdc80 || unit > 0xdcff)) length += 1;
    else if (unit >= 0xdc80 && isHighSurrogate(text.charCodeAt(index - 1))) length += 1;
  }
  return length;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function decodeEscaping(bytes: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const parts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    const part = length === 0 ? undefined : tryDecode(decoder, bytes.subarray(at, at + length));
    parts.push(part ?? String.fromCharCode(0xdc00 + first));
    at += part === undefined ? 1 : length;
  }
  return parts.join("");
}

function tryDecode(decoder: TextDecoder, bytes: Uint8Array): string | undefined {
  const [first = 0] = bytes;
  if (first < 0x80) return String.fromCharCode(first);
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
