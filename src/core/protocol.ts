/**
 * What passes between TypeScript and the core, generated from `core-rs/src/protocol.rs`: do not
 * edit, run `UPDATE_PROTOCOL=1 cargo test bindings` instead.
 */

/** What a thread of this process does. keepalived has a process for each but the last. */
export type ThreadRole = "loop" | "vrrp" | "checker" | "bfd" | "helper";

/** How threads are run. What is absent is as they began. */
export type ThreadSetting =
  | {
    readonly setting: "name";
    /** Whose. */
    readonly role: ThreadRole;
    /** At most 15 bytes. */
    readonly name?: string;
  }
  | {
    readonly setting: "nice";
    /** Whose. */
    readonly role: ThreadRole;
    /** -20 to 19. */
    readonly nice?: number;
  }
  | {
    readonly setting: "real-time";
    /** Whose. */
    readonly role: ThreadRole;
    /** 1 to 99. */
    readonly priority?: number;
  }
  | {
    readonly setting: "processors";
    /** Whose. */
    readonly role: ThreadRole;
    /** Numbers of processors, from 0. */
    readonly numbers?: readonly number[];
  }
  | {
    readonly setting: "real-time-limit";
    /** µs; absent: as long as is allowed. */
    readonly limit?: number;
  }
  | {
    readonly setting: "lock-memory";
    /** Or it may be again. */
    readonly on: boolean;
  }
  | { readonly setting: "core-dumps" };

/** Orders that send and listen, and sockets: for the engine thread. */
export type EngineCall =
  | {
    readonly call: "listen";
    /** Interface index; the sockets are bound to this device. */
    readonly ifindex: number;
    /** Interface name, for `SO_BINDTODEVICE` and messages. */
    readonly ifname: string;
    /** Which sockets. */
    readonly channels: readonly Channel[];
    /** Multicast groups to be joined, each by the sockets of its family; empty for unicast only. */
    readonly groups: readonly string[];
    /** `SO_RCVBUF`; the kernel's default when absent. */
    readonly receiveBuffer?: number;
  }
  | {
    readonly call: "unlisten";
    /** Interface index. */
    readonly ifindex: number;
  }
  | {
    readonly call: "transmit";
    /** Number of the order, chosen by the caller. */
    readonly order: number;
    /** Interface whose sockets are used; they must be listening. */
    readonly ifindex: number;
    /** What is sent. */
    readonly packets: readonly Template[];
    /** Time between transmissions, µs. */
    readonly interval: number;
    /**
     * First transmission: at once when true; else one interval from now, or, when it replaces
     * an order, when that was due.
     */
    readonly immediately: boolean;
    /**
     * Without a `renew` for this long, µs, the order lapses: `farewell` is sent, `withdraw`
     * removed, transmission ends, `Event::Lapsed`.
     */
    readonly lease: number;
    /**
     * When a transmission is later than this, µs, somebody else may have taken over: then the order lapses without a
     * farewell.
     */
    readonly patience?: number;
    /** Sent once when the order lapses or ceases with farewell: adverts of priority 0. */
    readonly farewell: readonly Template[];
    /** Addresses deleted when the order lapses, after the farewell. */
    readonly withdraw: readonly Address[];
    /**
     * How long, µs, they may stay after the farewell when this process dies without a word,
     * unless a successor is heard before. 0: nobody cares for that.
     */
    readonly keep: number;
  }
  | {
    readonly call: "prepare";
    /** All have to expire. */
    readonly watches: readonly Awaited[];
    /** Obeyed then: calls of the kind `transmit`. */
    readonly calls: readonly EngineCall[];
    /** Carried out then, see `address-apply`; `Event::TakeoverApplied` tells what came of it. */
    readonly ops: readonly AddressOp[];
    /** Announced then. */
    readonly places: readonly Announcement[];
  }
  | {
    readonly call: "withhold";
    /** Number of the order. */
    readonly order: number;
  }
  | {
    readonly call: "leave";
    /** For so long at most, µs. */
    readonly within: number;
  }
  | {
    readonly call: "cease";
    /** Number of the order. */
    readonly order: number;
    /** Whether the farewell is sent first. */
    readonly farewell: boolean;
    /**
     * Whether the guardian, if there is one, withdraws what the order would have: when the
     * successor has announced itself, or after its `keep`. The caller does not.
     */
    readonly handover: boolean;
  }
  | { readonly call: "renew" }
  | { readonly call: "settle" }
  | {
    readonly call: "send";
    /** Order in whose name: its numbers are used. */
    readonly order: number;
    /** Interface whose sockets are used. */
    readonly ifindex: number;
    /** What is sent. */
    readonly packets: readonly Template[];
  }
  | {
    readonly call: "watch";
    /** Number of the order. */
    readonly order: number;
    /** Returned in `Event::Expired`, so that a stale expiry is recognised. */
    readonly seq: number;
    /** Interface on which adverts arrive. */
    readonly ifindex: number;
    /** Datagrams it is about: those with one of these tags. */
    readonly tags: readonly Tag[];
    /** How they are verified; absent: not at all. */
    readonly verify?: Verify;
    /**
     * The datagram that re-arms the deadline and is not reported. Absent: none does, everything
     * that is not wrong is reported.
     */
    readonly expect?: Expected;
    /**
     * Which datagrams with that tag are for it, where several orders have the same interface
     * and tag. Absent: all.
     */
    readonly hears?: Hears;
    /**
     * New deadline, µs from now; absent keeps the deadline of the order that is replaced, and
     * without one there is none until the first expected advert.
     */
    readonly timeout?: number;
    /**
     * What an expected datagram sets the deadline to, µs after its arrival. Absent: there is no
     * deadline.
     */
    readonly rearm?: number;
  }
  | {
    readonly call: "unwatch";
    /** Number of the order. */
    readonly order: number;
  }
  | { readonly call: "counters" };

/** For the kernel thread, strictly in the order of the calls. */
export type KernelCall =
  | {
    readonly call: "follow";
    /** Names of links, whether they exist or not. */
    readonly interfaces: readonly string[];
    /** Addresses whose link is followed whatever its name. */
    readonly addresses: readonly string[];
    /** Links whose carrier is asked of their drivers every second, whatever the kernel tells of it. */
    readonly polled?: readonly Polled[];
  }
  | {
    readonly call: "buffers";
    /** Of what it tells of links, addresses, routes and rules. */
    readonly told?: Buffer;
    /** Of its answers about them. */
    readonly answered?: Buffer;
    /** Of its answers about IPVS. */
    readonly ipvs?: Buffer;
  }
  | {
    readonly call: "look";
    /** Names of links, whether they exist or not. */
    readonly interfaces: readonly string[];
    /** Addresses whose link is looked for whatever its name. */
    readonly addresses: readonly string[];
  }
  | {
    readonly call: "address-apply";
    /** The operations. */
    readonly ops: readonly AddressOp[];
  }
  | {
    readonly call: "kernel-apply";
    /** The operations. */
    readonly ops: readonly KernelOp[];
  }
  | {
    readonly call: "settings-were";
    /** As told by `Event::SettingWas`. */
    readonly settings: readonly Changed[];
  }
  | {
    readonly call: "announce";
    /** What is announced where, in order. */
    readonly places: readonly Announcement[];
  }
  | {
    readonly call: "nft-replace";
    /** The table as it shall be. */
    readonly table: NftTable;
  }
  | {
    readonly call: "nft-remove";
    /** Which one. */
    readonly table: NftTableId;
  }
  | {
    readonly call: "nft-elements";
    /** The table. */
    readonly table: NftTableId;
    /** The changes. */
    readonly changes: readonly NftElementChange[];
  };

/** About IPVS: for the kernel thread as well, in their own order; they let others go first. */
export type IpvsCall =
  | { readonly call: "ipvs-info" }
  | { readonly call: "ipvs-dump" }
  | {
    readonly call: "ipvs-difference";
    /** For all of them: what was told does not count. */
    readonly afresh: boolean;
  }
  | {
    readonly call: "ipvs-apply";
    /** The operations. */
    readonly ops: readonly IpvsOp[];
  }
  | {
    readonly call: "ipvs-connections";
    /** The services. */
    readonly services: readonly ServiceId[];
  }
  | { readonly call: "ipvs-timeouts" }
  | {
    readonly call: "ipvs-set-timeouts";
    /** The timeouts. */
    readonly timeouts: IpvsTimeouts;
  }
  | {
    readonly call: "ipvs-watch";
    /** Time from one look to the next, µs; longer when looking takes longer than 3 % of it. 0: no more. */
    readonly interval: number;
  };

/** Orders to probe: for the probe thread. */
export type ProbeCall =
  | {
    readonly call: "probes";
    /** The operations. */
    readonly ops: readonly ProbeOp[];
  }
  | { readonly call: "probe-counters" };

/** One operation on the orders of the probe thread, which have numbers of their own. */
export type ProbeOp =
  | {
    readonly kind: "probe";
    /** Number of the order. */
    readonly order: number;
    /** Returned in `Event::Outcome`. */
    readonly seq: number;
    /** What to do. */
    readonly probe: Probe;
    /** Time from now to the first start, µs. */
    readonly delay: number;
    /**
     * Time between starts, µs; a probe still running when its turn comes is not doubled: the
     * next starts when it ends. 0: once.
     */
    readonly interval: number;
    /** Each start is up to so much later than its moment, µs, which is not always the same; absent: 0. */
    readonly jitter?: number;
    /** An outcome equal to this one is counted, not reported. */
    readonly expect?: Outcome;
  }
  | {
    readonly kind: "unprobe";
    /** Number of the order. */
    readonly order: number;
  };

/** Programs, pipes and the service manager: for the child thread. */
export type ChildCall =
  | {
    readonly call: "children";
    /** Variables they do not inherit. */
    readonly without: readonly string[];
    /** Variables that are set for them. */
    readonly with: readonly Variable[];
    /**
     * Their soft limit of open files, at most the hard one this process began with; absent: the
     * one it began with.
     */
    readonly openFiles?: number;
  }
  | {
    readonly call: "judge";
    /** The program; without a slash it is looked for in the children's `PATH`. */
    readonly program: string;
    /** Who would run it; absent: the account of this process. */
    readonly account?: Account;
  }
  | {
    readonly call: "spawn";
    /** Chosen by the caller, not that of a child that runs or is being ended. */
    readonly child: number;
    /** The program, looked for like `Judge`'s, and its arguments. */
    readonly argv: readonly string[];
    /** Who runs it; absent: the account of this process. */
    readonly account?: Account;
    /** When given, the program is judged first, and these as well; what was judged is run. */
    readonly guard?: readonly string[];
    /**
     * Time after which its group is told to end, µs; absent: none. Time nobody saw is granted
     * once more.
     */
    readonly limit?: number;
    /** Time from then to its end by force, µs: all that is left of the group is killed. */
    readonly grace: number;
  }
  | {
    readonly call: "end-child";
    /** The child. */
    readonly child: number;
  }
  | {
    readonly call: "notify";
    /** Value of `NOTIFY_SOCKET`: a path, or `@` and an abstract name. */
    readonly socket: string;
    /** Assignments, one a line. */
    readonly text: string;
  }
  | {
    readonly call: "open-fifo";
    /** Its path. */
    readonly path: string;
    /** Whose it becomes, and may be; absent: this process's. */
    readonly account?: Account;
  }
  | {
    readonly call: "write-fifo";
    /** Its path. */
    readonly path: string;
    /** A line with its end, at most 4,096 bytes. */
    readonly text: string;
  }
  | {
    readonly call: "close-fifo";
    /** Its path. */
    readonly path: string;
  };

/** What is followed beside the kernel's tables: for the tracker thread. */
export type TrackCall =
  | {
    readonly call: "follow-files";
    /** The files, each once. */
    readonly files: readonly FollowedFile[];
  }
  | {
    readonly call: "follow-processes";
    /** Which processes, each name once. */
    readonly patterns: readonly ProcessPattern[];
    /** `SO_RCVBUF` of the socket the kernel tells by, bytes; absent: room for a thousand processes a millisecond. */
    readonly receiveBuffer?: number;
    /** Beyond `net.core.rmem_max`. */
    readonly force: boolean;
  }
  | {
    readonly call: "say-locally";
    /** One after another, each 64 KiB at most. */
    readonly texts: readonly string[];
    /** To the one with this name; absent: to all others there are now. */
    readonly to?: string;
  };

/** For the thread of the wills. */
export type GuardianCall =
  | {
    readonly call: "guard";
    /** Names the daemon among all of this network namespace: its pid file. */
    readonly name: string;
    /** Whether the guardian may say what it does on standard error; to syslog it does anyway. */
    readonly console: boolean;
    /** File at whose end it says it too; an absolute path. */
    readonly file?: string;
  }
  | {
    readonly call: "inherit";
    /** As in `guard`. */
    readonly name: string;
  }
  | {
    readonly call: "renounce";
    /** What nobody will speak for. */
    readonly routers: readonly HeldRouter[];
    /** Answered only when it is gone. */
    readonly wait: boolean;
  }
  | {
    readonly call: "bridge";
    /** µs; 0: farewells are sent at once. */
    readonly within: number;
  };

/** A watch that has to expire. */
export type Awaited = {
  /** Number of the order. */
  readonly order: number;
  /** Its `seq`. */
  readonly seq: number;
};

/** What may take long and is rare: each has a thread of its own while it lasts. */
export type SideCall =
  | { readonly call: "mail" } & Mail
  | {
    readonly call: "put-file";
    /** Its path. */
    readonly path: string;
    /** What it holds. */
    readonly text: string;
    /** Permission bits, less the umask. */
    readonly mode: number;
  }
  | {
    readonly call: "count-ports";
    /** The addresses. */
    readonly addresses: readonly string[];
    /** While fewer connections than this are tracked nothing is counted. */
    readonly least: number;
  }
  | {
    readonly call: "threads";
    /** What is wanted. */
    readonly settings: readonly ThreadSetting[];
  }
  | {
    readonly call: "log-open";
    /** Which one. */
    readonly lane: LogLane;
    /** The file to append to, or another socket than `/dev/log`. */
    readonly path?: string;
  }
  | {
    readonly call: "log-flush";
    /** Which one. */
    readonly lane: LogLane;
  };

/** A variable of the environment. */
export type Variable = {
  /** Its name. */
  readonly name: string;
  /** Its value. */
  readonly value: string;
};

/** A mail and the relay that takes it (RFC 5321). */
export type Mail = {
  /** Address or name of the relay. */
  readonly server: string;
  /** Its port. */
  readonly port: number;
  /** Longest time to connect, and then for each reply, µs. */
  readonly timeout: number;
  /** Name said in HELO. */
  readonly helo: string;
  /** Address of the sender. */
  readonly from: string;
  /** Addresses of the recipients. */
  readonly to: readonly string[];
  /** Headers, an empty line and the body. */
  readonly text: string;
};

/** A file that is followed. */
export type FollowedFile = {
  /** Its path. */
  readonly path: string;
  /** What it is made with. */
  readonly init?: FileBeginning;
};

/** What a file is made with. */
export type FileBeginning = {
  /** What it holds. */
  readonly text: string;
  /** In place of what is there. */
  readonly overwrite: boolean;
};

/** Processes that are counted as one. */
export type ProcessPattern = {
  /** Returned in `Event::ProcessCount`. */
  readonly name: string;
  /**
   * The name the kernel has of it (`/proc/PID/comm`, of which it keeps 15 bytes), or with one of the following the first word
   * of its command line.
   */
  readonly command: string;
  /** What must follow in the command line; absent: anything. */
  readonly arguments?: readonly string[];
  /** How it must. */
  readonly argumentsMatch: ArgumentMatch;
  /** `command` is of the command line. */
  readonly fullCommand: boolean;
};

/** How arguments must match. */
export type ArgumentMatch = "exact" | "partial" | "initial";

/** Who runs a child. It is in no other group. */
export type Account = {
  /** User. */
  readonly uid: number;
  /** Group. */
  readonly gid: number;
};

/** How a child ended. */
export type ChildExit =
  | {
    readonly kind: "exited";
    /** 0 to 255. */
    readonly code: number;
  }
  | {
    readonly kind: "signalled";
    /** Its number. */
    readonly signal: number;
  };

/** Where log messages go. */
export type LogLane = "console" | "file" | "syslog";

/** A key or password, hexadecimal. It is never printed. */
export type Key = string;

/** A raw socket of an interface: IP version and protocol. */
export type Channel = "vrrp4" | "ah4" | "vrrp6";

/**
 * What is sent: one payload to one or several destinations. The core composes the IP header: TOS or
 * traffic class 0xc0 (internetwork control), no fragments, IPv4 identification counted up by order.
 */
export type Template = {
  /** Socket it leaves by. */
  readonly channel: Channel;
  /** Source address. */
  readonly source: string;
  /** Destinations, of the same family; one datagram each. */
  readonly destinations: readonly string[];
  /** Time to live or hop limit. */
  readonly ttl: number;
  /** What follows the IP header and a seal in front, hexadecimal. */
  readonly hex: string;
  /** What of the payload is a checksum; absent: nothing. */
  readonly checksum?: Checksum;
  /** What the core adds to every transmission. */
  readonly seal?: Seal;
};

/** An internet checksum (RFC 1071) within a payload. */
export type Checksum = {
  /** Offset of its two bytes in the payload. */
  readonly at: number;
  /** What it covers besides the payload. */
  readonly cover: Cover;
};

/** What a checksum covers besides the payload. */
export type Cover =
  | { readonly kind: "plain" }
  | { readonly kind: "pseudo" }
  | {
    readonly kind: "pseudo-to";
    /** That destination. */
    readonly destination: string;
  };

/** What the core adds to every transmission: a number that never repeats, and proof of the sender. */
export type Seal =
  | {
    readonly kind: "ah";
    /** The key. */
    readonly key: Key;
    /** Whether the time to live is covered too. */
    readonly coversTtl: boolean;
  }
  | {
    readonly kind: "trailer";
    /** Number of the key. */
    readonly id: number;
    /** The key, 32 to 64 bytes. */
    readonly key: Key;
  };

/** Which datagrams of a socket an order is about: those that have a value at an offset. */
export type Tag = {
  /** Socket they arrive on. */
  readonly channel: Channel;
  /** Offset in what follows the IP header. */
  readonly at: number;
  /** How many bytes the value has, 1 to 4; in network order. */
  readonly size: number;
  /** The value. */
  readonly value: number;
};

/** The datagram that re-arms a deadline and is not reported. */
export type Expected = {
  /** Source address it comes from. */
  readonly source: string;
  /** Destination address it goes to. */
  readonly destination: string;
  /** Time to live or hop limit it must have. */
  readonly ttl: number;
  /** What it says, hexadecimal, without what seals it. */
  readonly hex: string;
};

/** Datagrams that are for one of several orders with one tag on one interface. */
export type Hears = {
  /** Group, or address it is sent to. */
  readonly destination: string;
  /** Who may send it; nobody named: anybody. */
  readonly sources: readonly string[];
};

/** How what arrives is verified, before anything else is made of it. */
export type Verify = {
  readonly kind: "vrrp";
  /** Protocol version, 2 or 3. */
  readonly version: number;
  /** VRRPv2: the interval it must have, seconds. */
  readonly interval?: number;
  /** Time to live or hop limit it must have; absent: any. */
  readonly ttl?: number;
  /** Proof of the sender. */
  readonly proof: Proof;
  /** Checksums that are right; none: any is. */
  readonly covers: readonly Cover[];
  /** Group it must be sent to; absent: no group at all. */
  readonly group?: string;
  /** Nothing is heeded: the owner of the addresses is deaf. */
  readonly deaf: boolean;
  /** Who may send it; absent: anybody. */
  readonly peers?: readonly Peer[];
  /** Adverts that are told of once in a while only. */
  readonly lesser?: Lesser;
};

/** How an advert proves who sent it. */
export type Proof =
  | { readonly kind: "none" }
  | {
    readonly kind: "pass";
    /** The password. */
    readonly key: Key;
  }
  | {
    readonly kind: "ah";
    /** The key. */
    readonly key: Key;
    /** Whether the time to live is covered too. */
    readonly coversTtl: boolean;
  }
  | {
    readonly kind: "trailer";
    /** Keys that are valid. */
    readonly keys: readonly TrailerKey[];
    /** Largest difference of the clocks, s; absent: not looked at. */
    readonly window?: number;
    /** Whether an advert without a trailer is accepted. */
    readonly lenient: boolean;
  };

/** A key of trailers. */
export type TrailerKey = {
  /** Its number, 1 to 255. */
  readonly id: number;
  /** The key. */
  readonly key: Key;
};

/** Somebody who may send. */
export type Peer = {
  /** Its address. */
  readonly address: string;
  /** Smallest time to live. */
  readonly minTtl: number;
  /** Largest. */
  readonly maxTtl: number;
};

/** Adverts of a weaker router: each is answered in the same way, so not every one is told of. */
export type Lesser = {
  /** Priorities from this on. */
  readonly from: number;
  /** To below this, and this one from a smaller source address than `source`. */
  readonly below: number;
  /** Own source address; absent: only what is below. */
  readonly source?: string;
  /** One is told of in this time, µs; the others are counted. */
  readonly every: number;
};

/** What verification found. Its number stands in the record of a packet. */
export type Judgement =
  | "unjudged"
  | "admitted"
  | "authentication-header"
  | "length"
  | "ttl"
  | "version"
  | "auth-type"
  | "auth-mismatch"
  | "auth-failure"
  | "interval"
  | "type"
  | "checksum"
  | "destination"
  | "owner"
  | "unicast-source"
  | "trailer-missing"
  | "trailer-malformed"
  | "trailer-stale"
  | "trailer-unknown-key"
  | "trailer-forged"
  | "trailer-replayed";

/** How many datagrams were dropped for one reason. */
export type DropCount = {
  /** The reason. */
  readonly judgement: Judgement;
  /** How many, without those that were reported. */
  readonly count: number;
};

/** An address of an interface. Identity: interface, address, prefix length, peer. */
export type Address = {
  /** Interface index. */
  readonly ifindex: number;
  /** The address (`IFA_LOCAL`). */
  readonly address: string;
  /** Prefix length. */
  readonly prefixLength: number;
  /** `IFA_LABEL`, IPv4 only; at most 15 bytes. */
  readonly label?: string;
  /** `RT_SCOPE_*`: 0 universe, 200 site, 253 link, 254 host, 255 nowhere. */
  readonly scope: number;
  /** `IFA_BROADCAST`. */
  readonly broadcast?: string;
  /** `IFA_ADDRESS` when it differs from the local address: the peer of a point-to-point link. */
  readonly peer?: string;
  /**
   * What is asked of it, a sum of `IFA_F_NODAD` (2), `IFA_F_HOMEADDRESS` (0x10),
   * `IFA_F_MANAGETEMPADDR` (0x100), `IFA_F_NOPREFIXROUTE` (0x200), `IFA_F_MCAUTOJOIN` (0x400). Of
   * other flags nothing is told and nothing obeyed.
   */
  readonly flags?: number;
  /**
   * `ifa_prefered` (`IFA_CACHEINFO`), s: how long new connections use it; absent: forever. It is
   * valid forever.
   */
  readonly preferredLifetime?: number;
  /**
   * Who added it (`IFA_PROTO`, since Linux 5.18): 18 (`RTPROT_KEEPALIVED`) for virtual routers,
   * which is what every addition says; 1 to 3 for the kernel; absent when nobody said. In a
   * deletion 18: taken for ours.
   */
  readonly protocol?: number;
  /**
   * `IFA_F_SECONDARY`, IPv4 only: another address of the same subnet was there before. Told, not
   * obeyed.
   */
  readonly secondary?: boolean;
  /**
   * IPv6 only: detection of duplicates goes on (`IFA_F_TENTATIVE` without `IFA_F_OPTIMISTIC`) or
   * has found one (`IFA_F_DADFAILED`); nothing can be sent from it. Told, not obeyed.
   */
  readonly tentative?: boolean;
};

/** A change of the address table. */
export type AddressOp =
  | {
    readonly op: "add";
    /** What to add. */
    readonly address: Address;
  }
  | {
    readonly op: "delete";
    /** What to delete. */
    readonly address: Address;
  };

/** One operation. Adding what exists and deleting what is absent succeed. */
export type KernelOp = { readonly op: "add" | "delete"; readonly stays?: boolean } & Thing;

/** A thing of one kind. */
export type Thing =
  | { readonly kind: "route"; readonly value: Route }
  | { readonly kind: "rule"; readonly value: PolicyRule }
  | { readonly kind: "nft"; readonly value: NftTable }
  | { readonly kind: "sysctl"; readonly value: Sysctl }
  | { readonly kind: "own-link"; readonly value: OwnLink }
  | { readonly kind: "sync-daemon"; readonly value: SyncDaemon }
  | { readonly kind: "ipvs-timeouts"; readonly value: IpvsTimeouts };

/** An address with the length of its network. */
export type Prefix = {
  /** The address. */
  readonly address: string;
  /** Prefix length, 0 to 32 or 128. */
  readonly prefixLength: number;
};

/** A route (`linux/rtnetlink.h`). */
export type Route = {
  /** Of its addresses. */
  readonly family: Family;
  /** `RTA_DST`; length 0 for the default route. */
  readonly destination: Prefix;
  /** `RTA_SRC`, IPv6 only. */
  readonly source?: Prefix;
  /** `rtm_tos`; absent: 0. */
  readonly tos?: number;
  /** `RTA_TABLE`, 1 to 4294967295. */
  readonly table: number;
  /** `RTA_PRIORITY`, the metric; absent: the kernel's, which is 0 for IPv4 and 1024 for IPv6. */
  readonly priority?: number;
  /** `RTN_*`. */
  readonly type: number;
  /** `RT_SCOPE_*`. The kernel keeps none for IPv6. */
  readonly scope: number;
  /** `RTPROT_*`: who adds it; 18 for virtual routers. */
  readonly protocol: number;
  /** `RTA_PREFSRC`. */
  readonly preferredSource?: string;
  /** One, several (`RTA_MULTIPATH`) or none. */
  readonly nextHops: readonly NextHop[];
  /** `RTA_METRICS`, in the order of their numbers. */
  readonly metrics?: readonly RouteMetric[];
  /** `RTA_EXPIRES`, IPv6 only, s. */
  readonly expires?: number;
  /** `RTA_PREF`, IPv6 only (RFC 4191): 0 medium, 1 high, 3 low. */
  readonly preference?: number;
  /** `RTA_TTL_PROPAGATE`, MPLS only. */
  readonly ttlPropagate?: boolean;
  /** Among equal ones; absent: before them. */
  readonly place?: RoutePlace;
};

/** Where a route is put among those of the same place. */
export type RoutePlace = "add" | "append";

/** One way of a route. */
export type NextHop = {
  /** `RTA_OIF`; absent: the one that reaches the gateway. */
  readonly device?: number;
  /** `RTA_GATEWAY`, or `RTA_VIA` when it is of another family than the route. */
  readonly gateway?: string;
  /** Share among several, 1 to 256 (`rtnh_hops` + 1); absent: 1. */
  readonly weight?: number;
  /** `RTNH_F_ONLINK`: the gateway is there whatever addresses the interface has. */
  readonly onlink?: boolean;
  /** What packets are wrapped in. */
  readonly encapsulation?: Encapsulation;
  /** `RTA_FLOW`: from << 16 | to. */
  readonly realms?: number;
};

/** Encapsulation of what goes one way (`linux/lwtunnel.h`). */
export type Encapsulation =
  | {
    readonly kind: "mpls";
    /** Outermost first, 20 bits each. */
    readonly labels: readonly number[];
  }
  | { readonly kind: "ip" } & Tunnel
  | { readonly kind: "ip6" } & Tunnel
  | {
    readonly kind: "ila";
    /** 16 hexadecimal digits. */
    readonly locator: string;
  };

/** The outer header of a tunnel. */
export type Tunnel = {
  /** Tunnel key, 0 to 2^53 − 1. */
  readonly id?: number;
  /** Outer source. */
  readonly source?: string;
  /** Outer destination. */
  readonly destination?: string;
  /** Type of service or traffic class. */
  readonly tos?: number;
  /** Time to live or hop limit. */
  readonly ttl?: number;
  /** `TUNNEL_*`. */
  readonly flags?: number;
};

/** One metric of a route. */
export type RouteMetric = {
  /** `RTAX_*`, 2 to 31. */
  readonly metric: number;
  /** 32 bits; the name of the algorithm for `congctl`. `rtt` in 1/8 ms, `rttvar` in 1/4 ms, `rto_min` in ms. */
  readonly value: MetricValue;
  /** `RTAX_LOCK`: the kernel does not change it by what it learns. */
  readonly locked?: boolean;
};

/** The value of a metric. */
export type MetricValue = number | string;

/** A rule of policy routing (`linux/fib_rules.h`). */
export type PolicyRule = {
  /** Of the packets it is for. */
  readonly family: Family;
  /** `FRA_PRIORITY`: the order of rules. */
  readonly priority: number;
  /** `FR_ACT_*`. */
  readonly action: number;
  /** `FRA_TABLE`, 1 to 4294967295; absent: `l3mdev`, or another action. */
  readonly table?: number;
  /** `FRA_GOTO`: priority of the rule to go on at, behind this one. */
  readonly target?: number;
  /** `FRA_L3MDEV`: the table is that of the VRF of the packet. */
  readonly l3mdev?: boolean;
  /** `FIB_RULE_INVERT`: matches what does not match. */
  readonly not?: boolean;
  /** `FRA_SRC`; absent: any. */
  readonly source?: Prefix;
  /** `FRA_DST`; absent: any. */
  readonly destination?: Prefix;
  /** `tos` of the header. */
  readonly tos?: number;
  /** `FRA_FWMARK` and `FRA_FWMASK`. */
  readonly mark?: Mark;
  /** `FRA_IIFNAME`. */
  readonly inputDevice?: string;
  /** `FRA_OIFNAME`. */
  readonly outputDevice?: string;
  /** `FRA_FLOW`: from << 16 | to. */
  readonly realms?: number;
  /** `FRA_TUN_ID`, 0 to 2^53 − 1. */
  readonly tunnelId?: number;
  /** `FRA_SUPPRESS_IFGROUP`. */
  readonly suppressGroup?: number;
  /** `FRA_SUPPRESS_PREFIXLEN`, 0 to 128. */
  readonly suppressPrefixLength?: number;
  /** `FRA_UID_RANGE`. */
  readonly users?: Span;
  /** `FRA_IP_PROTO`. */
  readonly ipProtocol?: number;
  /** `FRA_SPORT_RANGE`. */
  readonly sourcePorts?: Span;
  /** `FRA_DPORT_RANGE`. */
  readonly destinationPorts?: Span;
  /** `FRA_PROTOCOL`: who adds it (`RTPROT_*`); 18 for virtual routers. */
  readonly protocol: number;
};

/** A mark under a mask. */
export type Mark = {
  /** What the mark is. */
  readonly value: number;
  /** Bits that count. */
  readonly mask: number;
};

/** Numbers from one to another, both included. */
export type Span = {
  /** The first. */
  readonly from: number;
  /** The last. */
  readonly to: number;
};

/**
 * A link above an interface: MACVLAN in private mode with a hardware address of its own, or IPVLAN of layer 2. It goes
 * with that interface, and is in the VRF that has that.
 */
export type OwnLink = {
  /** Its name, at most 15 bytes. */
  readonly name: string;
  /** Index of the interface below. */
  readonly base: number;
  /** Hardware address of a macvlan, 6 octets. */
  readonly mac?: string;
  /** It is an ipvlan in this mode. */
  readonly ipvlan?: IpvlanMode;
  /** `IFLA_GROUP`; absent: that of the interface below. */
  readonly group?: number;
  /** What is set before it is up. */
  readonly settings: readonly Sysctl[];
};

/** What links of one interface see of each other. */
export type IpvlanMode = "bridge" | "private" | "vepa";

/** A place that things share: as much as is told of what happened there. */
export type Spot =
  | { readonly kind: "route"; readonly value: RouteSpot }
  | { readonly kind: "rule"; readonly value: RuleSpot };

/** What the kernel looks for first among routes. */
export type RouteSpot = {
  /** Family. */
  readonly family: Family;
  /** Table. */
  readonly table: number;
  /** Destination. */
  readonly destination: Prefix;
  /** Type of service, IPv4; 0 in IPv6. */
  readonly tos: number;
  /** Metric, the kernel's own when none was asked for. */
  readonly priority: number;
};

/** Where a rule stands among the others. */
export type RuleSpot = {
  /** Family. */
  readonly family: Family;
  /** Priority. */
  readonly priority: number;
};

/**
 * Addresses to be announced on one interface. None is where nobody could hear: on the loopback
 * interface, and IPv4 where ARP is not spoken.
 */
export type Announcement = {
  /** Interface index. */
  readonly ifindex: number;
  /** Addresses of both families, in order. */
  readonly addresses: readonly string[];
  /** Messages per address. */
  readonly repeat: number;
  /** Pace of gratuitous ARP; absent: as fast as they go. */
  readonly arpPace?: Pace;
  /** Pace of neighbour advertisements; absent: as fast as they go. */
  readonly naPace?: Pace;
};

/** Shortest time between two announcements of one lane and family. */
export type Pace = {
  /** The time, µs. */
  readonly interval: number;
  /** Who shares it. */
  readonly lane: Lane;
};

/** Interfaces whose announcements share a pace. */
export type Lane =
  | {
    readonly kind: "interface";
    /** Its index. */
    readonly ifindex: number;
  }
  | {
    readonly kind: "group";
    /** Its number. */
    readonly number: number;
  };

/** A link that is asked for its carrier. */
export type Polled = {
  /** Its name. */
  readonly ifname: string;
  /** What is tried first; absent: the transceiver. */
  readonly method?: BeatMethod;
};

/** How a driver is asked for the carrier. */
export type BeatMethod = "mii" | "ethtool" | "ioctl";

/** A receive buffer. */
export type Buffer = {
  /** Bytes, which the kernel doubles. */
  readonly bytes: number;
  /** Beyond what the kernel allows to others (`net.core.rmem_max`). */
  readonly force: boolean;
};

/** A network interface. */
export type Link = {
  /** Interface index. */
  readonly ifindex: number;
  /** Interface name. */
  readonly ifname: string;
  /** `IFF_UP`: set up by the administrator. */
  readonly up: boolean;
  /** `IFF_RUNNING`: operational. */
  readonly running: boolean;
  /** `IFF_LOOPBACK`. */
  readonly loopback: boolean;
  /** Whether the interface speaks ARP (`IFF_NOARP` clear). */
  readonly arp: boolean;
  /** `IFF_MULTICAST`. */
  readonly multicast: boolean;
  /** Hardware address, colon separated; empty without one. */
  readonly mac: string;
  /** MTU, bytes. */
  readonly mtu: number;
  /** Index of the VRF, bridge or bond that has it (`IFLA_MASTER`). */
  readonly master?: number;
  /** It is a VRF with this table of routes (`IFLA_VRF_TABLE`). */
  readonly vrfTable?: number;
};

/** Identity of an IPVS service. */
export type ServiceId =
  | {
    readonly kind: "address";
    /** Layer-4 protocol. */
    readonly protocol: Protocol;
    /** Virtual address. */
    readonly address: string;
    /** Virtual port; 0 for every port (persistent services only). */
    readonly port: number;
  }
  | {
    readonly kind: "fwmark";
    /** Address family of the service. */
    readonly family: Family;
    /** The mark, not 0. */
    readonly mark: number;
  };

/** Layer-4 protocol of a service. */
export type Protocol = "tcp" | "udp" | "sctp";

/** Address family. */
export type Family = "inet" | "inet6";

/** An IPVS service (`linux/ip_vs.h`, `IPVS_SVC_ATTR_*`). */
export type Service = {
  /** Identity. */
  readonly id: ServiceId;
  /** Scheduler module, for example `wrr`. */
  readonly scheduler: string;
  /** `IP_VS_SVC_F_*` without the kernel's own `HASHED` bit. */
  readonly flags: number;
  /** Persistence timeout, s; 0 without persistence. */
  readonly timeout: number;
  /** Persistence granularity as prefix length: 0 to 32, or 1 to 128 for IPv6. */
  readonly netmask: number;
  /** Persistence engine. */
  readonly persistenceEngine?: string;
};

/** Identity and parameters of a destination (`IPVS_DEST_ATTR_*`). Identity: address and port. */
export type Destination = {
  /** Address of the real server. */
  readonly address: string;
  /** Port of the real server. */
  readonly port: number;
  /** How packets reach it. */
  readonly forwarding: Forwarding;
  /** Weight, 0 to 2147483647; 0 takes no new connections. */
  readonly weight: number;
  /** Connections above which it takes none; 0 for no limit. */
  readonly upperThreshold: number;
  /** Connections below which it takes some again; 0 for no limit. */
  readonly lowerThreshold: number;
};

/** Forwarding method (`IP_VS_CONN_F_FWD_MASK`). */
export type Forwarding =
  | { readonly method: "nat" }
  | { readonly method: "local" }
  | { readonly method: "dr" }
  | {
    readonly method: "tunnel";
    /** `IP_VS_CONN_F_TUNNEL_TYPE_*`: 0 ipip, 1 gue, 2 gre. */
    readonly tunnelType: number;
    /** UDP port of GUE; 0 otherwise. */
    readonly port: number;
    /** `IP_VS_TUNNEL_ENCAP_FLAG_*`: 0 no checksum, 1 checksum, 2 remote checksum offload. */
    readonly flags: number;
  };

/** A service with its destinations. */
export type ServiceTable = {
  /** The service. */
  readonly service: Service;
  /** Its destinations. */
  readonly destinations: readonly Destination[];
};

/** Connections of a service. */
export type ServiceConnections = {
  /** The service. */
  readonly service: ServiceId;
  /** Those of its destinations. */
  readonly destinations: readonly DestinationConnections[];
};

/** Connections of a destination. */
export type DestinationConnections = {
  /** Its address. */
  readonly address: string;
  /** Its port. */
  readonly port: number;
  /** Active, inactive and persistent ones. */
  readonly connections: number;
};

/** What of a local address is in use. */
export type PortUse = {
  /** The address. */
  readonly address: string;
  /** Connections from it. */
  readonly connections: number;
  /** Where most of them lead; absent: there are none. */
  readonly busiest?: BusiestPair;
};

/** Whom most connections of a local address lead to. */
export type BusiestPair = {
  /** Its address. */
  readonly server: string;
  /** Its port. */
  readonly port: number;
  /** Number of the protocol: 6 TCP, 17 UDP. */
  readonly protocol: number;
  /** How many: so many ports of the local address are in use. */
  readonly connections: number;
};

/** A change of the IPVS table. `set` of something absent adds it; deleting the absent succeeds. */
export type IpvsOp =
  | {
    readonly op: "new-service";
    /** The service. */
    readonly service: Service;
  }
  | { readonly op: "flush" }
  | {
    readonly op: "set-service";
    /** The service. */
    readonly service: Service;
  }
  | {
    readonly op: "delete-service";
    /** Its identity. */
    readonly id: ServiceId;
  }
  | {
    readonly op: "new-destination";
    /** The service it belongs to. */
    readonly id: ServiceId;
    /** The destination. */
    readonly destination: Destination;
  }
  | {
    readonly op: "set-destination";
    /** The service it belongs to. */
    readonly id: ServiceId;
    /** The destination. */
    readonly destination: Destination;
  }
  | {
    readonly op: "delete-destination";
    /** The service it belongs to. */
    readonly id: ServiceId;
    /** The destination. */
    readonly destination: Destination;
  };

/** IPVS connection timeouts, s. */
export type IpvsTimeouts = {
  /** Established TCP. */
  readonly tcp: number;
  /** TCP after FIN. */
  readonly tcpFin: number;
  /** UDP. */
  readonly udp: number;
};

/** What a probe does. Policy (which answers are good, how often to retry) is not here. */
export type Probe = {
  /** Target address. */
  readonly address: string;
  /** Target port. */
  readonly port: number;
  /** Local address. */
  readonly source?: string;
  /** Local port. */
  readonly sourcePort?: number;
  /** Local interface (`SO_BINDTODEVICE`). */
  readonly ifname?: string;
  /** `SO_MARK`. */
  readonly fwmark?: number;
  /** Time for connecting, and then between any two pieces of what is sent and received, µs. */
  readonly timeout: number;
  /** What to do when connected. */
  readonly exchange: Exchange;
};

/** What a probe says, and over what. The target's port is of no meaning to a ping. */
export type Exchange =
  | { readonly kind: "connect" }
  | {
    readonly kind: "http";
    /** The requests. */
    readonly requests: readonly HttpRequest[];
    /** Most time from a connection to the end of the response over it, µs. */
    readonly limit: number;
    /** Over TLS, and how; absent: in the clear. */
    readonly tls?: Tls;
  }
  | {
    readonly kind: "smtp";
    /** The line said after the greeting, without its end. */
    readonly hello: string;
    /** Most time from the connection to the last reply, µs. */
    readonly limit: number;
  }
  | {
    readonly kind: "dns";
    /**
     * The query message, hexadecimal; the core puts a number of its own into its first two
     * bytes.
     */
    readonly hex: string;
  }
  | {
    readonly kind: "datagram";
    /** What is sent, hexadecimal. */
    readonly hex: string;
    /** What the beginning of a reply is compared with, as far as it goes. */
    readonly pattern?: BytePattern;
  }
  | { readonly kind: "ping" };

/** One HTTP GET. */
export type HttpRequest = {
  /** The complete request head as text, ending in an empty line; TypeScript composes it. */
  readonly head: string;
  /**
   * Name sent in the TLS handshake, and the one a certificate that is verified must have; absent:
   * none is sent, and the target's address must stand in it.
   */
  readonly serverName?: string;
  /** TLS is ended as its specification says: by close_notify from both sides. */
  readonly closeNotify?: boolean;
  /** What is looked for in the body. */
  readonly pattern?: Pattern;
};

/** What a probe found. */
export type Outcome =
  | { readonly kind: "connected" }
  | {
    readonly kind: "responses";
    /** One per request, in order. */
    readonly responses: readonly HttpResponse[];
  }
  | {
    readonly kind: "replies";
    /** Their codes, 100 to 999, in order. */
    readonly codes: readonly number[];
  }
  | {
    readonly kind: "answer";
    /** Its response code (RFC 1035 §4.1.1), 0 to 15. */
    readonly code: number;
  }
  | {
    readonly kind: "datagram";
    /** Its length, bytes. */
    readonly length: number;
    /** Whether it agrees with the pattern; true without one. */
    readonly matches: boolean;
  }
  | { readonly kind: "silent" }
  | { readonly kind: "echoed" }
  | {
    readonly kind: "failed";
    /** Index of the request that failed; 0 for a connect. */
    readonly request: number;
    /** Where it ended. */
    readonly failure: Failure;
    /** `errno`, 0 if none applies. */
    readonly errno: number;
  };

/** Bytes of which only some bits count. */
export type BytePattern = {
  /** The bytes, hexadecimal. */
  readonly hex: string;
  /** Which of their bits count, hexadecimal, as many bytes. */
  readonly mask: string;
};

/** Where a probe failed. */
export type Failure =
  | "local"
  | "connect"
  | "connect-timeout"
  | "read"
  | "read-timeout"
  | "response-timeout"
  | "malformed"
  | "head-too-long"
  | "tls"
  | "certificate"
  | "truncated"
  | "unusable";

/** Summary of an HTTP response. */
export type HttpResponse = {
  /** Status code, 100 to 999. */
  readonly status: number;
  /** MD5 of the body, 32 lower-case hexadecimal digits. */
  readonly digest: string;
  /** Length of the body as far as it was read, bytes. */
  readonly length: number;
  /** How the body ended. */
  readonly end: BodyEnd;
  /** Whether the pattern was found; absent when none was looked for. */
  readonly matched?: boolean;
};

/** How a body ended. */
export type BodyEnd = "complete" | "cut" | "malformed" | "too-long";

/** A setting of the kernel. */
export type Sysctl = {
  /** Path below `/proc/sys`, such as `net/ipv4/ip_forward`. */
  readonly name: string;
  /** What it shall be. */
  readonly value: string;
};

/** A setting that is other than it was, since it was changed here. */
export type Changed =
  | {
    readonly kind: "sysctl";
    /** Path below `/proc/sys`. */
    readonly name: string;
    /** Before. */
    readonly was: string;
    /** Since. */
    readonly is: string;
  }
  | {
    readonly kind: "ipvs-timeouts";
    /** Before. */
    readonly was: IpvsTimeouts;
    /** Since. */
    readonly is: IpvsTimeouts;
  };

/** A daemon of the kernel that synchronises connections (`IPVS_DAEMON_ATTR_*`). */
export type SyncDaemon = {
  /** What it does. */
  readonly role: SyncRole;
  /** Interface it sends on or listens on. */
  readonly interface: string;
  /** Of those who belong together, 0 to 255. */
  readonly syncId: number;
  /** Most bytes of a message; the kernel's default by the interface when absent. */
  readonly maxLength?: number;
  /** UDP port; 8848 when absent. */
  readonly port?: number;
  /** TTL or hop limit; 1 when absent. */
  readonly ttl?: number;
  /** Multicast group; 224.0.0.81 when absent. */
  readonly group?: string;
};

/** What a sync daemon does. */
export type SyncRole = "master" | "backup";

/** Which table. */
export type NftTableId = {
  /** Address family. */
  readonly family: NftFamily;
  /** Name, at most 255 bytes. */
  readonly name: string;
};

/** Address family of a table. */
export type NftFamily = "inet" | "ip" | "ip6" | "arp" | "netdev";

/** A whole table. */
export type NftTable = {
  /** Address family. */
  readonly family: NftFamily;
  /** Name. */
  readonly name: string;
  /** Sets and maps. */
  readonly sets: readonly NftSet[];
  /** Chains, in any order. */
  readonly chains: readonly NftChain[];
};

/** A set, or a map when it has a value. */
export type NftSet = {
  /** Name. */
  readonly name: string;
  /** Types of the parts of a key, at least one; several are a concatenation. */
  readonly key: readonly NftType[];
  /** Type of the value of a map. */
  readonly value?: NftType;
  /** Keys may be intervals. Those of one set must not overlap. */
  readonly intervals: boolean;
  /** What it holds. */
  readonly elements: readonly NftElement[];
};

/** Element of a set. */
export type NftElement = {
  /** One text per part of the key, as for `Expression::Match`; `FIRST-LAST` in a set of intervals. */
  readonly key: readonly string[];
  /** The value, in a map. */
  readonly value?: string;
};

/** Change of what a set holds. Adding what is there and deleting what is absent succeed. */
export type NftElementChange = {
  /** The set as it was put in place; its own elements do not count here. */
  readonly set: NftSet;
  /** Elements to be added. */
  readonly add: readonly NftElement[];
  /** Elements to be deleted; carried out first. */
  readonly delete: readonly NftElement[];
};

/** Type of a part of a key, or of a value. */
export type NftType =
  | "ipv4-addr"
  | "ipv6-addr"
  | "ether-addr"
  | "inet-proto"
  | "inet-service"
  | "mark"
  | "iface-index"
  | "ifname"
  | "integer";

/** How TLS is spoken. Files are PEM, read when the first probe needs them and again when they change. */
export type Tls = {
  /** Whether the server's certificate must be trusted and have its name; else any is taken. */
  readonly verify: boolean;
  /** File of certificates that are trusted; absent: those the machine trusts. */
  readonly ca?: string;
  /** File of the client's certificate and those that lead to it. */
  readonly certificate?: string;
  /** File of its private key. */
  readonly key?: string;
  /** What the key is encrypted with (PKCS #8). */
  readonly password?: string;
};

/** What is looked for in the first 1 MiB of a body. */
export type Pattern = {
  /** In the syntax of the crate `regex`, over bytes. */
  readonly text: string;
  /** The end is also that before a last line feed. */
  readonly beforeLastLineFeed: boolean;
  /** First offset at which a match may start. */
  readonly from: number;
  /** Last offset at which a match may start; absent: any. */
  readonly to?: number;
};

/** A chain. */
export type NftChain = {
  /** Name. */
  readonly name: string;
  /** Where packets come to it; absent: from other chains only. */
  readonly hook?: NftHook;
  /** Its rules, in order. */
  readonly rules: readonly NftRule[];
};

/** Where a chain is called. What none of its rules decides is accepted. */
export type NftHook = {
  /** Kind of the chain. */
  readonly kind: NftChainKind;
  /** The hook. */
  readonly at: NftHookPoint;
  /** Lower goes first: raw -300, mangle -150, filter 0, srcnat 100. */
  readonly priority: number;
  /** Device, for `netdev` tables. */
  readonly device?: string;
};

/** Kind of a chain with a hook. */
export type NftChainKind = "filter" | "nat" | "route";

/** Hook. */
export type NftHookPoint =
  | "prerouting"
  | "input"
  | "forward"
  | "output"
  | "postrouting"
  | "ingress"
  | "egress";

/** A rule. */
export type NftRule = {
  /** For people who list the table, at most 127 bytes. */
  readonly comment?: string;
  /** Evaluated in order, until one does not match or decides. */
  readonly does: readonly NftExpression[];
};

/** A part of a rule. */
export type NftExpression =
  | {
    readonly kind: "match";
    /** What is looked at. */
    readonly field: NftField;
    /** How it should compare. */
    readonly is: NftComparison;
    /** Bits of it that count, for numbers; absent: all. */
    readonly mask?: number;
    /**
     * With what: an address, a name, a decimal number; for `eq` and `ne` also `FIRST-LAST` of addresses or
     * ports.
     */
    readonly value: string;
  }
  | {
    readonly kind: "in";
    /** The parts of the key. */
    readonly fields: readonly NftField[];
    /** The set. */
    readonly set: string;
    /** Whether they must not be. */
    readonly negated: boolean;
  }
  | { readonly kind: "counter" }
  | {
    readonly kind: "verdict";
    /** How. */
    readonly verdict: NftVerdict;
    /** The chain, for `jump` and `goto`. */
    readonly chain?: string;
  }
  | {
    readonly kind: "snat";
    /** The new address. */
    readonly to: NftSource;
  }
  | {
    readonly kind: "dnat";
    /** The new address. */
    readonly to: NftSource;
  }
  | { readonly kind: "masquerade" }
  | { readonly kind: "notrack" }
  | {
    readonly kind: "synproxy";
    /** Maximum segment size told to clients, bytes. */
    readonly mss: number;
    /** Window scale told to clients, 0 to 14. */
    readonly wscale: number;
    /** Whether time stamps are offered. */
    readonly timestamp: boolean;
    /** Whether selective acknowledgement is offered. */
    readonly sack: boolean;
  }
  | {
    readonly kind: "dup";
    /** Index of the interface. */
    readonly device: NftSource;
  }
  | {
    readonly kind: "set-mark";
    /** To what. */
    readonly to: NftSource;
  };

/** Where a value comes from. */
export type NftSource =
  | {
    readonly from: "value";
    /** Its type. */
    readonly of: NftType;
    /** As for `Expression::Match`; `FIRST-LAST` for address translation. */
    readonly value: string;
  }
  | {
    readonly from: "map";
    /** The parts of the key. */
    readonly fields: readonly NftField[];
    /** The map. */
    readonly map: string;
    /** Type of its values. */
    readonly of: NftType;
  }
  | {
    readonly from: "hash";
    /** What is hashed. */
    readonly fields: readonly NftField[];
    /** Numbers are below this, not 0. */
    readonly modulus: number;
    /** Begin of the hash. */
    readonly seed: number;
    /** The map, from `Type::Integer`. */
    readonly map: string;
    /** Type of its values. */
    readonly of: NftType;
  };

/** How two values compare. */
export type NftComparison = "eq" | "ne";

/** What a packet may come to. */
export type NftVerdict = "accept" | "drop" | "jump" | "goto" | "return";

/** What of a packet, of what is known with it, or of its connection. */
export type NftField =
  | "nfproto"
  | "l4proto"
  | "iif"
  | "oif"
  | "iifname"
  | "oifname"
  | "mark"
  | "pkttype"
  | "ip-saddr"
  | "ip-daddr"
  | "ip6-saddr"
  | "ip6-daddr"
  | "ether-saddr"
  | "ether-daddr"
  | "th-sport"
  | "th-dport"
  | "tcp-flags"
  | "icmpv6-type"
  | "ct-state"
  | "ct-original-ip-daddr"
  | "ct-original-ip6-daddr"
  | "ct-original-proto-dst";

/** Answer to one call. */
export type Reply = { readonly id: number } & CallResult;

/** What came of a call. */
export type CallResult =
  | { readonly result: "done" }
  | {
    readonly result: "failed";
    /** Stable status number, see `error.rs`. */
    readonly status: number;
    /** `errno`, 0 if none applies. */
    readonly errno: number;
    /** Act, offender, reason. */
    readonly message: string;
  }
  | {
    readonly result: "applied";
    /** In the order of the operations. */
    readonly errnos: readonly number[];
  }
  | {
    readonly result: "followed";
    /** The links. */
    readonly links: readonly Link[];
    /** Their addresses, in the kernel's order. */
    readonly addresses: readonly Address[];
  }
  | {
    readonly result: "inherited";
    /** There is one: the daemon before left, or died, just now. */
    readonly lives: boolean;
    /** It left on purpose. */
    readonly planned: boolean;
    /** Virtual routers it was master of, and still is for all others. */
    readonly routers: readonly HeldRouter[];
  }
  | {
    readonly result: "ipvs-info";
    /** Version, for example `0x010201`. */
    readonly version: number;
    /** Size of the connection table. */
    readonly tableSize: number;
  }
  | {
    readonly result: "ipvs-table";
    /** The rest of the services. */
    readonly services: readonly ServiceTable[];
    /** Those that have gone since it was told last. Absent: all there are were told. */
    readonly gone?: readonly ServiceId[];
  }
  | {
    readonly result: "ipvs-connections";
    /** In the order of the call; a service that is not there has no destinations. */
    readonly counts: readonly ServiceConnections[];
  }
  | {
    readonly result: "ports-in-use";
    /** Of each address; none when nothing was counted. */
    readonly uses: readonly PortUse[];
  }
  | {
    readonly result: "ipvs-timeouts";
    /** The timeouts. */
    readonly timeouts: IpvsTimeouts;
  }
  | {
    readonly result: "counters";
    /** Per transmission. */
    readonly transmissions: readonly SendCount[];
    /** Per watch: what was not reported. */
    readonly watches: readonly WatchCount[];
    /** Received packets dropped since the start because too many waited to be drained. */
    readonly droppedPackets: number;
    /** How late the engine was. */
    readonly lag: Lag;
  }
  | {
    readonly result: "probe-counters";
    /** Per order: outcomes that equalled the expected one. */
    readonly probes: readonly OrderCount[];
  };

/** A virtual router that is held for a daemon to come. */
export type HeldRouter = {
  /** Interface its adverts go through. */
  readonly ifindex: number;
  /** Virtual router. */
  readonly vrid: number;
  /** Family. */
  readonly ipv6: boolean;
};

/**
 * How often an order was carried out since it was first given. Replacement keeps the count, and so
 * does an end: a number that is given again goes on counting.
 */
export type OrderCount = {
  /** Number of the order. */
  readonly order: number;
  /** How often. */
  readonly count: number;
};

/** The same of a transmission, and how late it was. */
export type SendCount = {
  /** Number of the order. */
  readonly order: number;
  /** How often. */
  readonly count: number;
  /** The latest that one left after it was due, µs. */
  readonly late: number;
};

/** How late the engine looked at what was due, since its start. Times are µs. */
export type Lag = {
  /** At worst. */
  readonly worst: number;
  /** How often it was more than 20 ms. */
  readonly times: number;
  /** How long that was together. */
  readonly total: number;
  /** How long the machine slept meanwhile. */
  readonly asleep: number;
};

/** What a watch saw without a word since it was first given; like `OrderCount`. */
export type WatchCount = {
  /** Number of the order. */
  readonly order: number;
  /** Datagrams that equalled the expected one. */
  readonly count: number;
  /** Lesser ones. */
  readonly lesser: number;
  /** Those of them with priority 0. */
  readonly resigned: number;
  /** What was wrong. */
  readonly dropped: readonly DropCount[];
};

/** What the core reports by itself. Received packets come as bytes instead, see `record.rs`. */
export type Event =
  | {
    readonly event: "expired";
    /** Number of the order. */
    readonly order: number;
    /** Its `seq`. */
    readonly seq: number;
  }
  | {
    readonly event: "taken-over";
    /** All that have expired. */
    readonly watches: readonly Awaited[];
    /** Numbers of the transmissions. */
    readonly orders: readonly number[];
    /** What is carried out. */
    readonly ops: readonly AddressOp[];
    /** What is announced. */
    readonly places: readonly Announcement[];
  }
  | {
    readonly event: "takeover-applied";
    /** As they were prepared. */
    readonly ops: readonly AddressOp[];
    /** Of each, 0 for success. */
    readonly errnos: readonly number[];
  }
  | {
    readonly event: "lapsed";
    /** Number of the order. */
    readonly order: number;
  }
  | {
    readonly event: "guardian-ended";
    /** It did, and knows every will. */
    readonly replaced: boolean;
  }
  | {
    readonly event: "log-dropped";
    /** The lane. */
    readonly lane: LogLane;
    /** How many since it was told last. */
    readonly count: number;
  }
  | {
    readonly event: "signal";
    /** Its number, 1 to 64. */
    readonly number: number;
  }
  | {
    readonly event: "unseen";
    /** How long, µs. */
    readonly time: number;
    /** How much of it the machine slept, µs. */
    readonly asleep: number;
  }
  | {
    readonly event: "send-failed";
    /** Number of the order. */
    readonly order: number;
    /** Why. */
    readonly errno: number;
  }
  | {
    readonly event: "send-resumed";
    /** Number of the order. */
    readonly order: number;
  }
  | {
    readonly event: "claimed";
    /** Interface index. */
    readonly ifindex: number;
    /** The address. */
    readonly address: string;
    /** Hardware address of the other one. */
    readonly mac: string;
  }
  | {
    readonly event: "announce-failed";
    /** Interface name. */
    readonly ifname: string;
    /** Why. */
    readonly errno: number;
  }
  | {
    readonly event: "link";
    /** Its state now. */
    readonly link: Link;
    /** True when it is gone. */
    readonly removed: boolean;
  }
  | {
    readonly event: "address";
    /** The address. */
    readonly address: Address;
    /** True when it is gone. */
    readonly removed: boolean;
    /**
     * True when an operation or the lapse of an order did it, or nobody has since: what was
     * added by order and changed in some way is still that.
     */
    readonly ordered: boolean;
  }
  | {
    readonly event: "ipvs-services";
    /** With all their destinations. */
    readonly services: readonly ServiceTable[];
  }
  | { readonly event: "ipvs-changed" }
  | {
    readonly event: "nft-changed";
    /** Which one. */
    readonly table: NftTableId;
  }
  | {
    readonly event: "shaken";
    /** Where; absent: notifications were lost, it may be anywhere. */
    readonly spot?: Spot;
  }
  | {
    readonly event: "setting-was";
    /** Which one. */
    readonly setting: Changed;
  }
  | {
    readonly event: "child-late";
    /** The child. */
    readonly child: number;
  }
  | {
    readonly event: "child-ended";
    /** The child. */
    readonly child: number;
    /** How. */
    readonly exit: ChildExit;
  }
  | {
    readonly event: "file-changed";
    /** Its path. */
    readonly path: string;
    /** Its first 128 bytes; absent: there is no such file, or it cannot be read. */
    readonly content?: string;
  }
  | {
    readonly event: "fifo-dropped";
    /** Its path. */
    readonly path: string;
    /** How many since it was told last. */
    readonly count: number;
  }
  | {
    readonly event: "process-count";
    /** Name of the pattern. */
    readonly name: string;
    /** How many run. */
    readonly count: number;
  }
  | {
    readonly event: "local-said";
    /** Name of its socket, which is no other's. */
    readonly name: string;
    /** Its process; 0 when it is not to be seen from here. */
    readonly pid: number;
    /** What. */
    readonly text: string;
  }
  | {
    readonly event: "local-gone";
    /** Name of its socket. */
    readonly name: string;
  }
  | {
    readonly event: "local-refused";
    /** Datagrams. */
    readonly count: number;
  }
  | {
    readonly event: "outcome";
    /** Number of the order. */
    readonly order: number;
    /** Its `seq`. */
    readonly seq: number;
    /** What it found. */
    readonly outcome: Outcome;
  };

/** What the core can be asked; each kind is answered by one thread of it, in order. */
export type Call =
  | EngineCall
  | KernelCall
  | IpvsCall
  | ProbeCall
  | ChildCall
  | TrackCall
  | GuardianCall
  | SideCall;

/** The lane by which a call reaches its thread. */
export const CALL_LANES: Readonly<Record<Call["call"], number>> = {
  "listen": 0,
  "unlisten": 0,
  "transmit": 0,
  "prepare": 0,
  "withhold": 0,
  "leave": 0,
  "cease": 0,
  "renew": 0,
  "settle": 0,
  "send": 0,
  "watch": 0,
  "unwatch": 0,
  "counters": 0,
  "follow": 1,
  "buffers": 1,
  "look": 1,
  "address-apply": 1,
  "kernel-apply": 1,
  "settings-were": 1,
  "announce": 1,
  "nft-replace": 1,
  "nft-remove": 1,
  "nft-elements": 1,
  "ipvs-info": 2,
  "ipvs-dump": 2,
  "ipvs-difference": 2,
  "ipvs-apply": 2,
  "ipvs-connections": 2,
  "ipvs-timeouts": 2,
  "ipvs-set-timeouts": 2,
  "ipvs-watch": 2,
  "probes": 3,
  "probe-counters": 3,
  "children": 4,
  "judge": 4,
  "spawn": 4,
  "end-child": 4,
  "notify": 4,
  "open-fifo": 4,
  "write-fifo": 4,
  "close-fifo": 4,
  "follow-files": 5,
  "follow-processes": 5,
  "say-locally": 5,
  "guard": 6,
  "inherit": 6,
  "renounce": 6,
  "bridge": 6,
  "mail": 7,
  "put-file": 7,
  "count-ports": 7,
  "threads": 7,
  "log-open": 7,
  "log-flush": 7,
};

/** The lane of the messages of a log, which are no JSON. */
export const LOG_LANES: Readonly<Record<LogLane, number>> = {
  console: 8,
  file: 9,
  syslog: 10,
};

/** Version of the symbols, the records and this file. */
export const ABI_VERSION = 2;
