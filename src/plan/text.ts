/** A plan for people: what is written differently, what becomes of virtual routers, what the kernel is told, what is lost by it. */

import type {
  ConfigurationChange,
  Connections,
  FieldChange,
  InstanceMove,
  Operation,
  Plan,
} from "./plan.ts";
import { isEmptyPlan } from "./plan.ts";
import { openOf } from "./ends.ts";
import { THERE } from "./fields.ts";

/** How it is written. */
export interface TextOptions {
  readonly colour: boolean;
}

/** SGR parameters (ECMA-48 §8.3.117) by mark. */
const COLOURS: Readonly<Record<string, string>> = { "+": "32", "-": "31", "~": "33", "!": "1;31" };

/** Lines, each with its end. */
export function planText(plan: Plan, { colour }: TextOptions): string {
  if (isEmptyPlan(plan)) return "Nothing would change.\n";
  const paint = (mark: string, text: string) =>
    colour && COLOURS[mark] !== undefined ? `\x1b[${COLOURS[mark]}m${text}\x1b[0m` : text;
  const line = (mark: string, text: string) => `  ${paint(mark, `${mark} ${text}`)}\n`;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? "" : `${title}\n${lines.join("")}\n`;
  const configuration = plan.configuration.flatMap((change) => [
    line(MARKS[change.change], blockText(change)),
    ...change.fields.map((field) => `      ${fieldText(field)}\n`),
  ]);
  const instances = plan.instances.map((move) => line(markOf(move), moveText(move)));
  const written = (when: Operation["when"]) =>
    plan.operations.filter((operation) => operation.when === when).map((operation) =>
      line(isLoss(operation) ? "!" : MARKS[operation.op], operationText(operation))
    );
  const scripts = plan.scripts.map((script) => `    ${script}\n`);
  return section("Configuration", configuration) + section("Virtual routers", instances) +
    section("Kernel", written(undefined)) + section("Kernel, as master", written("master")) +
    section("Scripts run", scripts) + `${summary(plan)}\n`;
}

const MARKS: Readonly<Record<Operation["op"] | ConfigurationChange["change"], string>> = {
  add: "+",
  added: "+",
  delete: "-",
  removed: "-",
  change: "~",
  changed: "~",
  recreate: "~",
  move: "~",
  flush: "-",
};

function blockText({ block, name, of }: ConfigurationChange): string {
  return [block, name, ...(of === undefined ? [] : ["of", of])].filter((word) => word !== "").join(
    " ",
  );
}

function fieldText({ field, from, to }: FieldChange): string {
  if (from === undefined) return `${field}: ${to}`;
  if (to === undefined) return `${field}: no more${from === THERE ? "" : `, was ${from}`}`;
  return `${field}: ${from} → ${to}`;
}

function markOf({ change, mastership }: InstanceMove): string {
  if (mastership !== undefined) return "!";
  return change === "added" ? "+" : change === "removed" ? "-" : "~";
}

function moveText({ name, change, from, to, priority, mastership, why }: InstanceMove): string {
  const state = (each: string | undefined) => (each ?? "").toUpperCase();
  const moved = change === "added"
    ? `begins as ${state(to)}`
    : change === "removed"
    ? `goes, is ${state(from)}`
    : change === "recreated"
    ? `is ${state(from)}, begins anew as ${state(to)}`
    : from === to
    ? `stays ${state(to)}`
    : `${state(from)} → ${state(to)}`;
  const weight = priority && `priority ${priority.from} → ${priority.to}`;
  const prospect = mastership === "lost"
    ? "gives up mastership"
    : mastership === "at-risk"
    ? `may lose mastership: ${why}`
    : why;
  return `${name} ${[moved, weight, prospect].filter((each) => each !== undefined).join(", ")}`;
}

/** What is left out of a name, since the word of the subject says it. */
const WORDS: Readonly<Record<Operation["subject"], string>> = {
  "service": "service ",
  "server": "server ",
  "address": "address ",
  "route": "route ",
  "rule": "rule ",
  "nftables": "nftables ",
  "sysctl": "sysctl ",
  "link": "link ",
  "sync-daemon": "",
  "ipvs-timeouts": "",
};

function operationText(operation: Operation): string {
  const { subject, op, name, of, from, fields, servers } = operation;
  const on = of === undefined ? "" : subject === "address" ? ` on ${of}` : ` of ${of}`;
  const where = op === "move" ? ` from ${from} to ${of}` : on;
  const with_ = fields.length === 0
    ? ""
    : op === "change"
    ? `: ${fields.map(fieldText).join(", ")}`
    : ` (${fields.map(({ field, to }) => `${field} ${to}`).join(", ")})`;
  const many = servers === undefined || servers === 0 ? "" : ` with ${count(servers, "server")}`;
  const perhaps = operation.ifThere === true ? ", if it is there" : "";
  const again = op === "recreate" ? ", deleted and added again" : "";
  return `${WORDS[subject]}${name}${where}${with_}${many}${perhaps}${again}${endText(operation)}`;
}

function isLoss(operation: Operation): boolean {
  const { op, subject } = operation;
  if (op === "add" || op === "change") return false;
  return subject === "address" ||
    (subject === "service" || subject === "server") && openOf(operation) !== 0;
}

function endText(operation: Operation): string {
  const { subject, op, connections } = operation;
  if (subject !== "service" && subject !== "server" || op === "add" || op === "change") return "";
  const open = openOf(operation);
  if (open === undefined) return ", how many connections this ends is not known";
  return open === 0 ? "" : `, ends ${count(open, "connection")}${kinds(connections)}`;
}

function kinds(connections: Connections | undefined): string {
  return connections === undefined || connections.inactive === 0
    ? ""
    : ` (${connections.active} active, ${connections.inactive} inactive)`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function summary({ operations, checks, ends, instances }: Plan): string {
  const of = (...marks: readonly string[]) =>
    operations.filter(({ op }) => marks.includes(MARKS[op])).length;
  const kernel = operations.length === 0
    ? "The kernel is told nothing."
    : `Kernel: ${of("+")} added, ${of("~")} changed, ${of("-")} removed.`;
  const checked = checks.begun + checks.ended === 0
    ? ""
    : ` Checks: ${checks.begun} begun, ${checks.ended} ended.`;
  const masters = ends.masters.length + ends.takesOver.length;
  const moved = instances.length > 0 && masters === 0
    ? " Mastership stays where it is."
    : masters > 0
    ? ` Mastership moves, or may: ${[...ends.masters, ...ends.takesOver].join(", ")}.`
    : "";
  const connections = ends.connections === undefined
    ? " How many connections end is not known."
    : ends.connections === 0
    ? " No connection ends."
    : ` ${count(ends.connections, "connection")} end${ends.connections === 1 ? "s" : ""}.`;
  return `${kernel}${checked}${moved}${connections}`;
}
