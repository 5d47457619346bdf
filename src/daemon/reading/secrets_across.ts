/**
 * Secrets of a value that is copied to another thread. A structured clone has no private fields, so a {@linkcode Secret} arrives as
 * an empty object; its bytes go beside, with their places.
 */

import { Secret } from "../../net/secret.ts";

/** Where a secret is in a value, and its bytes. */
export interface PlacedSecret {
  /** Keys from the outside to the inside. */
  readonly path: readonly (string | number)[];
  readonly bytes: Uint8Array;
}

/** All secrets in objects and arrays of a value. */
export function secretsOf(value: unknown): readonly PlacedSecret[] {
  const found: PlacedSecret[] = [];
  const path: (string | number)[] = [];
  const visit = (at: unknown) => {
    if (typeof at !== "object" || at === null) return;
    if (at instanceof Secret) return void found.push({ path: [...path], bytes: at.reveal() });
    for (const [key, inner] of Object.entries(at)) {
      path.push(key);
      visit(inner);
      path.pop();
    }
  };
  visit(value);
  return found;
}

/** Puts them into a copy, which nobody else has seen yet. */
export function putSecrets(copy: object, secrets: readonly PlacedSecret[]): void {
  for (const { path, bytes } of secrets) {
    const last = path.at(-1);
    const holder = path.slice(0, -1).reduce<unknown>(
      (at, key) => typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined,
      copy,
    );
    if (typeof holder !== "object" || holder === null || last === undefined) continue;
    Reflect.set(holder, last, new Secret(bytes));
  }
}
