/** A `virtual_server` as lint sees it: what is written, whether or not it can run. */

import type { Phrase } from "../../../language/mod.ts";
import type { VirtualServerHeader } from "../../../lvs/rows/keywords.ts";
import type { BoundServer } from "../../../lvs/read/read.ts";
import type { BoundRoot } from "../../table/root_table.ts";

/** One virtual server. */
export interface ServerView {
  /** As in messages: `10.0.0.1 80`, `fwmark 7`, `group web`. */
  readonly label: string;
  /** The block. */
  readonly use: Phrase;
  readonly header: VirtualServerHeader;
  readonly bound: BoundServer;
}

/** All virtual servers of a file, in its order. */
export function serversOf(root: BoundRoot): readonly ServerView[] {
  return (root.virtual_server ?? []).map((use) => {
    const { header, body: bound } = use.value;
    return { label: labelOf(header), use, header, bound };
  });
}

function labelOf(header: VirtualServerHeader): string {
  switch (header.kind) {
    case "address":
      return header.port === undefined ? header.address : `${header.address} ${header.port}`;
    case "fwmark":
      return `fwmark ${header.mark}`;
    case "group":
      return `group ${header.group}`;
  }
}
