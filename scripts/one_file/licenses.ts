/** The text of `--licenses`: what is inside and under which terms. */

import type { Component } from "./components.ts";

/** Line between two texts. */
const RULE = "-".repeat(80);

/** Our own license, a list, and each text once with the names it is for. */
export function licensesText(own: string, components: readonly Component[]): string {
  const inside = components.filter(({ isInside }) => isInside);
  const list = inside.map(({ name, version, license }) =>
    `  ${name} ${version}: ${license ?? "see below"}`
  );
  const byText = new Map<string, string[]>();
  for (const { name, version, texts } of inside) {
    for (const text of texts) {
      const names = byText.get(text) ?? [];
      byText.set(text, names);
      names.push(`${name} ${version}`);
    }
  }
  const texts = Array.from(byText, ([text, names]) => `${RULE}\n${names.join(", ")}\n\n${text}`);
  return [
    "holdfast is under the Apache License, version 2.0; it contains works of others:",
    ...list,
    "",
    ...texts,
    `${RULE}\nholdfast\n\n${own.trimEnd()}`,
    "",
  ].join("\n");
}
