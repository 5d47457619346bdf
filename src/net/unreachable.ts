/** The end of every exhaustive `switch`. */

/** Makes a forgotten union member a compile error; throws if one comes by at run time all the same. */
export function unreachable(value: never): never {
  throw new TypeError(`Cannot handle ${JSON.stringify(value)}: not a member of the union`);
}
