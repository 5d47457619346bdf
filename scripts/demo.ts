/**
 * The demo: the LVS-NAT pair of seed 004 with its client and real servers, shown as a timeline.
 * Every line that claims something was checked before it is printed; the first that is not so ends
 * the demo with status 1.
 *
 * Run by scripts/demo, as root on a kernel with IPVS (there is a VM otherwise). `--keep` leaves
 * the lab open.
 */

import {
  AddressWatch,
  Capture,
  executable,
  Lab,
  missing,
  type Program,
  run,
  slowness,
  until,
} from "../tests/lab/mod.ts";
import { type Answer, outage, startClient } from "../tests/vm/requests.ts";
import {
  curl,
  GATEWAY,
  ipvs,
  NAT,
  startDirector,
  startWebServer,
  VIP,
} from "../tests/vm/seed004.ts";

/** What the master's adverts look like, as the document prints them. */
const ADVERT =
  /IP 172\.16\.1\.134 > 224\.1\.111\.1: VRRPv2, Advertisement, vrid 51, prio 100, authtype simple, intvl 1s, length 20$/;

const started = performance.now();

/** One line of the timeline, with the seconds since the start. */
function at(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  print(`${seconds.padStart(6)} s  ${text}`);
}

/** Lines that belong to the one before. */
function detail(lines: readonly string[]): void {
  for (const line of lines) print(`            ${line}`);
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

function ensure(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new Error(`It is not so that ${claim}`);
}

/** `ipvsadm -Ln` of a director, without its three lines of heading. */
async function table(lab: Lab, host: string): Promise<readonly string[]> {
  const { stdout } = await lab.run(host, ["ipvsadm", "-Ln"]);
  return stdout.trimEnd().split("\n").slice(3);
}

/** Waits until RS1 is, or is not, in the table of a director. */
async function rs1InTable(lab: Lab, host: string, present: boolean): Promise<void> {
  await until(
    `RS1 ${present ? "is" : "is not"} in the IPVS table of ${host}`,
    async () => (await ipvs(lab, host)).some((row) => row.includes("192.168.1.130:80")) === present,
    { limit: 40_000, explain: async () => (await table(lab, host)).join("\n") },
  );
}

/** Six pages as the document's client fetches them. */
async function pages(lab: Lab): Promise<readonly string[]> {
  const seen: string[] = [];
  for (let n = 0; n < 6; n++) seen.push(await curl(lab, "client") ?? "no answer");
  return seen;
}

function count(pages: readonly string[], server: string): number {
  return pages.filter((page) => page === `<h1>Backend ${server}</h1>`).length;
}

/** Real servers, directors, adverts, balance. */
async function begin(lab: Lab, capture: Capture): Promise<{ rs1: Program; master: Program }> {
  const rs1 = await startWebServer(lab, "rs1");
  await startWebServer(lab, "rs2");
  at("RS1 (192.168.1.130) and RS2 (192.168.1.129) serve, their gateway is 192.168.1.2");
  const master = await startDirector(lab, "master");
  at(`${executable("holdfast")} starts on master with the document's configuration`);
  await lab.owned(VIP, "master", { limit: 30_000 });
  await lab.owned(GATEWAY, "master");
  at(`master has ${VIP} and ${GATEWAY}`);
  await startDirector(lab, "backup");
  at("the same starts on backup, as BACKUP with priority 97");
  at("tcpdump -i ens33 -nn host 224.1.111.1");
  detail([await capture.seen(ADVERT)]);
  for (const host of ["master", "backup"]) await rs1InTable(lab, host, true);
  at("ipvsadm -Ln on master");
  detail(await table(lab, "master"));
  const seen = await pages(lab);
  ensure(count(seen, "RS1") === 4 && count(seen, "RS2") === 2, `2:1 in ${seen.join(" ")}`);
  at("six requests alternate by weight 2:1");
  detail(seen);
  return { rs1, master };
}

/** RS1 dies and comes back. */
async function realServer(lab: Lab, rs1: Program): Promise<void> {
  at("RS1's web server is killed");
  const killed = performance.now();
  rs1.signal("SIGKILL");
  await rs1.end();
  await rs1InTable(lab, "master", false);
  const seconds = ((performance.now() - killed) / 1000).toFixed(1);
  at(`RS1 has left the table after ${seconds} s (3 retries, 2 s apart)`);
  detail(await table(lab, "master"));
  const without = await pages(lab);
  ensure(count(without, "RS2") === 6, `only RS2 answers: ${without.join(" ")}`);
  at("six requests, all answered by RS2");

  const returned = performance.now();
  await startWebServer(lab, "rs1");
  at("RS1's web server is started again");
  for (const host of ["master", "backup"]) await rs1InTable(lab, host, true);
  at(`RS1 is back after ${((performance.now() - returned) / 1000).toFixed(1)} s`);
  detail(await table(lab, "master"));
}

/** The master stops while a client asks all the time. */
async function switchover(lab: Lab, capture: Capture, master: Program): Promise<void> {
  await using watch = await AddressWatch.start(lab, ["master", "backup"]);
  await using client = startClient(lab, "client", { address: VIP, period: 20 });
  const served = (from: number) =>
    until(
      "the client is served",
      () =>
        client.answers().filter((answer: Answer) => answer.at > from && answer.server).length >= 10,
    );
  await served(0);
  at(`a client asks every ${client.period} ms and is served`);

  const from = capture.lines.length;
  const stopped = Date.now();
  at("the master is stopped (SIGTERM)");
  const { code } = await master.stop();
  ensure(code === 0, `the master ends with status 0: it was ${code}\n${master.output}`);
  await lab.owned(VIP, "backup");
  await lab.owned(GATEWAY, "backup");
  const came = [VIP, GATEWAY].map((address) =>
    watch.changes(address).find((change) => change.host === "backup" && change.kind === "added")
      ?.at ?? 0
  );
  const apart = Math.abs((came[0] ?? 0) - (came[1] ?? 0));
  ensure(apart < 100 * slowness(), `both addresses move together: ${apart} ms apart`);
  const moved = Math.max(...came) - stopped;
  at(`backup has ${VIP} and ${GATEWAY}, ${moved} ms after the signal, ${apart} ms apart`);
  await served(Date.now());
  const answers = client.answers().filter((answer) => answer.at >= stopped);
  const spent = outage(client.answers(), stopped, Date.now());
  const lost = answers.filter((answer) => answer.server === undefined).length;
  ensure(spent < 3000 * slowness(), `the outage is short: ${spent} ms`);
  at(`the client goes on: outage ${spent} ms, ${lost} of ${answers.length} requests unanswered`);
  const farewell = await capture.seen(/172\.16\.1\.134 > .* prio 0,/, { from });
  detail([farewell, await capture.seen(/172\.16\.1\.138 > .* prio 97,/, { from })]);
  ensure((await ipvs(lab, "master")).length === 0, "the master left no IPVS table behind");
  at("ipvsadm -Ln on backup");
  detail(await table(lab, "backup"));
}

/** The prompt of `--keep`: a shell in any host, as often as wanted. */
async function keep(lab: Lab): Promise<void> {
  const hosts = lab.hosts.join(", ");
  print(`\nThe lab stays open. "enter HOST" opens a shell in ${hosts}; "quit" ends it.`);
  const buffer = new Uint8Array(1024);
  for (;;) {
    Deno.stdout.writeSync(new TextEncoder().encode("lab> "));
    // Read only while no shell is open: it needs the terminal for itself.
    const length = await Deno.stdin.read(buffer);
    if (length === null) return;
    const line = new TextDecoder().decode(buffer.subarray(0, length)).trim();
    const [word = "", host = ""] = line.split(/\s+/);
    if (["quit", "exit", "q"].includes(word)) return;
    if (word === "enter" && lab.hosts.includes(host)) {
      const rc = await lab.file(`bashrc-${host}`, `PS1='[root@${host}]# '\n`);
      const [command = "", ...args] = lab.argv(host, ["bash", "--rcfile", rc, "-i"]);
      await new Deno.Command(command, { args }).spawn().status;
    } else if (word !== "") print(`enter HOST (${hosts}) or quit`);
  }
}

async function main(): Promise<number> {
  const reason = missing(["ipvs", "ipvsadm", "tcpdump", "busybox", "keepalived"]);
  if (reason !== undefined) {
    print(`The demo cannot run here: ${reason}`);
    return 1;
  }
  const { stdout } = await run(["uname", "-r"]);
  const where = Deno.env.get("HOLDFAST_VM") === undefined ? "on this machine" : "in a VM";
  print(`LVS-NAT pair of seed 004, ${where} (Linux ${stdout.trim()})\n`);
  await using lab = await Lab.create(NAT);
  await using capture = await Capture.start(lab, "backup", {
    ifname: "ens33",
    filter: "host 224.1.111.1",
  });
  at(`lab is up: ${lab.hosts.join(", ")}`);
  try {
    const { rs1, master } = await begin(lab, capture);
    await realServer(lab, rs1);
    await switchover(lab, capture, master);
    at("everything was so");
  } catch (error) {
    at(`NOT SO: ${error instanceof Error ? error.message : error}`);
    return 1;
  }
  if (Deno.args.includes("--keep")) {
    await startDirector(lab, "master", { life: 1 });
    await keep(lab);
  }
  return 0;
}

if (import.meta.main) Deno.exit(await main());
