/** A plan as data: what programs read, and what the text for people is made of. */

/** Version of the shape below: a field that is added does not change it. */
export const PLAN_VERSION = 1;

/** One setting. Values as text, times with their unit; secrets are never shown. */
export interface FieldChange {
  /** As the file has it, with dots between what is inside each other: `advert_int`, `garp.master_delay`. */
  readonly field: string;
  /** Absent: it was not there. */
  readonly from?: string;
  /** Absent: it is there no more. */
  readonly to?: string;
}

/** Part of what the file says. */
export interface ConfigurationChange {
  /** `vrrp_instance`, `virtual_server`, `real_server`, `vrrp_script` …, or `global_defs`. */
  readonly block: string;
  readonly name: string;
  /** Name of the block around it. */
  readonly of?: string;
  readonly change: "added" | "removed" | "changed";
  /** Of what is changed. */
  readonly fields: readonly FieldChange[];
}

/** State of a virtual router. */
export type RouterState = "init" | "backup" | "master" | "fault";

/** What becomes of a virtual router at once, and what is to be expected later. */
export interface InstanceMove {
  readonly name: string;
  /** `recreated`: the virtual router of that name is another one afterwards, and begins anew. */
  readonly change: "added" | "removed" | "recreated" | "kept";
  /** Absent: it was not there. */
  readonly from?: RouterState;
  /** Absent: it is not there any more. */
  readonly to?: RouterState;
  /** Effective priority before and after, if both are there and differ. */
  readonly priority?: { readonly from: number; readonly to: number };
  /** `lost`: it is master, and is not afterwards; `at-risk`, `to-come`: as far as this node can know. */
  readonly mastership?: "lost" | "at-risk" | "to-come";
  /** For a person, why that is expected. */
  readonly why?: string;
}

/** Connections of a service or server that goes. */
export interface Connections {
  /** Established ones of TCP and SCTP. */
  readonly active: number;
  /** All others, also every one of UDP. */
  readonly inactive: number;
}

/** What kind of thing of the kernel an operation is about. */
export type Subject =
  | "service"
  | "server"
  | "address"
  | "route"
  | "rule"
  | "nftables"
  | "sysctl"
  | "link"
  | "sync-daemon"
  | "ipvs-timeouts";

/** One operation of the driver, in its order. */
export interface Operation {
  readonly subject: Subject;
  /** `recreate`: deleted and added. `flush`: all services go, whoever made them. */
  readonly op: "add" | "delete" | "change" | "recreate" | "move" | "flush";
  /** `tcp 10.0.0.1:80`, `10.0.0.1/24`, `192.0.2.0/24 via 10.0.0.254 table 254`. */
  readonly name: string;
  /** The service of a server, the interface of an address. */
  readonly of?: string;
  /** Where a moved address was. */
  readonly from?: string;
  /** What is changed; of what is added, what it has. */
  readonly fields: readonly FieldChange[];
  /** Of what goes, if it is known. */
  readonly connections?: Connections;
  /** Real servers that go with a service. */
  readonly servers?: number;
  /** What goes is not known to be there: it may have been left behind. */
  readonly ifThere?: true;
  /** Not at once, but as soon as the virtual router is master. */
  readonly when?: "master";
}

/** What cannot be had back. */
export interface Ends {
  /** Connections that end; absent: something goes that may have some, and how many is not known. */
  readonly connections?: number;
  /** Virtual routers that give up mastership, or probably will. */
  readonly masters: readonly string[];
  /** Virtual routers that probably become master. */
  readonly takesOver: readonly string[];
  /** Virtual addresses that leave an interface. */
  readonly addresses: readonly string[];
}

/** Everything. */
export interface Plan {
  readonly configuration: readonly ConfigurationChange[];
  readonly instances: readonly InstanceMove[];
  readonly operations: readonly Operation[];
  /** Command lines of scripts that are told, in order. */
  readonly scripts: readonly string[];
  /** Checks that begin anew, and that end. */
  readonly checks: { readonly begun: number; readonly ended: number };
  readonly ends: Ends;
}

/** Whether nothing would be done. */
export function isEmptyPlan({ configuration, instances, operations }: Plan): boolean {
  return configuration.length + instances.length + operations.length === 0;
}
