/** Where holdfast and Debian's keepalived 2.2.7 judge a configuration differently, and why that is right. */

import { allKeywords } from "../../src/document/table/keyword_list.ts";
import type { Variant, Verdict } from "./variant.ts";

/** A variant and both verdicts. */
export interface Compared {
  readonly variant: Variant;
  readonly ours: Verdict;
  readonly theirs: Verdict;
}

/** One reason for which verdicts may differ. */
export interface Difference {
  readonly title: string;
  readonly reason: string;
  readonly applies: (compared: Compared) => boolean;
}

/** Keywords of 2.3 and 2.4. */
const NEWER = new Set(
  ("active_key anti_replay auth_hmac dbus_no_interface_name iproute_etc_dir iproute_usr_dir " +
    "json_dump_file json_version key mode multihop no_virtual_ipaddress owner_ignore_adverts " +
    "snmp_rs_stats_update_interval " +
    "snmp_vs_stats_update_interval state_dump_file stats_dump_file time_window " +
    "timer_expired_backup tls_compliant use_symlink_paths v3_checksum_as_v2 " +
    "vrrp_delay_after_boot vrrp_owner_ignore_adverts").split(" "),
);

/** Keywords that are holdfast's own: their rows say so. */
const OURS = new Set(
  allKeywords().flatMap(({ name, row }) =>
    row.source === "holdfast" || /^Ours\b/.test(row.text) ? [name] : []
  ),
);

const ALIBABA = new Set(["laddr_group_name", "local_address_group", "syn_proxy"]);

/** Findings about braces. */
const BRACES =
  /Cannot find the "[{}]"|Cannot match this "}"|Cannot begin a block with (?:this "{"|"\(")/;

/** All reasons, the first that applies counts. */
export const DIFFERENCES: readonly Difference[] = [
  {
    title: "keepalived crashes or does not end",
    reason:
      "2.2.7 dies of a signal on a checker without url, a url without path, a virtual_server without its last word, a " +
      "BFD session without a name or neighbour, a script whose quote is not closed, and a name behind which the brace is " +
      "missing; it never ends where a file is tracked that is not declared while another one is. holdfast reports the " +
      "mistake. A file with scripts for another user than root it does not judge at all: under -t it looks for them as " +
      "that user, and then ends itself by SIGTERM.",
    applies: ({ theirs }) => theirs.code >= 124,
  },
  {
    title: "keyword newer than 2.2.7",
    reason: `Unknown to 2.2.7, known to 2.4 and to holdfast: ${[...NEWER].join(", ")}.`,
    applies: ({ theirs }) => unknownTo(theirs).some((word) => NEWER.has(word)),
  },
  {
    title: "keyword of holdfast",
    reason: `Unknown to keepalived: ${[...OURS].toSorted().join(", ")}.`,
    applies: ({ theirs }) => unknownTo(theirs).some((word) => OURS.has(word)),
  },
  {
    title: "keyword of the Alibaba fork",
    reason: `Unknown to keepalived, known to its fork and to holdfast: ${[...ALIBABA].join(", ")}.`,
    applies: ({ theirs }) => unknownTo(theirs).some((word) => ALIBABA.has(word)),
  },
  {
    title: "after a mistake with braces",
    reason:
      "keepalived passes over a brace out of place and reads on in whatever block it believes to be in: what follows is " +
      "unknown to it, or is read as a header and lacks a word. holdfast reports the one brace and reads on as meant, so " +
      "that what it says of the rest, such as scripts without security, differs.",
    applies: ({ ours }) => BRACES.test(ours.output),
  },
  keyword("since 2.3 a boolean", "vrrp_strict vrrp_skip_check_adv_addr", {
    codes: "0-5",
    reason:
      "2.2.7 passes over any word behind it; 2.4 wants a boolean there, and so does holdfast.",
  }),
  keyword("option words newer than 2.2.7", "use_vmac use_ipvlan weight", {
    codes: "5-0 0-2 5-2",
    reason:
      "name, group and netlink_notify_msg of use_vmac and use_ipvlan, the name behind use_vmac of an address, " +
      "and noreverse came with 2.3 and 2.4. Whether an interface that exists already " +
      "is a MACVLAN is not looked at.",
  }),
  twice("given twice, since 2.3 reported", "virtualhost snmp_name path regex helo_name", {
    codes: "0-5",
    reason: "2.2.7 takes the second of two without a word; 2.4 reports it, and so does holdfast.",
  }),
  keyword("words of a keyword that is not released", "sni_name", {
    codes: "5-2",
    reason: "Unknown to keepalived up to 2.4; holdfast knows it and says that its word is missing.",
  }),
  {
    title: "an address of the other family to bind to",
    reason:
      "2.2.7 does not compare it with the host that an SMTP_CHECK connects to, and the check fails when it runs; holdfast " +
      "reports it.",
    applies: ({ variant, ours, theirs }) =>
      theirs.code === 0 && ours.code === 5 && variant.block.endsWith("/SMTP_CHECK") &&
      /Cannot bind to .*: .* is of the other family/.test(ours.output),
  },
  twice("given twice, and the first is wrong", "bindto mcast_src_ip mcast_dst_ip", {
    codes: "5-0",
    reason:
      "keepalived compares the family of each address with the one before it; holdfast looks at the one that counts.",
  }),
  twice("given twice, the second without a word", "net_namespace_ipvs", {
    codes: "2-5",
    reason:
      "keepalived ends at the word that is missing in its own complaint; holdfast reports the second one.",
  }),
  keyword("words behind a value, since 2.3 reported", "notification_email_from regex", {
    codes: "0-5",
    reason:
      "2.2.7 passes over them; 2.4 reports them, and a regex without its word; so does holdfast.",
  }),
  keyword("limits of times in routes", "rtt rttvar rto_min", {
    codes: "0-5",
    reason: "2.2.7 takes any time; 2.4 wants 200 ms to 120 s, and so does holdfast.",
  }),
  {
    title: "blocks that are empty",
    reason:
      "2.2.7 says nothing of a track_group without members and of a virtual_server of a group without real servers; 2.4 " +
      "leaves them out and reports it, and so does holdfast.",
    applies: ({ ours, theirs }) =>
      theirs.code === 0 && ours.code === 5 &&
      /Cannot use track_group .*: it has no group|Cannot set up virtual_server group .*: it has no real_server/
        .test(ours.output),
  },
  {
    title: "routes without an interface",
    reason:
      "2.2.7 reports that it cannot track a route without an interface; 2.4 does not, nor does holdfast.",
    applies: ({ ours, theirs }) =>
      theirs.code === 5 && ours.code === 0 &&
      /cannot track route .* with no interface specified/.test(theirs.output),
  },
  {
    title: "given twice in a file, since 2.3 reported",
    reason:
      "2.2.7 takes a path or a unicast peer twice without a word; 2.4 reports the second, and so does holdfast.",
    applies: ({ ours, theirs }) =>
      theirs.code === 0 && ours.code === 5 &&
      /Cannot use (?:path|virtualhost|regex) twice|Cannot use peer \S+ in \S+: it is there already/
        .test(ours.output),
  },
  keyword("times with decimals", "interval timeout", {
    codes: "5-0",
    reason: "2.2.7 takes whole seconds for scripts; 2.4 takes milliseconds, and so does holdfast.",
  }),
  keyword("times beyond 285 years", "delay_loop delay_before_retry warmup", {
    codes: "0-5",
    reason: "keepalived goes to 584942 years; holdfast counts exact microseconds.",
  }),
  keyword("limits that changed", "rlimit garp_interval gna_interval suppress_prefixlength", {
    codes: "0-5",
    reason: "2.4 wants at least 2 µs, 1 µs and at most 128 where 2.2.7 does not look.",
  }),
  keyword("what only the machine knows", "cpu_affinity smtp_server ipproto suppress_ifgroup vrf", {
    codes: "5-0 0-5",
    reason:
      "Whether a processor is there, a host name resolves, a number has a name or a device is a VRF is not looked at: a " +
      "file is checked on other machines than it runs on, and names may resolve later.",
  }),
  keyword("the word after inet", "inet", {
    codes: "0-5 0-2 2-5",
    reason: "keepalived skips the word after inet or inet6 in routes and rules; holdfast reads it.",
  }),
  keyword("numbers beyond 32 bits", "table tunnel-id", {
    codes: "0-5",
    reason: "keepalived cuts off what does not fit, or negates; holdfast refuses it.",
  }),
  keyword("C's notation in rules", "preference order priority fwmark", {
    codes: "0-5",
    reason:
      "keepalived reads 0x10 and +1 here; the manual says decimal, and ip rule prints decimal.",
  }),
  {
    title: "the rest of a refused route",
    reason:
      "keepalived stops reading an entry at a name or interface the machine does not have, or goes on behind one it has " +
      "refused, so that another problem of the same entry is seen or not. Both refuse the entry.",
    applies: ({ variant, ours, theirs }) =>
      /routes|rules/.test(variant.block) && ours.code !== 0 && theirs.code !== 0,
  },
  keyword("a script that is no program", "script", {
    codes: "0-5",
    reason:
      "keepalived accepts a file without execute bit, and then fails at every run; holdfast says so at once.",
  }),
  keyword("the first line of a group", "virtual_server_group", {
    codes: "2-5",
    reason:
      "keepalived stops at an internal error where words stand behind the name or the brace is missing; holdfast reports " +
      "that and reads the group.",
  }),
  keyword("the order of checks", "sorry_server_lvs_method interface_up_down_delays", {
    codes: "5-2 4-2",
    reason:
      "keepalived looks whether it belongs here before it looks for the word that is missing.",
  }),
  keyword("offsets that are no numbers", "regex_min_offset regex_max_offset", {
    codes: "0-5",
    reason:
      "keepalived takes what begins as a number, else 0, without a word; holdfast reports it.",
  }),
  keyword("labels of one character", "name", {
    codes: "5-0",
    reason: 'keepalived finds an empty label in "1.5"; there is none.',
  }),
  {
    title: "findings before a namespace",
    reason:
      "keepalived forgets what it found when it enters net_namespace, and ends with 0; holdfast reports it.",
    applies: ({ variant, theirs }) =>
      theirs.code === 0 &&
      Object.values(variant.files).some((text) =>
        /^\s*(?:@\S+\s+|~SEQ\([^)]*\)\s*)?net_namespace\s/m.test(text)
      ),
  },
  {
    title: "an address given twice",
    reason:
      "2.2.7 advertises an address twice that an instance lists twice; 2.4 leaves the second out and reports it, and so " +
      "does holdfast.",
    applies: ({ ours, theirs }) =>
      theirs.code === 0 && ours.code === 5 &&
      /Cannot use \S+ twice in vrrp_instance/.test(ours.output),
  },
  {
    title: "unicast instances that are one virtual router",
    reason:
      "2.2.7 runs unicast instances with one VRID, source and peer, and gives every advert to one of them; 2.4 refuses " +
      "them, and holdfast leaves the second out. Without an interface 2.2.7 runs no unicast instance; 2.4 does.",
    applies: ({ ours, theirs }) =>
      (theirs.code === 0 && /with a peer in common already/.test(ours.output)) ||
      (theirs.code === 5 && ours.code === 0 && /Unknown interface!/.test(theirs.output)),
  },
  {
    title: "include in quotes",
    reason:
      "keepalived takes the quotes for part of the file's name, finds nothing and goes on; holdfast includes the file.",
    applies: ({ theirs }) => /Config files missing '"/.test(theirs.output),
  },
];

/** The reason for which two verdicts differ, if there is one. */
export function differenceOf(compared: Compared): Difference | undefined {
  return DIFFERENCES.find((difference) => difference.applies(compared));
}

/** A reason that holds for some keywords and pairs of exit codes, keepalived's first. */
function keyword(
  title: string,
  keywords: string,
  { codes, reason }: { readonly codes: string; readonly reason: string },
): Difference {
  const names = keywords.split(" ");
  const pairs = new Set(codes.split(" "));
  return {
    title,
    reason,
    applies: ({ variant, ours, theirs }) =>
      pairs.has(`${theirs.code}-${ours.code}`) &&
      names.some((name) =>
        concerns(variant, name) &&
        // A whole file has many words: here holdfast must speak of this one.
        (ours.code === 0 || isRow(variant) || ours.output.includes(name))
      ),
  };
}

/** A reason that holds for keywords given twice. */
function twice(
  title: string,
  keywords: string,
  facts: { readonly codes: string; readonly reason: string },
): Difference {
  const difference = keyword(title, keywords, facts);
  return {
    ...difference,
    applies: (compared) =>
      compared.variant.probe.includes(" then ") && difference.applies(compared),
  };
}

/** Whether a variant is made for one keyword. */
function isRow({ keyword }: Variant): boolean {
  return !/ |^(brace|comments|tabs|CRLF|definitions|conditions|sequences)/.test(keyword);
}

/** Whether a variant is about a keyword, or keepalived and holdfast speak of it. */
function concerns(variant: Variant, name: string): boolean {
  const { keyword, files, block } = variant;
  if (isRow(variant)) return keyword.includes(name);
  return block.startsWith("generator") || block.startsWith("seed") || block.startsWith("language")
    ? Object.values(files).some((text) => text.includes(name))
    : keyword.includes(name);
}

function unknownTo({ output }: Verdict): readonly string[] {
  return [...output.matchAll(/Unknown keyword '([^' ]*)/g)].map((match) => match[1] ?? "");
}
