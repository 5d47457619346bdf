/**
 * Where each line of a configuration goes: its depth, and which braces share a line. Comments keep their
 * order and stay beside what they stood beside.
 */

import { type CodeLine, fits, type OutLine, render } from "./format_render.ts";
import { type SourceLine, sourceLines } from "./format_source.ts";

/** State while lines are placed. */
interface Layout {
  readonly out: OutLine[];
  depth: number;
  /** Depth inside a multi-line definition. */
  inner: number;
  /** Index of the line that a `{` may join; only comments and empty lines follow it. */
  pending: number | undefined;
  /** Consecutive lines with conditions, which are alternatives: the depth of each. */
  run: ConditionalRun | undefined;
}

interface ConditionalRun {
  readonly base: number;
  readonly depths: Map<string, number>;
  current: number;
}

/** Lays a text out anew, without looking at what it means. */
export function layOut(text: string): string {
  const layout: Layout = { out: [], depth: 0, inner: 0, pending: undefined, run: undefined };
  for (const line of sourceLines(text)) placeLine(layout, line);
  return render(layout.out);
}

function placeLine(layout: Layout, line: SourceLine): void {
  switch (line.kind) {
    case "blank":
      layout.out.push(line);
      return;
    case "comment":
      push(layout, { depth: depthOf(layout), code: "", comment: line.comment });
      return;
    case "raw":
      leaveRun(layout);
      layout.out.push({ kind: "raw", text: line.text });
      layout.depth = Math.max(0, layout.depth + line.turn.net);
      layout.pending = undefined;
      return;
    case "part": {
      const depth = depthOf(layout) + 1 + Math.max(0, layout.inner - line.turn.closes);
      push(layout, { depth, code: line.text, comment: line.comment });
      layout.inner = Math.max(0, layout.inner + line.turn.net);
      return;
    }
    case "solid":
      placeSolid(layout, line);
      return;
    case "pieces":
      leaveRun(layout);
      placePieces(layout, line.pieces, line.comment);
  }
}

function push(layout: Layout, line: Omit<CodeLine, "kind">): void {
  layout.out.push({ kind: "code", ...line });
}

function depthOf({ run, depth }: Layout): number {
  return run?.current ?? depth;
}

function placeSolid(layout: Layout, line: Extract<SourceLine, { kind: "solid" }>): void {
  const { text: code, comment, turn, condition } = line;
  layout.pending = undefined;
  layout.inner = 0;
  if (condition === undefined) {
    leaveRun(layout);
    push(layout, { depth: Math.max(0, layout.depth - turn.closes), code, comment });
    layout.depth = Math.max(0, layout.depth + turn.net);
    return;
  }
  layout.run ??= { base: layout.depth, depths: new Map(), current: layout.depth };
  const { run } = layout;
  const before = run.depths.get(condition) ?? run.base;
  push(layout, { depth: Math.max(0, before - turn.closes), code, comment });
  run.current = Math.max(0, before + turn.net);
  run.depths.set(condition, run.current);
}

/** After alternatives the depth is that of the one that moved furthest: the others lack a brace on purpose. */
function leaveRun(layout: Layout): void {
  const { run } = layout;
  if (run === undefined) return;
  for (const depth of run.depths.values()) {
    if (Math.abs(depth - run.base) > Math.abs(layout.depth - run.base)) layout.depth = depth;
  }
  layout.run = undefined;
}

function placePieces(layout: Layout, pieces: readonly string[], comment: string): void {
  for (const [index, piece] of pieces.entries()) {
    const own = index === pieces.length - 1 ? comment : "";
    if (piece === "{") {
      openBlock(layout, own);
    } else if (piece === "}") {
      layout.depth = Math.max(0, layout.depth - 1);
      push(layout, { depth: layout.depth, code: piece, comment: own });
      layout.pending = undefined;
    } else {
      layout.pending = layout.out.length;
      push(layout, { depth: layout.depth, code: piece, comment: own });
    }
  }
}

/** Puts a `{` behind its keyword; comments between the two move into the block. */
function openBlock(layout: Layout, comment: string): void {
  const { out, pending } = layout;
  layout.pending = undefined;
  const keyword = pending === undefined ? undefined : out[pending];
  if (pending === undefined || keyword?.kind !== "code") {
    push(layout, { depth: layout.depth++, code: "{", comment });
    return;
  }
  const code = `${keyword.code} {`;
  const between = out.slice(pending + 1);
  const moves = keyword.comment === "" && !between.some(({ kind }) => kind === "code");
  const taken = moves ? comment : keyword.comment;
  if (!fits(code, taken)) {
    push(layout, { depth: layout.depth++, code: "{", comment });
    return;
  }
  layout.depth++;
  out[pending] = { ...keyword, code, comment: taken };
  for (const [index, line] of between.entries()) {
    if (line.kind === "code") out[pending + 1 + index] = { ...line, depth: layout.depth };
  }
  if (!moves && comment !== "") push(layout, { depth: layout.depth, code: "", comment });
}
