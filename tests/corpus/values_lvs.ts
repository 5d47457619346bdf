/** Values of the LVS part: from our configuration, and from keepalived's dump. */

import type { CheckerConfig } from "../../src/check/config.ts";
import { SERVICE_FLAG } from "../../src/kernel/ipvs/ipvs.ts";
import type { Forwarding } from "../../src/kernel/ipvs/ipvs.ts";
import type {
  LvsConfig,
  RealServerConfig,
  VirtualServerConfig,
  VirtualServerName,
} from "../../src/lvs/config.ts";
import { type DumpBlock, parseDump } from "./dump.ts";
import type { Facts, Values } from "./values.ts";
import { commandText, dumpedCommand, microsOf } from "./values_vrrp.ts";

/** What holdfast makes of a configuration. */
export function lvsValues(config: LvsConfig): Values {
  const values = new Map<string, Facts>();
  for (const server of config.virtualServers) {
    const label = labelOf(server.name);
    values.set(label, serverFacts(server));
    for (const real of server.realServers) {
      const under = `${label} -> ${real.address} ${real.port}`;
      values.set(under, realFacts(real));
      const counts = new Map<string, number>();
      for (const checker of real.checkers) {
        if (!COMPARED.has(checker.kind)) continue;
        const number = (counts.get(checker.kind) ?? 0) + 1;
        counts.set(checker.kind, number);
        values.set(`${under} ${checker.kind} ${number}`, checkerFacts(checker));
      }
    }
  }
  return values;
}

function labelOf(name: VirtualServerName): string {
  switch (name.kind) {
    case "address":
      return `server ${name.address} ${name.port} ${name.protocol}`;
    case "fwmark":
      return `server fwmark ${name.mark}`;
    case "group":
      return `server group ${name.group}`;
  }
}

function serverFacts(server: VirtualServerConfig): Facts {
  const { flags } = server;
  const has = (flag: number) => (flags & flag) !== 0;
  const { onePacket, schedulerFlag1, schedulerFlag2, schedulerFlag3 } = SERVICE_FLAG;
  const plain = server.family === "inet" ? 32 : 128;
  const sorry = server.sorryServer;
  return {
    family: server.family,
    scheduler: server.scheduler,
    flags: [onePacket, schedulerFlag1, schedulerFlag2, schedulerFlag3].map(has).join(" "),
    persistence: `${server.persistenceTimeout ?? 0}`,
    granularity: server.persistenceGranularity === plain ? "" : `${server.persistenceGranularity}`,
    quorum: `${server.quorum}, ${server.hysteresis}`,
    alpha: `${server.alpha}`,
    omega: `${server.omega}`,
    up: server.quorumUp === undefined ? "" : commandText(server.quorumUp),
    down: server.quorumDown === undefined ? "" : commandText(server.quorumDown),
    sorry: sorry === undefined
      ? ""
      : `${sorry.address} ${sorry.port} ${
        methodText(sorry.forwarding)
      } ${server.sorryServerInhibit}`,
  };
}

function realFacts(real: RealServerConfig): Facts {
  return {
    weight: `${real.weight}`,
    method: methodText(real.forwarding),
    inhibit: `${real.inhibitOnFailure}`,
    thresholds: `${real.lowerThreshold} -> ${real.upperThreshold}`,
    up: real.notifyUp === undefined ? "" : commandText(real.notifyUp),
    down: real.notifyDown === undefined ? "" : commandText(real.notifyDown),
  };
}

function methodText(forwarding: Forwarding): string {
  if (forwarding.method !== "tunnel") return forwarding.method.toUpperCase();
  return `TUN, type = ${["IPIP", "GUE", "GRE"][forwarding.tunnelType]}`;
}

function checkerFacts(checker: CheckerConfig): Facts {
  const { timing } = checker;
  return {
    "delay loop": `${timing.delayLoop}`,
    warmup: `${timing.warmup}`,
    retry: `${timing.retry}`,
    "retry delay": `${timing.delayBeforeRetry}`,
    alpha: `${timing.alpha}`,
    "log all": `${timing.logAllFailures}`,
    ...(checker.kind === "file" ? {} : checker.kind === "misc"
      ? {
        command: commandText(checker.command),
        timeout: `${checker.timeout}`,
        dynamic: `${checker.dynamic}`,
      }
      : {
        to: `[${checker.connect.address}]:${checker.connect.port}`,
        from: checker.connect.bindAddress ?? "",
        timeout: `${checker.connect.timeout}`,
      }),
    ...(checker.kind === "http" && {
      protocol: checker.httpProtocol.toUpperCase(),
      urls: checker.urls.map(({ path, digest, statusCodes }) =>
        `${path} ${digest ?? ""} ${
          statusCodes.map(([low, high]) => low === high ? `${low}` : `${low}-${high}`).join(" ")
        }`
      ).join(", "),
    }),
  };
}

/** What keepalived says; only of the kinds of checks that are compared. */
export function dumpedLvsValues(text: string): Values {
  const values = new Map<string, Facts>();
  const counts = new Map<string, number>();
  let server = "";
  for (const block of parseDump(text)) {
    if (/^VS /.test(block.title)) {
      server = dumpedLabel(block);
      values.set(server, dumpedServer(block));
    } else if (/^RIP = /.test(block.title)) {
      const [, address, port] = /^RIP = (\S+), RPORT = (\d+)/.exec(block.title) ?? [];
      values.set(`${server} -> ${address} ${port}`, dumpedReal(block));
    } else if (block.section === "Health checkers") {
      const kind = KINDS[block.values["Keepalive method"]?.split(",")[0] ?? ""];
      const under = checkedServer(block.title);
      if (kind === undefined || under === undefined) continue;
      const number = (counts.get(`${under} ${kind}`) ?? 0) + 1;
      counts.set(`${under} ${kind}`, number);
      values.set(`${under} ${kind} ${number}`, dumpedChecker(block, kind));
    }
  }
  return values;
}

/** Kinds of checks that are compared; `tests/checkers` tries the others. */
const COMPARED: ReadonlySet<string> = new Set(["tcp", "http", "misc"]);

const KINDS: Readonly<Record<string, "tcp" | "http" | "misc">> = {
  TCP_CHECK: "tcp",
  HTTP_GET: "http",
  SSL_GET: "http",
  MISC_CHECK: "misc",
};

function dumpedLabel({ title, values }: DumpBlock): string {
  const address = /^VS VIP = (\S+), VPORT = (\d+)/.exec(title);
  if (address !== null) {
    return `server ${address[1]} ${address[2]} ${values["protocol"]?.toLowerCase()}`;
  }
  const group = /^VS GROUP = \[(.*)\]:0/.exec(title);
  return group === null ? `server fwmark ${/\d+/.exec(title)?.[0]}` : `server group ${group[1]}`;
}

/** `[10.0.0.1]:tcp:80 -> [10.1.0.1]:tcp:80` as the name of the real server. */
function checkedServer(title: string): string | undefined {
  const [vip, real] = title.split(" -> ");
  const address = /^\[(.*)\]:(\w+):(\d+)$/.exec(vip ?? "");
  const group = /^\[(.*)\]:0$/.exec(vip ?? "");
  const mark = /^FWM (\d+)/.exec(vip ?? "");
  const server = address !== null
    ? `${address[1]} ${address[3]} ${address[2]}`
    : group !== null
    ? `group ${group[1]}`
    : mark !== null
    ? `fwmark ${mark[1]}`
    : undefined;
  const to = /^\[(.*)\]:\w+:(\d+)$/.exec(real ?? "");
  return server === undefined || to === null ? undefined : `server ${server} -> ${to[1]} ${to[2]}`;
}

function dumpedServer({ values, lists, lines }: DumpBlock): Facts {
  const get = (key: string) => values[key] ?? "";
  const on = (...keys: readonly string[]) => `${keys.some((key) => values[key] === "enabled")}`;
  const sorry = /^\[(.*)\]:\w+:(\d+)$/.exec(get("sorry server"));
  const under = lists["sorry server"] ?? [];
  const granularity = get("persistence granularity");
  return {
    family: get("Address family"),
    scheduler: get("lvs_sched"),
    flags: [
      on("One packet scheduling"),
      on("flag-1", "sh-fallback", "mh-fallback"),
      on("flag-2", "sh-port", "mh-port"),
      on("flag-3"),
    ].join(" "),
    persistence: get("persistence timeout") || "0",
    granularity: granularity.includes(".") ? `${lengthOf(granularity)}` : granularity,
    quorum: get("quorum").replace(" hysteresis = ", " "),
    alpha: `${lines.includes("alpha is ON")}`,
    omega: `${lines.includes("omega is ON")}`,
    up: dumpedCommand(get("Quorum up notify script")),
    down: dumpedCommand(get("Quorum down notify script")),
    sorry: sorry === null
      ? ""
      : `${sorry[1]} ${sorry[2]} ${under[0]?.replace("forwarding method = ", "")} ${
        under[1]?.endsWith("ON")
      }`,
  };
}

function dumpedReal({ title, values, lists, lines }: DumpBlock): Facts {
  const scripts = Object.values(lists).flat();
  const script = (kind: string) =>
    dumpedCommand(
      scripts.find((line) => line.startsWith(`RS ${kind} notify`))?.replace(/^.*? = /, "") ?? "",
    );
  return {
    weight: /WEIGHT = (\d+)/.exec(title)?.[1] ?? "",
    method: values["forwarding method"] ?? "",
    inhibit: `${lines.includes("Inhibit on failure is ON")}`,
    thresholds: values["connection limit range"] ?? "",
    up: script("up"),
    down: script("down"),
  };
}

function dumpedChecker({ values, lists, lines }: DumpBlock, kind: "tcp" | "http" | "misc"): Facts {
  const get = (key: string) => values[key] ?? "";
  const connection = lists["Connection"] ?? [];
  const of = (key: string) =>
    connection.find((line) => line.startsWith(`${key} = `))?.slice(key.length + 3) ?? "";
  return {
    "delay loop": `${microsOf(get("Delay loop"))}`,
    warmup: `${microsOf(get("Warmup"))}`,
    retry: get("Retries"),
    "retry delay": `${microsOf(get("Delay before retry"))}`,
    alpha: `${get("Alpha") === "yes"}`,
    "log all": `${get("Log all failures") === "yes"}`,
    ...(kind === "misc"
      ? {
        command: dumpedCommand(get("script")),
        timeout: `${microsOf(get("timeout"))}`,
        dynamic: `${get("dynamic") === "YES"}`,
      }
      : {
        to: of("Dest"),
        from: of("Bind to").replace(/^\[(.*)\]:\d+$/, "$1"),
        timeout: `${microsOf(of("Timeout"))}`,
      }),
    ...(kind === "http" && {
      protocol: /http protocol (.*)$/.exec(get("Keepalive method"))?.[1] ?? "",
      urls: lines.filter((line) => line.startsWith("Checked url = ")).map((line) => {
        const under = lists[line] ?? [];
        const digest = under.find((each) => each.startsWith("digest = "))?.slice(9) ?? "";
        return `${line.slice(14)} ${digest} ${
          under.filter((each) => /^\d+(-\d+)?$/.test(each)).join(" ")
        }`;
      }).join(", "),
    }),
  };
}

/** Leading ones of a netmask. */
function lengthOf(mask: string): number {
  return mask.split(".").map((part) => Number(part).toString(2).replaceAll("0", "").length)
    .reduce((sum, bits) => sum + bits, 0);
}
