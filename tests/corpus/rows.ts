/**
 * Variants from the keyword tables: every keyword of every block, with every probe its shape suggests, in
 * a configuration that is good without it.
 */

import { allKeywords, type ListedKeyword } from "../../src/document/table/keyword_list.ts";
import { probesOf } from "./probes.ts";
import { samplesOf } from "./samples.ts";
import type { Variant } from "./variant.ts";

/** A configuration around a block: `@` is the place of the line; lines that begin with `=` are the block's own. */
const FRAMES: Readonly<Record<string, string>> = {
  "(root)": "@\nVRRP",
  global_defs: "global_defs {\n@\n}\nVRRP",
  vrrp_instance: instance("@"),
  "vrrp_instance/authentication": instance("authentication {\n=auth_type PASS\n=auth_pass x\n@\n}"),
  "vrrp_instance/auth_hmac": instance(
    "version 3\nauth_hmac {\n=key 1 0123456789abcdef0123456789abcdef\n=active_key 1\n@\n}",
  ),
  vrrp_sync_group: `${instance("")}${instance("", "W", 52)}vrrp_sync_group G {\n` +
    "=group {\n=V\n=W\n=}\n@\n}",
  vrrp_script: `vrrp_script chk {\n=script /bin/true\n@\n}\n${instance(track("script", "chk"))}`,
  track_file: `track_file chk {\n=file /etc/passwd\n@\n}\n${instance(track("file", "chk"))}`,
  vrrp_track_file: `vrrp_track_file chk {\n=file /etc/passwd\n@\n}\n${
    instance(track("file", "chk"))
  }`,
  vrrp_track_process: `vrrp_track_process chk {\n=process sh\n@\n}\n${
    instance(track("process", "chk"))
  }`,
  bfd_instance: `bfd_instance chk {\n=neighbor_ip 10.9.0.2\n@\n}\n${instance(track("bfd", "chk"))}`,
  garp_group: "garp_group {\n=garp_interval 1\n=interface eth0\n@\n}\nVRRP",
  track_group: `${instance("")}track_group T {\n=group {\n=V\n=}\n@\n}`,
  SSL: "SSL {\n@\n}\nLVS",
  virtual_server: server("@"),
  "virtual_server/real_server": server("", "@"),
  ...Object.fromEntries(
    ["HTTP_GET", "SSL_GET"].flatMap((name) => [
      [
        `virtual_server/real_server/${name}`,
        server("", `${name} {\n=url {\n=path /\n=status_code 200\n=}\n@\n}`),
      ],
      [
        `virtual_server/real_server/${name}/url`,
        server("", `${name} {\nurl {\n=path /\n=status_code 200\n@\n}\n}`),
      ],
    ]),
  ),
  ...Object.fromEntries(
    [
      ["TCP_CHECK", ""],
      ["SMTP_CHECK", ""],
      ["DNS_CHECK", ""],
      ["PING_CHECK", ""],
      ["UDP_CHECK", ""],
      ["MISC_CHECK", "=misc_path /bin/true\n"],
      ["FILE_CHECK", "=track_file chk\n"],
      ["BFD_CHECK", "=name chk\n"],
    ].map(([name, lines]) => [
      `virtual_server/real_server/${name}`,
      (name === "FILE_CHECK" ? "track_file chk {\nfile /etc/passwd\n}\n" : "") +
      (name === "BFD_CHECK" ? "bfd_instance chk {\nneighbor_ip 10.9.0.2\n}\n" : "") +
      server("", `${name} {\n${lines}@\n}`),
    ]),
  ),
  "virtual_server/real_server/SMTP_CHECK/host": server("", "SMTP_CHECK {\nhost {\n@\n}\n}"),
  static_ipaddress: "static_ipaddress {\n10.0.0.9/32 dev eth0 @\n}\nVRRP",
  static_routes: "static_routes {\n10.7.0.0/24 dev eth0 @\n}\nVRRP",
  static_rules: "static_rules {\nfrom 10.7.0.0/24 table 7 priority 70 @\n}\nVRRP",
  "vrrp_instance/virtual_ipaddress": instance("virtual_ipaddress {\n10.0.0.9/32 @\n}"),
  "vrrp_instance/virtual_ipaddress_excluded": instance(
    "virtual_ipaddress_excluded {\n10.0.0.9/32 @\n}",
  ),
  "vrrp_instance/virtual_routes": instance("virtual_routes {\n10.7.0.0/24 dev eth0 @\n}"),
  "vrrp_instance/virtual_rules": instance(
    "virtual_rules {\nfrom 10.7.0.0/24 table 7 priority 70 @\n}",
  ),
  "vrrp_instance/unicast_peer": instance("unicast_peer {\n10.9.0.2 @\n}"),
  ...Object.fromEntries(
    ["script", "file", "process", "bfd", "interface"].flatMap((kind) => {
      const name = kind === "interface" ? "eth1" : "chk";
      const list = `track_${kind} {\n${name} @\n}`;
      return [
        [`vrrp_instance/track_${kind}`, `${declared(kind)}${instance(list)}`],
        [
          `vrrp_sync_group/track_${kind}`,
          `${declared(kind)}${instance("")}${instance("", "W", 52)}vrrp_sync_group G {\n` +
          `group {\nV\nW\n}\nsync_group_tracking_weight\n${list}\n}`,
        ],
      ];
    }),
  ),
};

const SECURE = "global_defs {\nscript_user root\nenable_script_security\n}\n";

/** Interfaces that exist where the variants are tried. */
export const INTERFACES: readonly string[] = ["lo", "eth0", "eth1", "eth2", "eth3"];

/** All variants of the tables. */
export function rowVariants(): readonly Variant[] {
  return allKeywords().flatMap((listed) => variantsOf(listed));
}

function variantsOf({ block, name, row }: ListedKeyword): readonly Variant[] {
  if (row.source === "holdfast") return [];
  const frame = FRAMES[block];
  if (frame === undefined) throw new RangeError(`Cannot try ${name}: no frame for ${block}`);
  const about = { block, keyword: name };
  if (row.kind === "block" || row.kind === "list") {
    return ["", "abc", "10.0.0.1", "10.0.0.1 80", "fwmark 1", "group g", '"a b"', "a b c d"]
      .flatMap((
        words,
      ) =>
        ["{\n}", "{\nabc\n}", "{ }", "", "{\n10.0.0.1\n}"].map((body) => ({
          ...about,
          probe: `${words} ${body}`,
          files: { "main.conf": fill(frame, name, `${name} ${words} ${body}`) },
        }))
      );
  }
  return probesOf(row).map((probe) => ({
    ...about,
    probe,
    files: { "main.conf": fill(frame, name, `${name} ${probe}`.trimEnd()) },
  }));
}

/** Every keyword of a block of keywords twice, with different words, in one block. */
export function twiceVariants(): readonly Variant[] {
  return allKeywords().flatMap(({ block, name, row }) => {
    const frame = FRAMES[block];
    if (frame === undefined || row.kind !== "value") return [];
    const isEntry = !frame.split("\n").includes("@");
    const samples = row.args === "" ? [{ text: "" }, { text: "" }] : samplesOf(name, row);
    return samples.slice(0, 3).flatMap((one, index) =>
      samples.slice(0, 3).filter((_, other) => other !== index).map((two) => ({
        block,
        keyword: name,
        probe: `${one.text} then ${two.text}`,
        files: {
          "main.conf": fill(
            frame,
            name,
            [one, two].map(({ text }) => `${name} ${text}`.trimEnd()).join(isEntry ? " " : "\n"),
          ),
        },
      }))
    );
  });
}

/** The frame with a line in its place, and without the lines of its own that say the same. */
function fill(frame: string, keyword: string, line: string): string {
  const kept: string[] = [];
  let skipping = false;
  for (const each of frame.replace("VRRP", instance("")).replace("LVS", server("")).split("\n")) {
    if (!each.startsWith("=")) kept.push(each.replace("@", line));
    else if (skipping) skipping = each !== "=}";
    else if (each.slice(1).split(" ", 1)[0] === keyword) skipping = each.endsWith("{");
    else kept.push(each.slice(1));
  }
  return `${SECURE}${kept.join("\n")}\n`;
}

function instance(lines: string, name = "V", vrid = 51): string {
  const own = ["interface eth0", `virtual_router_id ${vrid}`];
  return `vrrp_instance ${name} {\n${own.map((each) => `=${each}`).join("\n")}\n${lines}\n` +
    `=virtual_ipaddress {\n=10.0.0.${vrid}/24\n=}\n}\n`;
}

function server(lines: string, inside = ""): string {
  return "virtual_server 10.1.0.1 80 {\n=lb_algo rr\n=lb_kind NAT\n=protocol TCP\n" +
    `${lines}\nreal_server 10.2.0.1 80 {\n=weight 1\n${inside}\n}\n}\n`;
}

function track(kind: string, name: string): string {
  return `track_${kind} {\n${name}\n}`;
}

function declared(kind: string): string {
  switch (kind) {
    case "script":
      return "vrrp_script chk {\nscript /bin/true\n}\n";
    case "file":
      return "track_file chk {\nfile /etc/passwd\n}\n";
    case "process":
      return "vrrp_track_process chk {\nprocess sh\n}\n";
    case "bfd":
      return "bfd_instance chk {\nneighbor_ip 10.9.0.2\n}\n";
    default:
      return "";
  }
}
