import assert from "node:assert/strict";
import {
  bindTable,
  buildTree,
  type Diagnostic,
  diagnosticAt,
  memoryFiles,
  namedBlock,
  preprocess,
  type Report,
} from "../language/mod.ts";
import { checkSessions } from "./companions.ts";
import { BFD_INSTANCE } from "./keywords.ts";

const TABLE = { bfd_instance: namedBlock(BFD_INSTANCE, { text: "One session" }) };

/** What is said of sessions with these lines each, named A, B, ... */
function messages(...sessions: readonly string[]): readonly string[] {
  const found: Diagnostic[] = [];
  const report: Report = (place, length, finding) =>
    void found.push(diagnosticAt(place, length, finding));
  const text = sessions.map((lines, index) => `bfd_instance ${"ABC"[index]} {\n${lines}\n}\n`).join(
    "",
  );
  const lines = preprocess(memoryFiles({ "/x.conf": text }, { directory: "/" }), {
    path: "/x.conf",
    allConfig: false,
    report,
  });
  const { bfd_instance = [] } = bindTable(buildTree(lines, TABLE, report), TABLE, { report });
  checkSessions(bfd_instance);
  return found.filter(({ severity }) => severity === "error").map(({ message }) => message);
}

const NEIGHBOR = "neighbor_ip 192.0.2.2";

/** Lines of the sessions, names of those left out. As keepalived 2.3.4 judges them; 2.2.7 without multihop. */
const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["one neighbour", [NEIGHBOR, NEIGHBOR], ["B"]],
  ["two neighbours", [NEIGHBOR, "neighbor_ip 192.0.2.3"], []],
  [
    "one neighbour, two sources",
    [`${NEIGHBOR}\nsource_ip 192.0.2.1`, `${NEIGHBOR}\nsource_ip 192.0.2.4`],
    [],
  ],
  [
    "one neighbour, one source",
    [`${NEIGHBOR}\nsource_ip 192.0.2.1`, `source_ip 192.0.2.1\n${NEIGHBOR}`],
    ["B"],
  ],
  ["one neighbour, one source and none", [`${NEIGHBOR}\nsource_ip 192.0.2.1`, NEIGHBOR], ["B"]],
  ["one neighbour, near and far", [NEIGHBOR, `${NEIGHBOR}\nmultihop`], []],
  [
    "one that is left out takes nothing",
    [`${NEIGHBOR}\nsource_ip 2001:db8::1`, NEIGHBOR],
    ["A"],
  ],
];

for (const [name, sessions, left] of CASES) {
  Deno.test(`checkSessions() ${name}, leaves out ${left.join(", ") || "none"}`, () => {
    assert.deepEqual(
      messages(...sessions).map((message) => /bfd_instance (\w+)/.exec(message)?.[1]),
      left,
    );
  });
}
