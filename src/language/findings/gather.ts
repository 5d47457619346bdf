/**
 * Findings while a file is read: each once, and no more than somebody reads or a node can bear. A sequence
 * repeats a mistake thousands of times, and a file that is no configuration is nothing but mistakes.
 */

import {
  type Diagnostic,
  diagnosticAt,
  type Report,
  type Severity,
  type Status,
  STATUSES,
} from "./diagnostic.ts";
import type { Place } from "./place.ts";
import type { RuleName } from "./rules.ts";

/** Findings of one severity that are kept of a reading; so a flood of notes hides no error. */
export const MAX_FINDINGS = 1_000;

/** Findings of one rule at one place that are kept: they differ in what a sequence puts there. */
const MAX_ALIKE = 3;

/** Findings being gathered. */
export interface Gathering {
  readonly report: Report;
  /** What is kept so far, in the order it was reported. */
  readonly soFar: readonly Diagnostic[];
  /** All that is kept; what is not is counted. */
  readonly all: () => readonly Diagnostic[];
}

/** Nothing gathered yet. */
export function gatherFindings(): Gathering {
  const kept: Diagnostic[] = [];
  const places = new Map<string, Kept>();
  const rest = new Rest();
  const report: Report = (place, length, finding) => {
    const { file, line, column } = place;
    const { code, severity, status, message } = finding;
    const key = `${line}:${column}:${code}:${file}`;
    const alike = places.get(key);
    if (alike?.messages.includes(message)) return;
    if (alike !== undefined && alike.messages.length >= MAX_ALIKE && alike.statuses.has(status)) {
      alike.more++;
      return;
    }
    if (!rest.hasRoom(severity)) return rest.add(place, { severity, status, more: 0 });
    const index = kept.push(diagnosticAt(place, length, finding)) - 1;
    if (alike === undefined) {
      places.set(key, { messages: [message], statuses: new Set([status]), index, more: 0 });
    } else {
      alike.messages.push(message);
      alike.statuses.add(status);
      alike.index = index;
    }
  };
  const all = () => {
    const counts = new Map(
      [...places.values()].filter(({ more }) => more > 0).map(({ index, more }) => [index, more]),
    );
    const counted = kept.map((each, index) => withMore(each, counts.get(index) ?? 0));
    return [...counted, ...rest.finding()];
  };
  return { report, soFar: kept, all };
}

/** The first findings of each severity, in the order given; what is left out is counted. */
export function withinLimits(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length <= MAX_FINDINGS) return diagnostics;
  const rest = new Rest();
  const kept = diagnostics.filter((each) => {
    if (each.code !== CLOSING && rest.hasRoom(each.severity)) return true;
    rest.add(each, { severity: each.severity, status: each.status, more: each.more ?? 0 });
    return false;
  });
  return [...kept, ...rest.finding()];
}

/** Whether it stands for findings that are not kept: it comes last, wherever those stand. */
export function isClosing({ code }: Diagnostic): boolean {
  return code === CLOSING;
}

const CLOSING: RuleName = "too-many-findings";

/** Findings of one rule at one place. */
interface Kept {
  readonly messages: string[];
  readonly statuses: Set<Status | undefined>;
  /** Of the last one kept. */
  index: number;
  more: number;
}

/** A finding that stands for others of its place as well. What is lost there has many names. */
function withMore(diagnostic: Diagnostic, more: number): Diagnostic {
  if (more === 0) return diagnostic;
  const { about } = diagnostic;
  return {
    ...diagnostic,
    more,
    ...(about?.kind === "lost" && { about: { ...about, name: undefined } }),
  };
}

/** What there is no room for: how many, the worst of them, and where the first stands. */
class Rest {
  readonly #room: Record<Severity, number> = {
    error: MAX_FINDINGS,
    warning: MAX_FINDINGS,
    info: MAX_FINDINGS,
  };
  #first: Place | undefined;
  #count = 0;
  #severity: Severity = "info";
  #status: Status | undefined;

  /** Whether there is room for one more, which is then taken. */
  hasRoom(severity: Severity): boolean {
    return this.#room[severity]-- > 0;
  }

  add(
    place: Omit<Place, "via">,
    { severity, status, more }: {
      readonly severity: Severity;
      readonly status: Status | undefined;
      /** Others that it stands for already. */
      readonly more: number;
    },
  ): void {
    this.#first ??= { file: place.file, line: place.line, column: place.column };
    this.#count += more + 1;
    if (severity === "error" || this.#severity === "info") this.#severity = severity;
    this.#status = worseOf(this.#status, status);
  }

  finding(): readonly Diagnostic[] {
    if (this.#first === undefined) return [];
    const finding = {
      severity: this.#severity,
      code: CLOSING,
      message:
        `Cannot list more than ${MAX_FINDINGS} findings of a kind: the first ones are listed`,
      status: this.#status,
      about: { kind: "lost" }, // whatever is missing may be among them
    } as const;
    return [withMore(diagnosticAt(this.#first, 1, finding), this.#count)];
  }
}

function worseOf(a: Status | undefined, b: Status | undefined): Status | undefined {
  const rank = (status: Status | undefined) => status === undefined ? -1 : STATUSES.indexOf(status);
  return rank(b) > rank(a) ? b : a;
}
