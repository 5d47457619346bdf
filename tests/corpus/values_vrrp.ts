/** Values of the VRRP part: from our configuration, and from keepalived's dump. */

import { configuredSource, multicastGroup } from "../../src/vrrp/router_identity.ts";
import type { ScriptCommand } from "../../src/global/config.ts";
import { routeText, ruleText } from "../../src/status/route_text.ts";
import { scopeText } from "../../src/status/address_text.ts";
import type { Config } from "../../src/document/config.ts";
import type { FollowedThing, TrackerKind } from "../../src/track/mod.ts";
import type { VirtualAddress, VrrpConfig, VrrpInstanceConfig } from "../../src/vrrp/config.ts";
import { type DumpBlock, parseDump } from "./dump.ts";
import type { Facts, Values } from "./values.ts";

/** What holdfast makes of a configuration. */
export function vrrpValues({ vrrp: config, track }: Pick<Config, "vrrp" | "track">): Values {
  const values = new Map<string, Facts>();
  for (const instance of config.instances) {
    values.set(`instance ${instance.name}`, instanceFacts(instance, config));
  }
  for (const group of config.groups) {
    values.set(`group ${group.name}`, {
      members: group.members.join(" "),
      scripts: tracksText("script", group.tracks),
      interfaces: tracksText("interface", group.tracks),
      weights: `${group.syncGroupTrackingWeight}`,
    });
  }
  for (const script of track.scripts) {
    values.set(`script ${script.name}`, {
      command: commandText(script.script),
      interval: `${script.interval}`,
      timeout: `${script.timeout ?? 0}`,
      weight: weightText(script.weight, script.reverse),
      rise: `${script.rise}`,
      fall: `${script.fall}`,
    });
  }
  return values;
}

function instanceFacts(self: VrrpInstanceConfig, config: VrrpConfig): Facts {
  const { garp } = self;
  const unicast = self.unicastPeers.length > 0;
  const source = configuredSource(self);
  // keepalived shows no key of AH.
  const key = self.authentication?.kind === "pass" ? self.authentication.key : undefined;
  return {
    version: `${self.version}`,
    wants: self.wantState.toUpperCase(),
    interface: self.vmac === undefined
      ? self.interface ?? "none"
      : `${self.vmac.name}, vmac on ${self.interface}${
        self.vmac.xmitBase ? ", xmit base i/f" : ""
      }`,
    group: unicast ? "none" : multicastGroup(self, config),
    source: source ?? "any",
    vrid: `${self.virtualRouterId}`,
    priority: `${self.priority}`,
    "advert interval": `${self.advertInt}`,
    preempt: `${!self.nopreempt}`,
    "preempt delay": `${self.preemptDelay}`,
    "answers weaker": `${!self.lowerPrioNoAdvert}`,
    "answers stronger": `${self.higherPrioSendAdvert}`,
    "down timer adverts": `${self.downTimerAdverts}`,
    "garp delay": `${garp.masterDelay}`,
    "garp repeat": `${garp.masterRepeat}`,
    "garp refresh": `${garp.masterRefresh}`,
    "garp refresh repeat": `${garp.masterRefreshRepeat}`,
    "garp lower delay": `${garp.lowerPrioDelay}`,
    "garp lower repeat": `${garp.lowerPrioRepeat}`,
    authentication: key === undefined
      ? "none"
      : new TextDecoder().decode(key.reveal()).replace(/\0+$/, ""),
    addresses: self.virtualAddresses.map((each) => addressText(each, self)).join(", "),
    excluded: self.excludedAddresses.map((each) => addressText(each, self)).join(", "),
    routes: entryTexts(self.virtualRoutes.map(routeText)),
    rules: entryTexts(self.virtualRules.map(ruleText)),
    peers: self.unicastPeers.map(({ address, minTtl, maxTtl }) =>
      `${address} ${minTtl ?? 0}-${maxTtl ?? 255}`
    ).join(", "),
    "unicast ttl": unicast ? `${self.unicastTtl}` : "",
    "check source": unicast ? `${self.checkUnicastSrc}` : "",
    interfaces: tracksText("interface", self.tracks),
    scripts: tracksText("script", self.tracks),
    "own interface": `${!self.dontTrackPrimary}`,
  };
}

function addressText(address: VirtualAddress, self: VrrpInstanceConfig): string {
  const full = address.address.includes(":") ? 128 : 32;
  const length = address.prefixLength === full ? "" : `/${address.prefixLength}`;
  const own = self.vmac === undefined ? self.interface : `${self.vmac.name}@${self.interface}`;
  const named = address.dev === self.interface ? undefined : address.dev;
  const dev = named ?? own;
  // The scope of an IPv6 address follows from it; keepalived's dump says global.
  const scope = scopeText(full === 128 ? 0 : address.scope ?? 0);
  const label = address.label === undefined ? "" : ` label ${address.label}`;
  const broadcast =
    address.broadcast === undefined || address.broadcast === "-" || address.broadcast === "+"
      ? ""
      : ` brd ${address.broadcast}`;
  return `${address.address}${length}${broadcast} dev ${dev} scope ${scope}${label}`;
}

function tracksText(kind: TrackerKind, tracks: readonly FollowedThing[]): string {
  return tracks.filter(({ tracker }) => tracker.kind === kind)
    .map(({ tracker, weight, reverse }) => `${tracker.name} ${weightText(weight, reverse)}`)
    .join(", ");
}

/** Routes or rules. keepalived 2.2 does not follow what names no interface, and says what is the default when that was written. */
function entryTexts(texts: readonly string[]): string {
  return texts.map((text) =>
    text.replace(/ \[installed.*$| set$/, "").replace(" no_track", "").replace(" scope 0", "")
      .replace(" table 254", "")
  ).join(", ");
}

function weightText(weight: number, reverse: boolean): string {
  return reverse ? `${weight} reverse` : `${weight}`;
}

/** Words without the folder of the program: keepalived follows links and looks along the path. */
export function commandText({ argv }: Pick<ScriptCommand, "argv">): string {
  return argv.map((word, index) => `'${index === 0 ? word.replace(/^.*\//, "") : word}'`).join(" ");
}

/** What keepalived says. */
export function dumpedVrrpValues(text: string): Values {
  const values = new Map<string, Facts>();
  for (const block of parseDump(text)) {
    const [, kind, name = ""] = /^VRRP (Instance|Sync Group|Script) = ([^,]*)/.exec(block.title) ??
      [];
    if (kind === "Instance") values.set(`instance ${name}`, dumpedInstance(block));
    else if (kind === "Sync Group") values.set(`group ${name}`, dumpedGroup(block));
    else if (kind === "Script") values.set(`script ${name}`, dumpedScript(block));
  }
  return values;
}

function dumpedInstance({ values, lists, lines }: DumpBlock): Facts {
  const get = (key: string) => values[key] ?? "";
  const unicast = lists["Unicast Peer"] !== undefined;
  const source = / \(from configuration\)$/.test(get("Using src_ip"))
    ? get("Using src_ip").split(" ")[0] ?? ""
    : "any";
  return {
    version: get("VRRP Version"),
    wants: get("Wantstate"),
    interface: get("Interface"),
    group: unicast ? "none" : lines.join("\n").match(/Multicast address (.*)/)?.[1] ?? "",
    source,
    vrid: get("Virtual Router ID"),
    priority: get("Priority"),
    "advert interval": `${microsOf(get("Advert interval"))}`,
    preempt: `${get("Preempt") === "enabled"}`,
    "preempt delay": `${microsOf(get("Preempt delay"))}`,
    "answers weaker": get("Send advert after receive lower priority advert"),
    "answers stronger": get("Send advert after receive higher priority advert"),
    "down timer adverts": get("Down timer adverts"),
    "garp delay": `${microsOf(get("Gratuitous ARP delay"))}`,
    "garp repeat": get("Gratuitous ARP repeat"),
    "garp refresh": `${microsOf(get("Gratuitous ARP refresh"))}`,
    "garp refresh repeat": get("Gratuitous ARP refresh repeat"),
    "garp lower delay": `${microsOf(get("Gratuitous ARP lower priority delay"))}`,
    "garp lower repeat": get("Gratuitous ARP lower priority repeat"),
    authentication: values["Password"] ?? "none",
    addresses: addressLines(lists["Virtual IP"]),
    excluded: addressLines(lists["Virtual IP Excluded"]),
    routes: entryTexts(lists["Virtual Routes"] ?? []),
    rules: entryTexts(lists["Virtual Rules"] ?? []),
    peers: (lists["Unicast Peer"] ?? []).map((line) =>
      line.replace(/ min_ttl (\d+) max_ttl (\d+).*/, " $1-$2")
    ).join(", "),
    "unicast ttl": unicast ? get("Unicast TTL") : "",
    "check source": unicast ? `${get("Check unicast src") === "yes"}` : "",
    interfaces: entryLines(lists["Tracked interfaces"]),
    scripts: entryLines(lists["Tracked scripts"]),
    "own interface": `${!lines.includes("VRRP interface tracking disabled")}`,
  };
}

function dumpedGroup({ lists, lines }: DumpBlock): Facts {
  return {
    members: (lists["VRRP member instances"] ?? []).join(" "),
    scripts: entryLines(lists["Tracked scripts"]),
    interfaces: entryLines(lists["Tracked interfaces"]),
    weights: `${lines.includes("sync group tracking weight set")}`,
  };
}

function dumpedScript({ values }: DumpBlock): Facts {
  const get = (key: string) => values[key] ?? "";
  return {
    command: dumpedCommand(get("Command")),
    interval: `${microsOf(get("Interval"))}`,
    timeout: `${microsOf(get("Timeout"))}`,
    weight: get("Weight"),
    rise: get("Rise"),
    fall: get("Fall"),
  };
}

/** A command of the dump, without the folder of the program and the account. */
export function dumpedCommand(text: string): string {
  return text.replace(/, uid:gid.*$/, "").replace(/^'[^']*\//, "'");
}

function addressLines(lines: readonly string[] | undefined): string {
  return (lines ?? []).map((line) => line.replace(/ set$| preferred_lft forever| no_track/g, ""))
    .join(", ");
}

function entryLines(lines: readonly string[] | undefined): string {
  return (lines ?? []).map((line) => line.replace(" weight ", " ")).join(", ");
}

/** `12.5 secs`, `250 milli-sec`, `6000000 us`, or plain seconds. */
export function microsOf(text: string): number {
  const unit = /milli/.test(text) ? 1000 : /us/.test(text) ? 1 : 1_000_000;
  return Math.round((parseFloat(text) || 0) * unit);
}
