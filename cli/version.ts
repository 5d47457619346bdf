/** What the program calls itself. */

import manifest from "../deno.json" with { type: "json" };

/** Version of holdfast. */
export const VERSION: string = manifest.version;

/** Release whose options, files and wire behaviour are answered to; exporters parse this line. */
const KEEPALIVED = "2.4.3";

/** What `-v` prints. */
export function versionText(): string {
  const { os, arch } = Deno.build;
  return [
    `holdfast v${VERSION} (in place of Keepalived v${KEEPALIVED})`,
    `Running on ${os} ${Deno.osRelease()} ${arch}, Deno ${Deno.version.deno}`,
    "",
  ].join("\n");
}
