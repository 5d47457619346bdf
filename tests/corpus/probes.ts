/** What is written behind a keyword to find out what it takes: from the shape its row gives. */

import type { Keyword } from "../../src/language/mod.ts";

/** Probes of every keyword: nothing, numbers, junk, words. */
const ANY = ["", "0", "1", "-1", "1x", "1.5", "abc", "on", "off", "10.0.0.1", '"a b"', "1 2"];

const BOOLEANS = ["yes", "no", "true", "false", "On", "TRUE", "on on"];
const TIMES = ["0.01", "0.001", "0.0000001", "1.0000001", ".5", "5.", "5s", "1e3", "4294.5"];
const ADDRESSES = [
  "10.0.0.1/24",
  "10.0.0.1/33",
  "10.0.0.300",
  "10.0.0",
  "2001:db8::1",
  "2001:db8::1/64",
  "2001:db8::g",
  "224.0.0.18",
  "ff02::12",
  "fe80::1",
  "0.0.0.0",
  "10.0.0.1 80",
  "10.0.0.1 0",
  "10.0.0.1 65536",
  "2001:db8::1 80",
];
const COMMANDS = [
  "/bin/true",
  '"/bin/true a b"',
  '"/bin/true a" root',
  "/bin/true root",
  "/bin/true root root",
  "/bin/true a b c",
  '"/bin/true a" nosuchuser',
  '"/bin/true a" root nosuchgroup',
  '"/bin/true a" root root extra',
  "/nonexistent/program",
  "/etc/passwd",
  "true",
  '""',
  '"/bin/true \'a b\' \\"c\\""',
];
const INTERFACES = ["eth0", "nosuch0", "lo", "aninterfacenamethatistoolong"];

/** Probes of a row, each once. */
export function probesOf(row: Keyword): readonly string[] {
  if (row.kind === "alias" || row.kind === "unknown") return ANY;
  const { args } = row;
  const probes = new Set(ANY);
  const add = (more: readonly string[]) => more.forEach((probe) => probes.add(probe));
  for (const [, from, to] of args.matchAll(/(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)/g)) {
    add(around(Number(from)));
    add(around(Number(to)));
  }
  if (/ or more/.test(args)) add(["2147483647", "2147483648", "4294967295", "4294967296"]);
  if (/^<number|^<seconds|^<mill/.test(args)) add(["+1", "0x10", "010", '"1"', "1 # x"]);
  if (/seconds|milliseconds/.test(args)) add(TIMES);
  if (/on\|off/.test(args) || args === "") add(BOOLEANS);
  if (/address/.test(args)) add(ADDRESSES);
  if (/command/.test(args)) add(COMMANDS);
  if (/interface/.test(args) || args === "<interface>") add(INTERFACES);
  if (/<user>/.test(args)) {
    add(["root", "root root", "nobody", "nosuchuser", "root nosuchgroup", "root :"]);
  }
  if (/reverse/.test(args)) add(["1 reverse", "1 noreverse", "1 abc", "-1 reverse"]);
  if (row.kind === "value") {
    for (const value of row.values ?? []) add([value, value.toUpperCase()]);
  }
  for (const [, word] of args.matchAll(/(?:^|[|[ ])([A-Za-z][\w.]*)(?=[|\] ]|$)/g)) {
    if (word !== undefined) add([word, word.toLowerCase(), `${word} 1`, `${word} abc`]);
  }
  return [...probes];
}

/** A limit and its neighbours. */
function around(limit: number): readonly string[] {
  const step = Number.isInteger(limit) ? 1 : 10 ** -(`${limit}`.split(".")[1]?.length ?? 0);
  const places = Number.isInteger(limit) ? 0 : `${limit}`.split(".")[1]?.length ?? 0;
  return [limit - step, limit, limit + step].map((value) => value.toFixed(places));
}
