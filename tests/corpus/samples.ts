/** Words of a keyword that can be read without a finding, and what they are read as. */

import type { Report, ValueKeyword } from "../../src/language/mod.ts";
import { lineAt } from "../../src/language/findings/place.ts";
import { splitWords } from "../../src/language/source/words.ts";
import { probesOf } from "./probes.ts";

/** Words behind a keyword, and their value. */
export interface Sample {
  readonly text: string;
  readonly value: unknown;
}

/** Samples of a row whose values differ, in the order of its probes. */
export function samplesOf(name: string, row: ValueKeyword<unknown>): readonly Sample[] {
  const found = new Map<string, Sample>();
  for (const text of [...probesOf(row), ...MORE[name] ?? []]) {
    const value = valueOf(name, row, text);
    const key = JSON.stringify(value, (_, each) => each instanceof Uint8Array ? [...each] : each);
    if (value !== undefined && !found.has(key)) found.set(key, { text, value });
  }
  return [...found.values()];
}

/** Words that the shape of a row does not tell. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  digest: ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"],
  status_code: ["200", "201-204"],
  lvs_timeouts: ["tcp 1", "udp 2"],
  key: ["1 abc", "2 abc", "one", "two"],
  path: ["/one", "/two"],
  payload: ["00", "ff"],
  require_reply: ["00", "ff"],
  name: ["one", "two"],
  persistence_granularity: ["255.255.255.0", "255.255.0.0"],
  protocol: ["TCP", "UDP"],
  umask: ["022", "077"],
  regex_stack: ["1 2", "3 4"],
  lb_kind: ["NAT", "DR"],
  lvs_method: ["NAT", "DR"],
  auth_pass: ["one", "two"],
  label: ["one", "two"],
};

/** What a row reads; `undefined` when it has anything to say. */
function valueOf(name: string, row: ValueKeyword<unknown>, text: string): unknown {
  let told = false;
  const report: Report = () => void (told = true);
  const line = lineAt({ file: "x", line: 1, column: 1 }, `${name} ${text}`.trimEnd());
  const words = splitWords(line.text);
  const args = { line, words, at: 1, name, report, missing: row.missing };
  const value = row.read(args);
  return told || args.at < words.length ? undefined : value;
}
