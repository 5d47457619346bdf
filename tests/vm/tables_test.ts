/**
 * The table of IPVS after a start, against what Debian's keepalived puts there in the same kernel: for golden cases, Debian's examples and
 * configurations found in the wild. The latter are not part of the project; without them they are left out.
 */

import assert from "node:assert/strict";
import { filesWith, tell } from "../corpus/dump_keepalived.ts";
import {
  type HostPlan,
  type Kind,
  Lab,
  labTest,
  type Program,
  startNode,
  type Topology,
  until,
} from "../lab/mod.ts";
import { ipvs } from "./seed004.ts";

const WILD = new URL("../../../shared/corpus/", import.meta.url).pathname;

/** Why our table differs: keepalived's rows that we have not, and ours that it has not. */
interface Reason {
  /** The end of the file's path. */
  readonly file: string;
  readonly reason: string;
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
}

const REASONS: readonly Reason[] = [
  {
    file: "generator_octavia_lvs/input.conf",
    reason: "2.2.7 forgets persistence_granularity for the services of a group",
    theirs: ["-A -u 10.0.0.10:53 -s wrr -p 33"],
    ours: ["-A -u 10.0.0.10:53 -s wrr -p 33 -M 255.255.0.0"],
  },
  {
    file: "corpus/043.conf",
    reason:
      "with -C keepalived does not see that words are missing in its vrrp_instance, for which both refuse a start else",
    theirs: [
      "-A -t 59.46.48.107:8080 -s rr -p 50",
      "-A -t 59.46.48.107:8081 -s rr -p 50",
      "-a -t 59.46.48.107:8080 -r 172.29.30.114:8090 -m -w 1",
      "-a -t 59.46.48.107:8081 -r 172.29.30.114:8889 -m -w 1",
    ],
    ours: [],
  },
  {
    file: "corpus/097.conf",
    reason:
      "alpha, and a command that is not there: 2.2.7 leaves out the check and the server stays down; holdfast says that it counts as good",
    theirs: ["-a -t 9.82.128.242:22 -r 10.1.0.1:22 -g -w 0"],
    ours: ["-a -t 9.82.128.242:22 -r 10.1.0.1:22 -g -w 1"],
  },
];

/** So many files at once: most of the time is waiting. */
const LANES = [0, 1, 2, 3];
const KINDS: readonly Kind[] = ["holdfast", "keepalived"];
const FLAGS = ["-C", "-i", "node1"];

/** A table is at rest when it was the same so many times. */
const LOOKS = 20;

/** Files whose time of persistence is a random number. */
const RANDOM: readonly string[] = ["corpus/127.conf"];

/** `HOLDFAST_TABLES=all` compares every file, without it each third: a slow machine takes some seconds for each. */
const STEP = Deno.env.get("HOLDFAST_TABLES") === "all" ? 1 : 3;

/**
 * Nobody answers and nothing is refused: what is sent vanishes, so the table stays what it was at the start until the first check has
 * waited in vain.
 */
const TOPOLOGY: Topology = Object.fromEntries(
  LANES.flatMap((lane) =>
    KINDS.map((kind): [string, HostPlan] => [`${kind}${lane}`, { links: {} }])
  ),
);

async function prepare(lab: Lab): Promise<void> {
  for (const host of lab.hosts) {
    for (
      const line of [
        "link add void type dummy",
        "link set void up",
        "address add 203.0.113.1/24 dev void",
        "address add 2001:db8:ffff::1/64 dev void nodad",
        "route add default dev void",
        "-6 route add default dev void",
      ]
    ) await lab.run(host, ["ip", ...line.split(" ")]);
  }
}

/** Files with virtual servers, named as messages shall have them. */
function files(): readonly string[] {
  const wild = (() => {
    try {
      return Array.from(Deno.readDirSync(WILD), ({ name }) => `${WILD}${name}`);
    } catch {
      return [];
    }
  })();
  const found = wild.filter((path) =>
    path.endsWith(".conf") && /^\s*virtual_server\s/m.test(Deno.readTextFileSync(path))
  );
  return [...filesWith("virtual_server"), ...found.sort()].filter((_, at) => at % STEP === 0);
}

const CHECKS = "TCP_CHECK|HTTP_GET|SSL_GET|SMTP_CHECK|DNS_CHECK|UDP_CHECK|PING_CHECK";

/** A file as it can be run here: in the namespace it is started in, and with checks that wait longer than this test. */
async function textOf(file: string): Promise<string> {
  const text = await Deno.readTextFile(file);
  return text
    .replace(/^\s*(linkbeat_use_polling|net_namespace\b.*|net_namespace_ipvs\b.*)$/gm, "")
    .replace(/^\s*connect_timeout\s.*$/gm, "")
    .replace(
      new RegExp(`^(\\s*(?:${CHECKS})\\b[^{\\n]*\\s*\\{[ \\t]*(?:[#!].*)?)$`, "gm"),
      "$1\nconnect_timeout 300",
    );
}

/** The table as the kernel's own text, which costs no process; what `ipvsadm` tells beyond that is compared at the end. */
async function glance({ pid }: Program): Promise<readonly string[]> {
  const text = await Deno.readTextFile(`/proc/${pid}/net/ip_vs`).catch(() => "");
  return text.split("\n").slice(3).map((line) => line.trim()).filter((line) => line !== "").sort();
}

/** Waits until a program has begun and its table was the same for some looks; not any longer when it is `wanted`. */
async function settled(
  program: Program,
  begun: () => Promise<boolean>,
  wanted?: readonly string[],
): Promise<readonly string[]> {
  let last = "";
  let same = 0;
  return await until(`the table of ${program.name} comes to rest`, async () => {
    const rows = await glance(program);
    const now = rows.join("\n");
    if (now !== "" && now === wanted?.join("\n")) return rows;
    same = now === last ? same + 1 : 0;
    last = now;
    if (program.status !== undefined) return rows;
    return same >= LOOKS && await begun() ? rows : undefined;
  }, { limit: 60_000, explain: () => program.output });
}

function without(rows: readonly string[], others: readonly string[]): readonly string[] {
  return rows.filter((row) => !others.includes(row));
}

/** Both tables of one file, keepalived's first: while ours is waited for, no check of its own can have failed yet. */
async function compare(lab: Lab, file: string, lane: number) {
  const config = await textOf(file);
  const run = async (kind: Kind, wanted?: readonly string[]) => {
    const host = `${kind}${lane}`;
    const name = `${host}-${file.split("/").slice(-2).join("-")}`;
    const program = await startNode(lab, host, { kind, config, name, flags: FLAGS });
    const begun = kind === "keepalived"
      ? () => Promise.resolve(/Startup complete/.test(program.output))
      : () => Deno.stat(`${lab.dir}/${name}-main.control`).then(() => true, () => false);
    const seen = await settled(program, begun, wanted);
    const rows = await ipvs(lab, host);
    await program.stop();
    await lab.run(host, ["ipvsadm", "-C"]);
    const random = RANDOM.some((each) => file.endsWith(each));
    return { seen, rows: random ? rows.map((row) => row.replace(/-p \d+/, "-p N")) : rows };
  };
  const theirs = await run("keepalived");
  const ours = await run("holdfast", theirs.seen);
  return { wanted: theirs.rows, found: ours.rows };
}

labTest(
  "the table after a start is keepalived's: golden cases, Debian's examples, files found in the wild",
  ["ipvs", "ipvsadm", "keepalived"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await prepare(lab);
    const left = [...files()];
    const wrong: unknown[] = [];
    let rows = 0;
    let told = 0;
    const work = async (lane: number) => {
      for (let file = left.shift(); file !== undefined; file = left.shift()) {
        const { wanted, found } = await compare(lab, file, lane);
        const [theirs, ours] = [without(wanted, found), without(found, wanted)];
        const known = REASONS.find((reason) => file.endsWith(reason.file));
        const differs = JSON.stringify({ theirs, ours });
        const expected = { theirs: known?.theirs ?? [], ours: known?.ours ?? [] };
        if (differs !== JSON.stringify(expected)) wrong.push({ file, theirs, ours });
        rows += wanted.length;
        told += wanted.length > 0 ? 1 : 0;
      }
    };
    await Promise.all(LANES.map(work));
    tell(`${rows} rows of ${told} files compared`);
    assert.deepEqual(wrong, []);
    assert.ok(told >= 8 && rows >= 20, `${rows} rows of ${told} files`);
  },
);
