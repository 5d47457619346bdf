/** A file as an editor shows it, among the files it belongs to: which main file reads it, and where. */

import { braceAlternatives, globFiles } from "../../language/source/glob.ts";
import { directoryOf, type SourceFiles } from "../../language/source/source.ts";
import { once } from "./once.ts";
import { type Block, blockAt, type BlockKind, blocksOf, outlineOf, TOP_LEVEL } from "./outline.ts";
import { textOf } from "./overlay.ts";
import { type IncludeLine, includesOf, type Piece, piecesOf } from "./pieces.ts";
import { type Project, projectOf } from "./project.ts";
import { endOf, type Position } from "./range.ts";

/** An open file. What costs time is computed when it is first asked for, and then kept: ask one view as long as nothing changes. */
export interface View {
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
  /** The text, cut. */
  readonly pieces: readonly Piece[];
  /** Its blocks. */
  readonly outline: Block;
  /** The main file that reads it; itself when no other does. */
  readonly root: string;
  /** All that the main file reads. */
  readonly project: Project;
  /** Sees what is in the editor before what is on the disk. */
  readonly files: SourceFiles;
  /** Interfaces of this host, for completion. */
  readonly interfaces: readonly string[];
}

/** Where to look for what a file belongs to. */
export interface ViewOptions {
  readonly files: SourceFiles;
  /** Absolute paths of all files in the editor. */
  readonly open?: readonly string[];
  readonly interfaces?: readonly string[];
}

/** Looks at a file; `undefined` when it is not there. */
export function viewOf(path: string, options: ViewOptions): View | undefined {
  const { files, open = [], interfaces = [] } = options;
  const text = textOf(path, files);
  if (text === undefined) return undefined;
  const reading = rootReading(path, { files, open });
  const kind = reading === undefined ? TOP_LEVEL : kindAround(path, reading, files);
  const root = reading?.root ?? path;
  const project = projectOf(root, files);
  const pieces = once(() => piecesOf(text));
  const outline = once(() => blocksOf(pieces(), endOf(text), kind));
  return {
    path,
    text,
    get pieces() {
      return pieces();
    },
    get outline() {
      return outline();
    },
    root,
    project,
    files,
    interfaces,
  };
}

/** The main file of an open file; itself when no other reads it. */
export function rootOf(path: string, options: Pick<ViewOptions, "files" | "open">): string {
  const { files, open = [] } = options;
  return rootReading(path, { files, open })?.root ?? path;
}

/** Files an include line of a file means, sorted as they are read. */
export function targetsOf(
  { include }: IncludeLine,
  path: string,
  files: SourceFiles,
): readonly string[] {
  const directory = directoryOf(path);
  const found = braceAlternatives(include.pattern)
    .flatMap((pattern) => globFiles(files, directory, pattern));
  return [...new Set(found)];
}

/** Where a file is included first. */
interface Inclusion {
  readonly by: string;
  readonly at: Position;
}

/** What a main file includes, directly or not. */
interface Reading {
  readonly root: string;
  readonly inclusions: ReadonlyMap<string, Inclusion>;
}

/** More files than this are not followed. */
const MAX_FILES = 2_000;

function readingOf(root: string, files: SourceFiles): Reading {
  const inclusions = new Map<string, Inclusion>();
  const follow = [root];
  for (let path = follow.pop(); path !== undefined; path = follow.pop()) {
    const text = textOf(path, files);
    if (text === undefined) continue;
    for (const line of includesOf(text)) {
      for (const target of targetsOf(line, path, files)) {
        if (target === root || inclusions.has(target) || inclusions.size >= MAX_FILES) continue;
        inclusions.set(target, { by: path, at: line.range.start });
        follow.push(target);
      }
    }
  }
  return { root, inclusions };
}

/** How a main file reads a file: a `keepalived.conf` beside or above it, or another file in the editor. */
function rootReading(
  path: string,
  { files, open }: { readonly files: SourceFiles; readonly open: readonly string[] },
): Reading | undefined {
  const beside = ancestors(path).map((directory) =>
    `${directory === "/" ? "" : directory}/keepalived.conf`
  );
  const readings = [...new Set([...beside, ...open])]
    .filter((candidate) => candidate !== path)
    .map((candidate) => readingOf(candidate, files))
    .filter(({ inclusions }) => inclusions.has(path));
  return readings.find(({ root }) => !readings.some((other) => other.inclusions.has(root))) ??
    readings[0];
}

function ancestors(path: string): readonly string[] {
  const found: string[] = [];
  for (let directory = directoryOf(path);; directory = directoryOf(directory)) {
    found.push(directory);
    if (directory === "/") return found;
  }
}

/** Tells of each file of a main file in which kind of block its text stands. */
export function kindsOf(root: string, files: SourceFiles): (path: string) => BlockKind {
  const reading = readingOf(root, files);
  return (path) => path === root ? TOP_LEVEL : kindAround(path, reading, files);
}

/** The kind of block that a file's text stands in. */
function kindAround(path: string, { inclusions }: Reading, files: SourceFiles): BlockKind {
  const chain: Inclusion[] = [];
  const seen = new Set<string>();
  for (let at = inclusions.get(path); at !== undefined; at = inclusions.get(at.by)) {
    if (seen.has(at.by)) break;
    seen.add(at.by);
    chain.unshift(at);
  }
  let kind = TOP_LEVEL;
  for (const { by, at } of chain) {
    kind = blockAt(outlineOf(textOf(by, files) ?? "", kind), at).kind;
  }
  return kind;
}
