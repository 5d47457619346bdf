/**
 * What errors took from a file: the keywords that are misspelt, refused or lost, by the blocks they stand in.
 * What is missing there was told already.
 */

import type { About, Diagnostic, Node, Phrase } from "../../language/mod.ts";
import type { Line } from "../../language/findings/place.ts";
import type { NodesAt, Path, Spot } from "./node_places.ts";

/** Errors by the blocks they stand in. */
export interface Damage {
  /** Whether there is any error. */
  readonly any: boolean;
  /** Whether a block has an error. */
  readonly isHurt: (block: Phrase) => boolean;
  /** Whether one of these keywords is misspelt or refused in a block. */
  readonly isRefused: (block: Phrase, keywords: readonly string[]) => boolean;
  /** Whether an error took a block at the top level, by its keyword and the first word behind it. */
  readonly takes: (keyword: string, name: string) => boolean;
  /** Whether an error is why something cannot be found, or is not used. */
  readonly explains: (finding: Diagnostic) => boolean;
}

/** The places that {@linkcode damageOf} asks about. */
export function spotsOf(diagnostics: readonly Diagnostic[]): readonly Spot[] {
  const blocks = diagnostics.filter(isCause).flatMap(({ about }) =>
    about?.kind === "lost" ? about.block ?? [] : []
  );
  return [...diagnostics, ...blocks];
}

/** Looks for what is broken in a file; `at` knows the lines of {@linkcode spotsOf}. */
export function damageOf(diagnostics: readonly Diagnostic[], at: NodesAt): Damage {
  const errors = diagnostics.filter(isCause);
  if (errors.length === 0) return NO_DAMAGE;
  const losses: Losses = { byBlock: new Map(), named: new Map(), unnamed: new Set() };
  // Errors of one line have the same paths, and a sequence makes many of both.
  const added = new Map<readonly Path[], Set<string>>();
  for (const error of errors) {
    const { paths, lost } = pathsOf(error, at);
    const known = added.get(paths) ?? new Set();
    const key = JSON.stringify(lost && [lost.keyword, lost.name]) ?? "";
    if (known.has(key)) continue;
    added.set(paths, known.add(key));
    for (const nodes of paths) addLoss(losses, { nodes, lost });
  }
  const { byBlock } = losses;
  const byLine = new Map<Line, ReadonlySet<string>>();
  for (const [block, keywords] of byBlock) if (block !== TOP) byLine.set(block.line, keywords);
  return {
    any: errors.some(({ severity }) => severity === "error"),
    isHurt: ({ line }) => byLine.has(line),
    isRefused: ({ line }, keywords) => hasAny(byLine.get(line), keywords),
    takes: (keyword, name) => isLost({ blocks: [keyword], name }, { losses, top: undefined }),
    explains: ({ about, ...place }) => {
      if (about?.kind === "missing") {
        return at(place).some((path) => hasAny(byBlock.get(scopeOf(path)), about.keywords));
      }
      if (about?.kind === "unused") return hasAny(byBlock.get(TOP), about.by);
      return about?.kind === "refers" && isLost(about, { losses, top: at(place)[0]?.[0] });
    },
  };
}

const NO_DAMAGE: Damage = {
  any: false,
  isHurt: () => false,
  isRefused: () => false,
  takes: () => false,
  explains: () => false,
};

/** The file itself, as a block. */
const TOP = "top";

/** A keyword that nobody knows: its line is lost. */
const ANY = "";

/** What is lost. */
interface Losses {
  /** Keywords anywhere inside a block; {@linkcode ANY}: whatever is missing. */
  readonly byBlock: Map<Node | typeof TOP, Set<string>>;
  /** Blocks at the top level by keyword and name; `undefined`: never begun. */
  readonly named: Map<string, Set<Node | undefined>>;
  /** Keywords of blocks at the top level whose name is not known. */
  readonly unnamed: Set<string>;
}

/** Blocks down to a line that is lost. */
interface LossPath {
  readonly nodes: Path;
  readonly lost: Extract<About, { readonly kind: "lost" }> | undefined;
}

/** An error, or an instance that is left out because nothing acts on what it wants yet. */
function isCause({ severity, code }: Diagnostic): boolean {
  return severity === "error" || (severity === "warning" && code === "not-acted-on");
}

function pathsOf(
  error: Diagnostic,
  at: NodesAt,
): { readonly paths: readonly Path[]; readonly lost: LossPath["lost"] } {
  const { about } = error;
  if (about?.kind !== "lost") return { paths: at(error), lost: undefined };
  return { paths: about.block === undefined ? WHOLE_FILE : at(about.block), lost: about };
}

const WHOLE_FILE: readonly Path[] = [[]];

function addLoss({ byBlock, named, unnamed }: Losses, { nodes, lost }: LossPath): void {
  const keywords = nodes.map(({ name }, index) =>
    name === "" ? nodes[index - 1]?.name ?? "" : name
  );
  if (lost !== undefined) keywords.push(lost.keyword ?? ANY);
  const blocks: readonly (Node | typeof TOP)[] = [TOP, ...nodes];
  for (const [index, block] of blocks.entries()) {
    if (block !== TOP && block.row?.kind === "value") continue;
    const inside = byBlock.get(block) ?? new Set();
    byBlock.set(block, inside);
    for (const keyword of keywords.slice(index)) inside.add(keyword);
  }
  const [keyword = ANY] = keywords;
  const name = nodes[0] === undefined ? lost?.name : nodes[0].words[1]?.text;
  if (name === undefined) unnamed.add(keyword);
  else {
    const key = `${keyword} ${name}`;
    named.set(key, (named.get(key) ?? new Set()).add(nodes[0]));
  }
}

/** The block in which something is missing: the one marked, or that around the keyword marked. */
function scopeOf(path: Path): Node | typeof TOP {
  const last = path.at(-1);
  return (last?.row?.kind === "block" ? last : path.at(-2)) ?? TOP;
}

function hasAny(lost: ReadonlySet<string> | undefined, keywords: readonly string[]): boolean {
  return lost !== undefined && (lost.has(ANY) || keywords.some((keyword) => lost.has(keyword)));
}

/** Whether a block of this name is what an error took, but for the one around the name itself. */
function isLost(
  { blocks, name }: Omit<Extract<About, { readonly kind: "refers" }>, "kind">,
  { losses, top }: { readonly losses: Losses; readonly top: Node | undefined },
): boolean {
  return losses.unnamed.has(ANY) || blocks.some((keyword) => {
    if (losses.unnamed.has(keyword)) return true;
    const nodes = losses.named.get(`${keyword} ${name}`);
    return nodes !== undefined && [...nodes].some((node) => node === undefined || node !== top);
  });
}
