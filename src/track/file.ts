/** A tracked file: what the number in it is. */

/** Numbers that count, as an `int` of C. */
const [LEAST, MOST] = [-2_147_483_648n, 2_147_483_647n] as const;

/**
 * The number at the beginning of a content, as strtol(3) reads it with base 0: blanks, a sign, `0x` or `0` before hexadecimal and
 * octal digits; 0 without digits, and of a file that is not there. Absent for one out of range: what was read before counts on
 * (keepalived).
 */
export function numberIn(content: string | undefined): number | undefined {
  const found = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)/.exec(content ?? "");
  if (found === null) return 0;
  const [, sign, digits = "0"] = found;
  const octal = /^0[0-7]+$/.test(digits);
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits) * (sign === "-" ? -1n : 1n);
  return value < LEAST || value > MOST ? undefined : Number(value);
}
