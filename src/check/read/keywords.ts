/** Rows of the checkers of a real server. */

import {
  address,
  alias,
  block,
  choice,
  custom,
  flag,
  ifname,
  integer,
  needWord,
  nextWord,
  refuse,
  restWords,
  script,
  seconds,
  splitShell,
  type Table,
  toggle,
  unknown,
  wholeSeconds,
  word,
} from "../../language/mod.ts";
import { SECOND } from "../../net/micros.ts";
import { sliceLine } from "../../language/findings/place.ts";
import { DNS_TYPES } from "../config.ts";
import { scriptAccount, weightRow } from "../../track/keywords.ts";

const later = { acts: false } as const;

const port = (
  facts: { readonly text: string; readonly default?: string; readonly acts?: boolean },
) => integer({ ...facts, min: 1, max: 65_535 });

/** Delays have no limit in keepalived; here that of exact microseconds, 285 years, s. */
const MAX_DELAY = 9_000_000_000;

/** Times and counts every checker has, and the servers above it as defaults. */
export const TIMING = {
  retry: integer({
    default: "real or virtual server's, else 1; DNS 3, MISC 0",
    text: "Extra attempts before the check counts as failed",
  }),
  delay_before_retry: seconds({
    max: MAX_DELAY,
    default: "real or virtual server's, else 1; HTTP 3, DNS delay_loop",
    text: "Wait between attempts",
  }),
  warmup: seconds({
    max: MAX_DELAY,
    default: "real or virtual server's, else delay_loop",
    text: "Limit of the random first delay",
  }),
  delay_loop: seconds({
    min: 0.000001,
    max: MAX_DELAY,
    default: 60 * SECOND,
    absent: "real or virtual server's, else 60",
    text: "Interval of this check",
  }),
  alpha: toggle({
    default: "real or virtual server's",
    text: "Starts as failed until first success",
  }),
  log_all_failures: toggle({
    default: "checker_log_all_failures",
    text: "Logs every failed attempt",
  }),
  rise: integer({
    source: "holdfast",
    min: 1,
    max: 1000,
    default: "1",
    text: "Checks in a row that must be good before a failed server comes back",
  }),
  jitter: seconds({
    source: "holdfast",
    max: MAX_DELAY,
    default: "real or virtual server's, else 0",
    text:
      "Each check comes up to so much later than its moment, so that many nodes do not check in step",
  }),
  fall: integer({
    source: "holdfast",
    min: 1,
    max: 1000,
    default: "1",
    text: "Checks in a row, each with its retries, that must fail before a server goes down",
  }),
} satisfies Table;

/** Where a checker connects. */
export const CONNECT = {
  connect_ip: address({ absent: "the real server's", text: "Address to probe instead" }),
  connect_port: port({ default: "the real server's", text: "Port to probe instead" }),
  bindto: address({ absent: "chosen by the kernel", text: "Local address of the probe" }),
  bind_port: port({ default: "ephemeral", text: "Local port of the probe" }),
  bind_if: ifname({ text: "Local interface of the probe" }),
  connect_timeout: seconds({
    min: 0.000001,
    default: 5 * SECOND,
    absent: "real or virtual server's, else 5",
    text: "Time allowed for connecting and for each reply",
  }),
  fwmark: integer({ build: "SO_MARK", text: "Mark set on the probe socket" }),
} satisfies Table;

/** `digest`: what genhash prints. */
const digest = custom({
  twice: "first",
  text: "MD5 of the body, as genhash prints it",
  args: "<32 hexadecimal digits>",
  read: (args) => {
    const value = needWord(args, "a digest");
    if (value === undefined || /^[0-9a-fA-F]{32}$/.test(value.text)) {
      return value?.text.toLowerCase();
    }
    return refuse(args, value, "must be 32 hexadecimal digits");
  },
});

/** Ranges of codes, both ends included. */
type StatusCodes = readonly (readonly [number, number])[];

/** `status_code N[-M] ...`. */
const statusCode = custom({
  twice: "all",
  join: (earlier: StatusCodes, later: StatusCodes) => [...earlier, ...later],
  missing: "accepted",
  text: "Acceptable HTTP codes",
  default: [[200, 299]],
  show: (ranges) => ranges.map((range) => range.join("-")).join(" "),
  args: "<n>[-<m>] ... (100 to 599)",
  read: (args): StatusCodes | undefined => {
    const first = needWord(args, "a status code");
    const ranges: (readonly [number, number])[] = [];
    for (let code = first; code !== undefined; code = nextWord(args)) {
      const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(code.text);
      const low = Number(match?.[1]);
      const high = Number(match?.[2] ?? match?.[1]);
      if (match === null || low < 100 || high > 599 || high < low) {
        refuse(args, code, "must be a code or range within 100 to 599", { code: "out-of-range" });
      } else ranges.push([low, high]);
    }
    return ranges.length === 0 ? undefined : ranges;
  },
});

const regex = custom({
  twice: "replaced",
  missing: "reported",
  build: "REGEX",
  text: "PCRE pattern that must be found in the body; what takes time linear in it",
  args: "<pattern>",
  read: (args) => {
    const first = needWord(args, "a pattern");
    if (first === undefined) return undefined;
    restWords(args);
    const { words, ok } = splitShell(sliceLine(args.line, first.start).text);
    const [pattern, more] = words;
    if (ok && pattern !== undefined && more === undefined) return pattern.text;
    return ok && more !== undefined
      ? refuse(args, first, "it takes one pattern", { hint: "put it in double quotes" })
      : refuse(args, first, "a quote is not closed", {
        code: "unterminated-quote",
        status: "unmatched-quote",
      });
  },
});

const REGEX = { build: "REGEX" } as const;

/** Rows of `url`. */
export const URL_BLOCK = {
  path: word({ twice: "replaced", what: "a path", text: "Path and query asked for" }),
  digest,
  status_code: statusCode,
  virtualhost: word({
    twice: "replaced",
    missing: "reported",
    what: "a host",
    default: "the check's",
    text: "Host header for this url",
  }),
  regex,
  regex_no_match: flag({ ...REGEX, default: false, text: "Inverts the pattern test" }),
  regex_options: custom({
    ...REGEX,
    text: "PCRE2 compile options by name",
    args: "<name> ...",
    twice: "all",
    join: (earlier: readonly string[], later: readonly string[]) => [...earlier, ...later],
    read: (args): readonly string[] => restWords(args).map(({ text }) => text),
  }),
  regex_min_offset: integer({
    missing: "accepted",
    ...REGEX,
    default: 0,
    text: "Body offset at which matching may start",
  }),
  regex_max_offset: integer({
    missing: "accepted",
    ...REGEX,
    text: "Body offset after which a match is not accepted",
  }),
  regex_stack: custom({
    ...REGEX,
    default: "PCRE2's",
    text: "JIT stack sizes; nothing here has a stack that could be too small",
    args: "<start> <max>",
    read: (args) => restWords(args).map(({ text }) => text),
  }),
} satisfies Table;

const tlsCompliant = toggle({
  default: false,
  text: "Sends close_notify and expects a proper TLS shutdown",
});

const HTTP = {
  ...CONNECT,
  ...TIMING,
  nb_get_retry: alias("retry", { deprecated: "retry" }),
  virtualhost: word({
    twice: "replaced",
    missing: "reported",
    what: "a host",
    default: "the server's",
    text: "Host header for all urls of this check",
  }),
  http_protocol: choice(["1.0", "1.0C", "1.0c", "1.1"], {
    missing: "reported",
    default: "1.0",
    text: "Version in the request line; the C form adds Connection: close",
  }),
  enable_sni: toggle({
    build: "SNI",
    default: false,
    text: "Sends a server name in the TLS handshake",
  }),
  sni_name: word({
    source: "later",
    what: "a host",
    default: "virtualhost of the url, the check or the virtual server",
    text: "Server name for the TLS handshake, with enable_sni",
  }),
  fast_recovery: toggle({
    text:
      "Checks the remaining URLs without pauses on recovery; every round checks all of them here",
  }),
} satisfies Table;

/** Rows of `HTTP_GET`. */
export const HTTP_GET = {
  ...HTTP,
  url: block(URL_BLOCK, { requires: ["path"], text: "One resource to fetch; all must pass" }),
} satisfies Table;

/** Rows of `SSL_GET`: those of `HTTP_GET` and the TLS ones. */
export const SSL_GET = {
  ...HTTP,
  url: block({ ...URL_BLOCK, tls_compliant: { ...tlsCompliant, default: "the check's" } }, {
    requires: ["path"],
    text: "One resource to fetch; all must pass",
  }),
  tls_compliant: tlsCompliant,
  verify: toggle({
    source: "holdfast",
    default: false,
    text: "Fails a certificate that is not trusted, or has not the server name or address",
  }),
} satisfies Table;

/** Rows of `TCP_CHECK` and `PING_CHECK`. */
export const TCP_CHECK = { ...CONNECT, ...TIMING } satisfies Table;

const hexadecimal = (text: string, pattern: RegExp, optional: boolean) =>
  custom({
    text,
    missing: "reported",
    args: optional ? "[<hexadecimal digits>]" : "<hexadecimal digits>",
    read: (args) => {
      const value = optional ? nextWord(args) : needWord(args, "hexadecimal digits");
      if (value === undefined) return optional ? "" : undefined;
      return pattern.test(value.text)
        ? value.text
        : refuse(args, value, "must be hexadecimal digits");
    },
  });

/** Rows of `UDP_CHECK`. */
export const UDP_CHECK = {
  ...CONNECT,
  ...TIMING,
  payload: hexadecimal("Data to send", /^[0-9a-fA-F ]*$/, false),
  require_reply: hexadecimal("Needs a reply, optionally matching", /^[0-9a-fA-FxX ]*$/, true),
  min_reply_length: integer({
    junk: "refused",
    max: 65_535,
    default: 0,
    text: "Shortest acceptable reply",
  }),
  max_reply_length: integer({
    junk: "refused",
    max: 65_535,
    default: 255,
    text: "Longest acceptable reply",
  }),
} satisfies Table;

/** Rows of `SMTP_CHECK`. */
export const SMTP_CHECK = {
  ...CONNECT,
  ...TIMING,
  helo_name: word({
    twice: "replaced",
    missing: "reported",
    what: "a host",
    to: "heloName",
    default: "smtpchecker.keepalived.org",
    text: "Name sent with HELO",
  }),
  host: block({ ...CONNECT, ...TIMING }, { text: "Old way to test several addresses" }),
} satisfies Table;

/** Rows of `DNS_CHECK`. */
export const DNS_CHECK = {
  ...CONNECT,
  ...TIMING,
  type: choice(DNS_TYPES, {
    to: "type",
    anyCase: true,
    default: "SOA",
    text: "Query type",
  }),
  name: custom({
    to: "name",
    twice: "first",
    default: ".",
    text: "Query name",
    args: "<domain>",
    read: (args) => {
      const name = needWord(args, "a domain");
      if (name === undefined) return undefined;
      if (/^\.[^.]|\.\./.test(name.text)) {
        return refuse(args, name, "a label between dots is empty");
      }
      // RFC 1035 §2.3.4, with the length byte of each label and of the root.
      const lengths = name.text.split(".").map((label) => new TextEncoder().encode(label).length);
      if (lengths.some((length) => length > 63)) {
        return refuse(args, name, "a label is over 63 bytes");
      }
      const total = lengths.reduce((sum, length) => sum + (length === 0 ? 0 : length + 1), 1);
      return total > 255 ? refuse(args, name, "a domain is over 255 bytes") : name.text;
    },
  }),
} satisfies Table;

/** Rows of `MISC_CHECK`. */
export const MISC_CHECK = {
  ...TIMING,
  misc_path: script({ missing: "reported", account: false, text: "Command to run" }),
  misc_timeout: wholeSeconds({
    max: 4294,
    default: "delay_loop",
    text: "Ends the command after this long",
  }),
  misc_dynamic: flag({
    to: "dynamic",
    default: false,
    text: "Exit codes 2 to 255 set the weight to code minus two",
  }),
  user: { ...scriptAccount, missing: "reported" as const },
} satisfies Table;

/** Rows of `FILE_CHECK`. */
export const FILE_CHECK = {
  track_file: word({ text: "Declared track_file to follow" }),
  weight: weightRow(2_147_483_647, {
    missing: "reported",
    default: "the file's",
    text: "Multiplier of the file value",
  }),
  dynamic: unknown({
    source: "manual",
    text: "Stands in the manual page only",
    hint: "the manual page has it, keepalived does not know it",
  }),
} satisfies Table;

/** Rows of `BFD_CHECK`. */
export const BFD_CHECK = {
  name: word({
    twice: "first",
    extra: "refused",
    what: "a session",
    missing: "reported",
    text: "Session to follow",
  }),
  alpha: TIMING.alpha,
} satisfies Table;

/** Checkers of a real server. */
export const CHECKERS = {
  HTTP_GET: block(HTTP_GET, {
    requires: ["url"],
    text: "Fetches URLs over HTTP and compares status, digest or content",
  }),
  SSL_GET: block(SSL_GET, { requires: ["url"], text: "Like HTTP_GET over TLS" }),
  TCP_CHECK: block(TCP_CHECK, { text: "Succeeds if a TCP connection can be made" }),
  SMTP_CHECK: block(SMTP_CHECK, { text: "Holds a short SMTP dialogue" }),
  DNS_CHECK: block(DNS_CHECK, {
    text: "Sends a DNS query and expects an answer without error",
  }),
  MISC_CHECK: block(MISC_CHECK, { requires: ["misc_path"], text: "Runs an external command" }),
  PING_CHECK: block(TCP_CHECK, { text: "Sends ICMP echo requests" }),
  UDP_CHECK: block(UDP_CHECK, {
    text: "Sends a UDP datagram and watches for an error or reply",
  }),
  FILE_CHECK: block(FILE_CHECK, {
    requires: ["track_file"],
    text: "Follows a track_file to set the server's weight or state",
  }),
  BFD_CHECK: block(BFD_CHECK, {
    requires: ["name"],
    ...later,
    build: "BFD",
    text: "Follows a BFD session",
  }),
} satisfies Table;
