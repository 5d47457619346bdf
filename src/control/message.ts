/** Requests and answers. Every one says the version; another one is refused, not guessed at. */

import type { Plan } from "../plan/mod.ts";
import type { Overview } from "../status/overview.ts";

/** Version of what is below. What is added changes it not: unknown fields are passed over. */
export const CONTROL_VERSION = 1;

/** Longest request, bytes. */
export const LONGEST_REQUEST = 16_384;

/** Longest time a reload may wait to be confirmed, s: a day. */
export const LONGEST_CONFIRM = 86_400;

/** What can be asked. */
export type ControlRequest =
  /** What a reload would do; of another file than the daemon's, if one is named by its whole path. */
  | { readonly request: "plan"; readonly file?: string }
  /** Reload. */
  | {
    readonly request: "reload";
    /** Roll back after so many seconds, unless it is confirmed. */
    readonly confirm?: number;
    /** Whatever a guard says. */
    readonly force?: true;
  }
  /** The reload that waits stays. */
  | { readonly request: "confirm" }
  /** It does not, now. */
  | { readonly request: "roll-back" }
  /** How it is. */
  | { readonly request: "status" }
  /** Stop, for good. */
  | {
    readonly request: "stop";
    /** Wait for no successor. */
    readonly now?: true;
  };

/** What is answered. */
export type ControlAnswer = PlanAnswer | StatusAnswer | OtherAnswer;

/** The plan of a reload. */
export interface PlanAnswer {
  readonly answer: "plan";
  readonly pid: number;
  /** The file planned for. */
  readonly file: string;
  /** Errors and warnings of the file, as the log has them; at most 100. */
  readonly findings: readonly string[];
  /** Why a reload with this file would be refused, whatever it does. */
  readonly refusal?: string;
  /** Why `reload_guard` would refuse it. */
  readonly guard: readonly string[];
  /** Whether `reload_guard` is configured. */
  readonly guarded: boolean;
  /** ISO 8601: a reload before waits to be confirmed until then. */
  readonly rollsBackAt?: string;
  readonly plan: Plan;
}

/** How the daemon is. */
export interface StatusAnswer extends Overview {
  readonly answer: "status";
  readonly pid: number;
  /** Of the program. */
  readonly version: string;
  /** ISO 8601: when this run has begun. */
  readonly runsSince: string;
  /** Its configuration. */
  readonly file: string;
  /** The id of its `@` lines, where the command line names one. */
  readonly configId?: string;
}

/** Everything that is short. */
export type OtherAnswer =
  | {
    readonly answer: "reloaded";
    readonly file: string;
    /** ISO 8601: it is rolled back then. */
    readonly rollsBackAt?: string;
  }
  | { readonly answer: "confirmed" }
  | { readonly answer: "rolled-back" }
  /** It has begun to; the end of the process is the end of it. */
  | { readonly answer: "stopping"; readonly pid: number }
  | { readonly answer: "refused"; readonly why: readonly string[] };

/** One line. */
export function requestText(request: ControlRequest): string {
  return `${JSON.stringify({ holdfast: CONTROL_VERSION, ...request })}\n`;
}

/** What a line asks for; a text: why it cannot be. */
export function parseRequest(line: string): ControlRequest | string {
  const fields = fieldsIn(line);
  if (typeof fields === "string") return fields;
  const { request, file, confirm, force, now } = fields;
  switch (request) {
    case "plan":
      if (file === undefined) return { request };
      return typeof file === "string" && file.startsWith("/") && !file.includes("\0")
        ? { request, file }
        : "file must be a whole path";
    case "reload": {
      if (confirm !== undefined && !isConfirm(confirm)) {
        return `confirm must be 1 to ${LONGEST_CONFIRM} seconds`;
      }
      return {
        request,
        ...(confirm !== undefined && { confirm }),
        ...(force === true && { force }),
      };
    }
    case "confirm":
    case "roll-back":
    case "status":
      return { request };
    case "stop":
      return { request, ...(now === true && { now }) };
    default:
      return "request must be plan, reload, confirm, roll-back, status or stop";
  }
}

/** What a daemon has answered; a text: it is no answer this program knows. */
export function parseAnswer(line: string): ControlAnswer | string {
  const fields = fieldsIn(line);
  if (typeof fields === "string") return fields;
  const { answer } = fields;
  return typeof answer === "string" && ANSWERS.has(answer)
    ? fields as unknown as ControlAnswer
    : "it is none this program knows";
}

const ANSWERS: ReadonlySet<string> = new Set<ControlAnswer["answer"]>([
  "plan",
  "reloaded",
  "confirmed",
  "rolled-back",
  "status",
  "stopping",
  "refused",
]);

/** Whether a reload may wait for so long. */
export function isConfirm(seconds: unknown): seconds is number {
  return typeof seconds === "number" && Number.isInteger(seconds) && seconds >= 1 &&
    seconds <= LONGEST_CONFIRM;
}

function fieldsIn(line: string): Readonly<Record<string, unknown>> | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "it is no JSON";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "it is no object";
  const { holdfast, ...fields } = value as Readonly<Record<string, unknown>>;
  return holdfast === CONTROL_VERSION
    ? fields
    : `it is of version ${
      JSON.stringify(holdfast) ?? "none"
    }, this program speaks ${CONTROL_VERSION}`;
}
