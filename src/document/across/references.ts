/**
 * Names in one block of what another declares: whether it is there, for whom, and above. keepalived reads a
 * file once, so what is declared below the block that names it does not exist for it.
 */

import {
  type About,
  allValues,
  type Bound,
  lastUse,
  type Node,
  type Phrase,
  tell,
  type Use,
  type Word,
} from "../../language/mod.ts";
import type { Line } from "../../language/findings/place.ts";
import { complain } from "../../language/mod.ts";
import type { Written } from "../../route/written.ts";
import type { ROOT } from "../table/root_table.ts";

type Root = Bound<typeof ROOT>;

/** Kinds of things that are tracked by name, and the blocks that declare them. */
const DECLARED = {
  track_script: ["vrrp_script"],
  track_file: ["track_file", "vrrp_track_file"],
  track_process: ["vrrp_track_process"],
  track_bfd: ["bfd_instance"],
  track_group: ["track_group"],
} as const;

type Kind = keyof typeof DECLARED;

/** Declarations of a kind: where each name is declared first, in order of the blocks. */
type Declarations = Readonly<Record<Kind, ReadonlyMap<string, number>>>;

/** A name that is used in a block. */
interface Reference {
  readonly kind: Kind;
  readonly name: string;
  /** The line of the block at the top level. */
  readonly block: Line;
  readonly tell: (message: string, about?: About) => void;
}

/** Reports names that are declared nowhere, or below. */
export function checkReferences(root: Root, tree: readonly Node[]): void {
  const references = [
    ...trackReferences(root),
    ...groupReferences(root),
    ...checkerReferences(root),
  ];
  if (references.length === 0) return;
  const order = new Map(tree.map(({ line }, index) => [line, index]));
  const declarations = declarationsOf(root, order);
  for (const { kind, name, block, tell } of references) {
    const declared = declarations[kind].get(name);
    const [what] = DECLARED[kind];
    if (declared === undefined) {
      // Of scripts the VRRP part tells.
      if (kind !== "track_script") {
        const about: About = { kind: "refers", blocks: DECLARED[kind], name };
        tell(`Cannot find ${what} ${name}: it is not declared`, about);
      }
    } else if (declared > (order.get(block) ?? 0)) {
      tell(`Cannot use ${what} ${name} before its declaration in keepalived: move that above`);
    }
  }
}

function declarationsOf(root: Root, order: ReadonlyMap<Line, number>): Declarations {
  const of = (kind: Kind) => {
    const names = new Map<string, number>();
    for (const block of DECLARED[kind]) {
      for (const use of root[block] ?? []) {
        const at = order.get(use.line) ?? 0;
        const forVrrp = kind !== "track_bfd" || !isForCheckers(use.value);
        if (forVrrp) names.set(use.value.header, Math.min(at, names.get(use.value.header) ?? at));
      }
    }
    return names;
  };
  return {
    track_script: of("track_script"),
    track_file: of("track_file"),
    track_process: of("track_process"),
    track_bfd: of("track_bfd"),
    track_group: of("track_group"),
  };
}

/** A BFD session whose events only checkers get. */
function isForCheckers(value: object): boolean {
  const { body } = value as {
    readonly body: { readonly checker?: unknown; readonly vrrp?: unknown };
  };
  return body.checker !== undefined && body.vrrp === undefined;
}

function trackReferences(root: Root): readonly Reference[] {
  return [...root.vrrp_instance ?? [], ...root.vrrp_sync_group ?? []].flatMap(({ value, line }) =>
    (["track_script", "track_file", "track_process", "track_bfd"] as const).flatMap((kind) =>
      allValues(value.body[kind]).flatMap(({ entries }) =>
        entries.map((entry): Reference => ({
          kind,
          name: entry.value.name,
          block: line,
          tell: (message, about) =>
            tell(entry, "unknown-name", message, { keyword: true, ...(about && { about }) }),
        }))
      )
    )
  );
}

function groupReferences(root: Root): readonly Reference[] {
  const routes = [...root.static_routes ?? [], ...root.static_rules ?? []].flatMap((list) =>
    list.value.entries.flatMap((entry) => groupOfRoute(entry, list.line))
  );
  const addresses = (root.static_ipaddress ?? []).flatMap((list) =>
    list.value.entries.flatMap((entry): readonly Reference[] => {
      const at = entry.words.findIndex(({ text }) => text === "track_group");
      const word = at === -1 ? undefined : entry.words[at + 1];
      return word === undefined ? [] : [groupReference(entry, word, list.line)];
    })
  );
  return [...routes, ...addresses];
}

function groupOfRoute(entry: Use<Written<unknown>>, block: Line): readonly Reference[] {
  const { trackGroup } = entry.value;
  return trackGroup === undefined ? [] : [groupReference(entry, trackGroup, block)];
}

function groupReference(
  entry: Phrase,
  word: Word,
  block: Line,
): Reference {
  return {
    kind: "track_group",
    name: word.text,
    block,
    tell: (message, about) =>
      complain(entry, word, {
        severity: "warning",
        code: "unknown-name",
        message,
        status: "general",
        about,
      }),
  };
}

function checkerReferences(root: Root): readonly Reference[] {
  return (root.virtual_server ?? []).flatMap(({ value: server, line }) =>
    allValues(server.body.real_server).flatMap(({ body }) => {
      if (body.FILE_CHECK === undefined && body.BFD_CHECK === undefined) return [];
      const named = [
        ...allValues(body.FILE_CHECK).map((check) =>
          ["track_file", check.body.track_file] as const
        ),
        ...allValues(body.BFD_CHECK).map((check) => ["track_bfd", check.body.name] as const),
      ];
      return named.flatMap(([kind, uses]): readonly Reference[] => {
        const use = lastUse(uses);
        if (use === undefined) return [];
        const say = (message: string, about?: About) =>
          tell(use, "unknown-name", message, about && { about });
        return [{ kind, name: use.value, block: line, tell: say }];
      });
    })
  );
}
