/** Which words name something that stands elsewhere, and what: for completion, hover and going to it. */

import type { Word } from "../../language/source/words.ts";
import type { BlockKind, Statement } from "../text/outline.ts";

/** What a word names: an interface of the host, or a block of one of some keywords. */
export type Named =
  | { readonly kind: "interface" }
  | { readonly kind: "block"; readonly keywords: readonly string[] };

/** A word of a line, which need not be written yet. */
export interface WordPlace {
  readonly inside: BlockKind;
  /** The words before it. */
  readonly before: readonly Word[];
}

/** What the word at `index` of a statement names. */
export function namedBy(statement: Statement, index: number): Named | undefined {
  const { inside, words } = statement;
  return namedAt({ inside, before: words.slice(0, index) });
}

/** What a word in this place names. */
export function namedAt({ inside, before }: WordPlace): Named | undefined {
  const keyword = inside.path.at(-1) ?? "";
  const [first, second] = before.map(({ text }) => text);
  const previous = before.at(-1)?.text ?? "";
  if (inside.list !== undefined) {
    if (EVERY_WORD[keyword] !== undefined) return EVERY_WORD[keyword];
    return before.length === 0 ? FIRST_WORD[keyword] : OPTION[previous];
  }
  if (first === undefined) return undefined;
  const inBlock = `${keyword}/${first}`;
  if (before.length === 1) return IN_BLOCK[inBlock] ?? VALUE[first];
  if (first === "virtual_server" && before.length === 2 && second === "group") {
    return block("virtual_server_group");
  }
  if (first === "lvs_sync_daemon" && (before.length === 2 || previous === "inst")) {
    return block("vrrp_instance");
  }
  return undefined;
}

/** Words that define what others name: the name of a block at the top level. */
export function isDefinition({ inside, row, name }: Statement, index: number): boolean {
  return inside.path.length === 0 && index === 1 && row?.kind !== "value" &&
    DEFINING.includes(name);
}

const INTERFACE: Named = { kind: "interface" };

function block(...keywords: readonly string[]): Named {
  return { kind: "block", keywords };
}

const TRACK_FILES = block("track_file", "vrrp_track_file");

/** Lists of names, by their keyword. */
const EVERY_WORD: Readonly<Record<string, Named>> = {
  group: block("vrrp_instance"),
  interfaces: INTERFACE,
};

/** Lists whose entries begin with a name. */
const FIRST_WORD: Readonly<Record<string, Named>> = {
  track_interface: INTERFACE,
  track_script: block("vrrp_script"),
  track_file: TRACK_FILES,
  track_process: block("vrrp_track_process"),
  track_bfd: block("bfd_instance"),
  linkbeat_interfaces: INTERFACE,
  interface_up_down_delays: INTERFACE,
};

/** Options of entries that are followed by a name. */
const OPTION: Readonly<Record<string, Named>> = {
  dev: INTERFACE,
  oif: INTERFACE,
  iif: INTERFACE,
  track_group: block("track_group"),
};

/** Keywords that are followed by a name, in one block only. */
const IN_BLOCK: Readonly<Record<string, Named>> = {
  "FILE_CHECK/track_file": TRACK_FILES,
  "BFD_CHECK/name": block("bfd_instance"),
  "virtual_server/laddr_group_name": block("local_address_group"),
};

/** Keywords that are followed by a name, wherever they stand. */
const VALUE: Readonly<Record<string, Named>> = {
  interface: INTERFACE,
  bind_if: INTERFACE,
  default_interface: INTERFACE,
  lvs_sync_daemon: INTERFACE,
  lvs_sync_daemon_interface: INTERFACE,
};

const DEFINING = [
  "vrrp_instance",
  "vrrp_sync_group",
  "vrrp_script",
  "vrrp_track_process",
  "track_file",
  "vrrp_track_file",
  "track_group",
  "bfd_instance",
  "virtual_server_group",
  "local_address_group",
];
