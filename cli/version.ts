/** What the program calls itself. */

import manifest from "../deno.json" with { type: "json" };
import { system } from "../src/daemon/platform/mod.ts";

/** Version of holdfast. */
export const VERSION: string = manifest.version;

/** Release whose options, files and wire behaviour are answered to; exporters parse this line. */
const KEEPALIVED = "2.4.3";

/** What `-v` prints. */
export function versionText(): string {
  const { os, release, architecture, engine } = system();
  return [
    `holdfast v${VERSION} (in place of Keepalived v${KEEPALIVED})`,
    `Running on ${os} ${release} ${architecture}, ${engine}`,
    "",
  ].join("\n");
}
