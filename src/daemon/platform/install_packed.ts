/** How this program is installed, when it is the one executable. */

import type { CorePlace, StartLine } from "./install.ts";
import type { Installation, TextName } from "./installation.ts";

/** Handed to each script of the executable by who loads it. */
declare const holdfast: Installation;

export type { CorePlace, StartLine };

/** A file in memory, which the entry stub made. */
export function corePlace(): CorePlace {
  const { core } = holdfast;
  return core >= 0
    ? { kind: "file", path: `/proc/self/fd/${core}` }
    : { kind: "absent", reason: `memfd_create: errno ${-core}; HOLDFAST_CORE can name a file` };
}

/** The path it was called by, so that a link named keepalived stays what people and programs see. */
export function ownStartLine(): StartLine {
  return { program: holdfast.called, args: [] };
}

export function startVariables(): Readonly<Record<string, string>> {
  return { HOLDFAST_OPEN_FILES: holdfast.openFiles };
}

export function threadModule(name: TextName, _module: () => URL): URL {
  return holdfast.thread(name);
}

export function embeddedText(name: TextName): string | undefined {
  return holdfast.text(name);
}
