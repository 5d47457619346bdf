/** Reads what `iptables-save` and `ip6tables-save` print (iptables(8)). What is not understood is unknown. */

import { parseIp } from "../../net/mod.ts";
import {
  all,
  type Chain,
  type Hook,
  not,
  type Packet,
  type Rule,
  stateAmong,
  type Trit,
  type Verdict,
} from "./ruleset.ts";
import { isInterface, isWithin, protocolNumber } from "./values.ts";

/** Hooks of the chains that are built in. */
const HOOKS: Readonly<Record<string, Hook>> = {
  PREROUTING: "prerouting",
  INPUT: "input",
  FORWARD: "forward",
  OUTPUT: "output",
  POSTROUTING: "postrouting",
};

/** `NF_IP_PRI_*` (linux/netfilter_ipv4.h) of the tables; nat only sees what is new and drops nothing. */
const PRIORITIES: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  filter: 0,
  security: 50,
};

/** Chains of what was saved. */
export function parseIptables(text: string, family: "ip" | "ip6"): readonly Chain[] {
  const tool = family === "ip" ? "iptables" : "ip6tables";
  const found = new Map<
    string,
    { readonly table: string; readonly name: string; policy: string; rules: Rule[] }
  >();
  let table = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("*")) table = line.slice(1).trim();
    else if (line.startsWith(":")) {
      const [name = "", policy = "-"] = line.slice(1).split(/\s+/);
      found.set(`${tool} ${table} ${name}`, { table, name, policy, rules: [] });
    } else if (line.startsWith("-A ")) {
      const words = wordsOf(line);
      const [, name = "", ...rest] = words;
      found.get(`${tool} ${table} ${name}`)?.rules.push(ruleOf(line, rest, `${tool} ${table}`));
    }
  }
  return [...found].map(([key, { table: of, name, policy, rules }]): Chain => {
    const [at, priority] = [HOOKS[name], PRIORITIES[of]];
    return {
      key,
      name: `chain ${name} of table ${of} (${tool})`,
      tool,
      family,
      table: of,
      chain: name,
      ...(at !== undefined && priority !== undefined && policy !== "-" &&
        { hook: { at, priority } }),
      policy: policy === "DROP" ? "drop" : "accept",
      rules,
    };
  });
}

/** Words of a line; what is quoted is one. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) =>
    quoted ?? plain ?? ""
  );
}

type Match = (packet: Packet) => Trit;

/** Options with a value that match something known here. */
const MATCHES: Readonly<Record<string, (value: string) => Match>> = {
  "-p": (value) => {
    const number = value === "all" ? "all" : protocolNumber(value);
    return ({ protocol }) =>
      number === undefined ? undefined : number === "all" || number === protocol;
  },
  "-s": (value) => ({ source }) => within(source, value),
  "-d": (value) => ({ destination }) => within(destination, value),
  "-i": (value) => ({ inputInterface }) => isInterface(inputInterface, value),
  "-o": (value) => ({ outputInterface }) => isInterface(outputInterface, value),
  "--dport": (value) => ({ destinationPort }) => ports(destinationPort, value),
  "--dports": (value) => ({ destinationPort }) => ports(destinationPort, value),
  "--sport": (value) => ({ sourcePort }) => ports(sourcePort, value),
  "--ctstate": (value) => (packet) => stateAmong(packet, value.toLowerCase().split(",")),
  "--state": (value) => (packet) => stateAmong(packet, value.toLowerCase().split(",")),
};

/** Modules whose options are all known, or that match always. */
const PLAIN_MODULES: ReadonlySet<string> = new Set([
  "tcp",
  "udp",
  "multiport",
  "conntrack",
  "state",
  "comment",
]);

/** Targets after which a rule's packet goes on. */
const PASSING: ReadonlySet<string> = new Set([
  "LOG",
  "NFLOG",
  "MARK",
  "CONNMARK",
  "TRACE",
  "CT",
  "NOTRACK",
  "TCPMSS",
  "DSCP",
  "CLASSIFY",
  "CHECKSUM",
  "AUDIT",
]);

function ruleOf(line: string, words: readonly string[], table: string): Rule {
  const matches: Match[] = [];
  let verdict: Verdict | undefined;
  let inverted = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const value = words[at + 1] ?? "";
    if (word === "!") {
      inverted = true;
      continue;
    }
    if (word === "-j" || word === "-g") {
      verdict = verdictOf(value, word === "-g" ? "goto" : "jump", table);
      break; // what follows is the target's
    }
    const known = MATCHES[word];
    if (known !== undefined) {
      const match = known(value);
      const turned = inverted;
      matches.push((packet) => turned ? not(match(packet)) : match(packet));
      at += 1;
    } else if (word === "-m") {
      if (!PLAIN_MODULES.has(value)) matches.push(() => undefined);
      at += 1;
    } else if (word === "--comment") at += 1;
    else if (word.startsWith("-")) {
      matches.push(() => undefined);
    }
    inverted = false;
  }
  const given = verdict;
  return {
    text: line,
    matches: (packet) => all(matches.map((match) => match(packet))),
    ...(given !== undefined && { verdict: () => given }),
  };
}

function verdictOf(target: string, kind: "jump" | "goto", table: string): Verdict | undefined {
  switch (target) {
    case "ACCEPT":
      return { kind: "accept" };
    case "DROP":
      return { kind: "drop" };
    case "REJECT":
      return { kind: "reject" };
    case "RETURN":
      return { kind: "return" };
    case "NFQUEUE":
    case "QUEUE":
      return { kind: "unknown" };
    default:
      return PASSING.has(target) ? undefined : { kind, chain: `${table} ${target}` };
  }
}

function within(address: string | undefined, value: string): Trit {
  const [network = "", length] = value.split("/");
  if (parseIp(network) === undefined) return undefined;
  if (length?.includes(".")) return undefined;
  return isWithin(address, network, length === undefined ? undefined : Number(length));
}

function ports(port: number | undefined, value: string): Trit {
  if (port === undefined) return undefined;
  return value.split(",").some((each) => {
    const [from = "", to = from] = each.split(":");
    return Number(from) <= port && port <= Number(to);
  });
}
