/** The rows at the top level of a file: every block and keyword of the language hangs below this table. */

import { BFD_INSTANCE } from "../../bfd/keywords.ts";
import {
  block,
  type Bound,
  flag,
  namedBlock,
  optionalWord,
  type Table,
} from "../../language/mod.ts";
import { GLOBAL_DEFS } from "../../global/keywords.ts";
import {
  localAddressGroup,
  ssl,
  virtualServer,
  virtualServerGroup,
} from "../../lvs/rows/keywords.ts";
import { PROCESS_ROWS } from "../../process/keywords.ts";
import { TRACK_FILE, VRRP_SCRIPT, VRRP_TRACK_PROCESS } from "../../track/keywords.ts";
import {
  GARP_GROUP,
  interfaceDelays,
  linkbeatInterfaces,
  TRACK_GROUP,
  VRRP_INSTANCE,
  VRRP_SYNC_GROUP,
} from "../../vrrp/read/keywords.ts";
import { staticAddresses } from "../../vrrp/read/keywords_address.ts";
import { staticRoutes, staticRules } from "../../route/keywords.ts";

const later = { acts: false } as const;

/** Rows at the top level. */
export const ROOT = {
  global_defs: block(GLOBAL_DEFS, {
    bare: { list: "notification_email", like: /.@./ },
    merged: true,
    text: "Opens the block holding daemon-wide settings",
  }),
  net_namespace: PROCESS_ROWS.net_namespace,
  net_namespace_ipvs: optionalWord({
    twice: "first",
    ...later,
    build: "LVS",
    what: "name",
    default: "net_namespace",
    text: "Namespace used for IPVS work; without a name the original one",
  }),
  namespace_with_ipsets: flag({
    moot: "holdfast uses sets of nftables, which every namespace has of its own",
    text: "Lets ipsets be used inside a network namespace on kernels older than 3.13",
  }),
  use_pid_dir: PROCESS_ROWS.use_pid_dir,
  instance: PROCESS_ROWS.instance,
  child_wait_time: PROCESS_ROWS.child_wait_time,
  linkbeat_use_polling: flag({
    build: "LINKBEAT",
    text: "Asks the drivers of all interfaces that matter for the carrier every second",
  }),
  track_group: namedBlock(TRACK_GROUP, {
    requires: ["group"],
    missing: "reported",
    text: "Instances whose faulting follows tracked static addresses, routes or rules",
  }),
  static_ipaddress: staticAddresses,
  static_routes: staticRoutes,
  static_rules: staticRules,
  vrrp_sync_group: namedBlock(VRRP_SYNC_GROUP, {
    bare: { list: "group", like: /^\w/ },
    missing: "reported",
    text: "Ties several instances together so that they change state as one",
  }),
  garp_group: block(GARP_GROUP, {
    requires: ["garp_interval|gna_interval"],
    text: "Rate limits gratuitous ARP and NA traffic for a set of interfaces",
  }),
  linkbeat_interfaces: linkbeatInterfaces,
  interface_up_down_delays: interfaceDelays,
  vrrp_instance: namedBlock(VRRP_INSTANCE, {
    bare: { list: "virtual_ipaddress", like: /^[\da-f]*[.:][\da-f.:]+(?:\/\d+)?$/i },
    missing: "reported",
    text: "Declares one virtual router",
  }),
  vrrp_script: namedBlock(VRRP_SCRIPT, {
    requires: ["script"],
    text: "Declares a health script that instances or groups may track",
  }),
  vrrp_track_process: namedBlock(VRRP_TRACK_PROCESS, {
    requires: ["process"],
    build: "track-process",
    text: "Declares a tracker of running processes",
  }),
  track_file: namedBlock(TRACK_FILE, {
    requires: ["file"],
    text: "Declares a file whose number adjusts priorities or server weights",
  }),
  vrrp_track_file: namedBlock(TRACK_FILE, {
    requires: ["file"],
    text: "Old name of track_file",
  }),
  bfd_instance: namedBlock(BFD_INSTANCE, {
    requires: ["neighbor_ip"],
    ...later,
    build: "BFD",
    max: 31,
    text: "Declares one BFD session to a neighbour",
  }),
  SSL: ssl,
  virtual_server_group: virtualServerGroup,
  virtual_server: virtualServer,
  local_address_group: localAddressGroup,
} satisfies Table;

/** The rows a file uses. */
export type BoundRoot = Bound<typeof ROOT>;
