/** From the checker rows of a real server to its checkers, with the defaults of the servers above. */

import {
  type Bound,
  fieldsOf,
  lastUse,
  lastValue,
  type Table,
  tell,
  type Use,
  valueIn,
} from "../../language/mod.ts";
import { scriptCommand } from "../../global/read.ts";
import type { Declared } from "../../track/read.ts";
import { trackerKey } from "../../track/tracker.ts";
import { familyOf, type Ip } from "../../net/ip.ts";
import { type Micros, SECOND } from "../../net/micros.ts";
import type {
  CheckerConfig,
  CheckerTiming,
  ConnectOptions,
  RegexConfig,
  TlsConfig,
  UrlConfig,
} from "../config.ts";
import { KEPT_LIMIT } from "../checker/http.ts";
import {
  type CHECKERS,
  type CONNECT,
  DNS_CHECK,
  type FILE_CHECK,
  HTTP_GET,
  MISC_CHECK,
  SMTP_CHECK,
  SSL_GET,
  type TCP_CHECK,
  type TIMING,
  UDP_CHECK,
  URL_BLOCK,
} from "./keywords.ts";
import { isPatternOption, translatePattern } from "../pattern.ts";
import { maskedBytes, USUAL_PAYLOAD } from "../checker/udp.ts";

/** What the real server, its virtual server and `global_defs` say for all checkers of a server. */
export interface CheckerDefaults {
  readonly address: Ip;
  readonly port: number;
  readonly retry: number | undefined;
  readonly delayBeforeRetry: Micros | undefined;
  readonly warmup: Micros | undefined;
  readonly jitter: Micros | undefined;
  readonly connectTimeout: Micros;
  readonly delayLoop: Micros;
  readonly alpha: boolean;
  readonly logAllFailures: boolean;
  readonly virtualhost: string | undefined;
  /** The virtual server's `virtualhost`. */
  readonly serverName: string | undefined;
  /** How what is tracked is followed by who does not say. */
  readonly declared: Declared;
  /** What the `SSL` block says. */
  readonly tls: Omit<TlsConfig, "verify">;
}

/** A block of checker rows. */
type BoundBlock<T extends Table> = Use<{ readonly header: true; readonly body: Bound<T> }>;

/** Checkers of one kind that holdfast runs, in file order within the kind. */
export function readCheckers(
  bound: Bound<typeof CHECKERS>,
  defaults: CheckerDefaults,
): readonly CheckerConfig[] {
  return [
    ...(bound.TCP_CHECK ?? []).map((use) => readPlain("tcp", use, defaults)),
    ...(bound.HTTP_GET ?? []).flatMap((use) => readHttp(use, defaults) ?? []),
    ...(bound.SSL_GET ?? []).flatMap((use) => readSsl(use, defaults) ?? []),
    ...(bound.SMTP_CHECK ?? []).flatMap((use) => readSmtp(use, defaults)),
    ...(bound.DNS_CHECK ?? []).map((use) => readDns(use, defaults)),
    ...(bound.UDP_CHECK ?? []).map((use) => readUdp(use, defaults)),
    ...(bound.PING_CHECK ?? []).map((use) => readPlain("ping", use, defaults)),
    ...(bound.MISC_CHECK ?? []).flatMap((use) => readMisc(use, defaults) ?? []),
    ...(bound.FILE_CHECK ?? []).flatMap((use) => readFile(use, defaults) ?? []),
  ];
}

/** A checker that has nothing to say beyond whom it asks, and when. */
function readPlain(
  kind: "tcp" | "ping",
  { value: { body } }: BoundBlock<typeof TCP_CHECK>,
  defaults: CheckerDefaults,
): CheckerConfig {
  const timing = readTiming(body, defaults, { retry: 1, delayBeforeRetry: SECOND });
  return { kind, timing, connect: readConnect(body, defaults) };
}

function readHttp(
  use: BoundBlock<typeof HTTP_GET>,
  defaults: CheckerDefaults,
): CheckerConfig | undefined {
  const { body } = use.value;
  const host = lastValue(body.virtualhost) ?? defaults.virtualhost;
  return httpChecker(body, (body.url ?? []).flatMap((url) => readUrl(url, host) ?? []), defaults);
}

function readSsl(
  use: BoundBlock<typeof SSL_GET>,
  defaults: CheckerDefaults,
): CheckerConfig | undefined {
  const { body } = use.value;
  const own = lastValue(body.virtualhost);
  const sni = valueIn(SSL_GET, body, "enable_sni");
  const compliant = valueIn(SSL_GET, body, "tls_compliant");
  const urls = (body.url ?? []).flatMap((url): readonly UrlConfig[] => {
    const read = readUrl(url, own ?? defaults.virtualhost);
    if (read === undefined) return [];
    // keepalived: the virtual host of the real server is no server name.
    const name = lastValue(body.sni_name) ?? lastValue(url.value.body.virtualhost) ?? own ??
      defaults.serverName;
    return [{
      ...read,
      ...(sni && name !== undefined && { serverName: name }),
      ...((lastValue(url.value.body.tls_compliant) ?? compliant) &&
        { tlsCompliant: true as const }),
    }];
  });
  const checker = httpChecker(body, urls, defaults);
  return checker &&
    { ...checker, tls: { ...defaults.tls, verify: valueIn(SSL_GET, body, "verify") } };
}

function httpChecker(
  body: Bound<Pick<typeof HTTP_GET, "http_protocol" | keyof typeof CONNECT | keyof typeof TIMING>>,
  urls: readonly UrlConfig[],
  defaults: CheckerDefaults,
): Extract<CheckerConfig, { readonly kind: "http" }> | undefined {
  if (urls.length === 0) return undefined;
  const protocol = valueIn(HTTP_GET, body, "http_protocol");
  return {
    kind: "http",
    timing: readTiming(body, defaults, { retry: 1, delayBeforeRetry: 3 * SECOND }),
    connect: readConnect(body, defaults),
    httpProtocol: protocol === "1.0C" ? "1.0c" : protocol,
    urls,
  };
}

function readUrl(
  use: BoundBlock<typeof URL_BLOCK>,
  host: string | undefined,
): UrlConfig | undefined {
  const { body } = use.value;
  const path = lastValue(body.path);
  if (path === undefined) return undefined;
  const digest = lastValue(body.digest);
  const virtualhost = lastValue(body.virtualhost) ?? host;
  const regex = readRegex(body);
  return {
    path,
    statusCodes: valueIn(URL_BLOCK, body, "status_code"),
    ...(digest !== undefined && { digest }),
    ...(virtualhost !== undefined && { virtualhost }),
    ...(regex !== undefined && { regex }),
  };
}

/** A pattern that cannot be had is reported, and the url is judged without it. */
function readRegex(body: Bound<typeof URL_BLOCK>): RegexConfig | undefined {
  const use = lastUse(body.regex);
  const options = lastUse(body.regex_options);
  for (const name of options?.value ?? []) {
    if (options === undefined || isPatternOption(name)) continue;
    tell(options, "malformed-value", `Cannot use ${name} in regex_options: it is not understood`, {
      severity: "error",
    });
  }
  if (use === undefined) return undefined;
  const translated = translatePattern(use.value, options?.value ?? []);
  if (translated.kind === "fault") {
    tell(use, "malformed-value", `Cannot look for this regex: ${translated.why}`, {
      severity: "error",
    });
    return undefined;
  }
  const minOffset = valueIn(URL_BLOCK, body, "regex_min_offset");
  const maxOffset = lastValue(body.regex_max_offset);
  for (const offset of [lastUse(body.regex_min_offset), lastUse(body.regex_max_offset)]) {
    if (offset === undefined || offset.value < KEPT_LIMIT) continue;
    const name = offset === lastUse(body.regex_min_offset)
      ? "regex_min_offset"
      : "regex_max_offset";
    tell(
      offset,
      "out-of-range",
      `Cannot look at offset ${offset.value} (${name}): the first ${KEPT_LIMIT} bytes of a body are looked at`,
    );
  }
  return {
    written: use.value,
    pattern: translated.pattern,
    noMatch: valueIn(URL_BLOCK, body, "regex_no_match"),
    minOffset,
    ...(maxOffset !== undefined && { maxOffset }),
  };
}

/** keepalived: the check itself, and one more for each `host` of it. */
function readSmtp(
  use: BoundBlock<typeof SMTP_CHECK>,
  defaults: CheckerDefaults,
): readonly CheckerConfig[] {
  const { body } = use.value;
  const { heloName } = fieldsOf(SMTP_CHECK, body);
  const own = { retry: 1, delayBeforeRetry: SECOND };
  const timing = readTiming(body, defaults, own);
  const connect = readConnect(body, defaults);
  const hosts = (body.host ?? []).map(({ value }): CheckerConfig => {
    const inherited = {
      ...defaults,
      ...timing,
      jitter: timing.jitter,
      connectTimeout: connect.timeout,
    };
    return {
      kind: "smtp",
      timing: readTiming(value.body, inherited, own),
      connect: readConnect(value.body, inherited),
      heloName,
    };
  });
  return [{ kind: "smtp", timing, connect, heloName }, ...hosts];
}

function readDns(use: BoundBlock<typeof DNS_CHECK>, defaults: CheckerDefaults): CheckerConfig {
  const { body } = use.value;
  return {
    kind: "dns",
    timing: readTiming(body, defaults, { retry: 3, delayBeforeRetry: undefined }),
    connect: readConnect(body, defaults),
    ...fieldsOf(DNS_CHECK, body),
  };
}

function readUdp(use: BoundBlock<typeof UDP_CHECK>, defaults: CheckerDefaults): CheckerConfig {
  const { body } = use.value;
  const payload = lastValue(body.payload);
  const wanted = lastValue(body.require_reply);
  const pattern = wanted === undefined ? undefined : maskedBytes(wanted);
  return {
    kind: "udp",
    timing: readTiming(body, defaults, { retry: 1, delayBeforeRetry: SECOND }),
    connect: readConnect(body, defaults),
    payload: payload === undefined ? USUAL_PAYLOAD : maskedBytes(payload).hex,
    ...(pattern !== undefined && {
      reply: {
        ...(pattern.hex !== "" && { pattern }),
        minLength: valueIn(UDP_CHECK, body, "min_reply_length"),
        maxLength: valueIn(UDP_CHECK, body, "max_reply_length"),
      },
    }),
  };
}

function readMisc(
  use: BoundBlock<typeof MISC_CHECK>,
  defaults: CheckerDefaults,
): CheckerConfig | undefined {
  const { body } = use.value;
  const path = lastValue(body.misc_path);
  if (path === undefined) return undefined;
  const timing = readTiming(body, defaults, { retry: 0, delayBeforeRetry: SECOND });
  return {
    kind: "misc",
    timing,
    command: scriptCommand({ ...path, ...lastValue(body.user) }),
    timeout: lastValue(body.misc_timeout) ?? timing.delayLoop,
    ...fieldsOf(MISC_CHECK, body),
  };
}

function readFile(
  use: BoundBlock<typeof FILE_CHECK>,
  defaults: CheckerDefaults,
): CheckerConfig | undefined {
  const { body } = use.value;
  const name = lastValue(body.track_file);
  if (name === undefined) return undefined;
  const tracker = { kind: "file", name } as const;
  const declared = defaults.declared.get(trackerKey(tracker));
  if (declared === undefined) return undefined;
  const own = lastValue(body.weight);
  return {
    kind: "file",
    timing: readTiming({}, { ...defaults, jitter: undefined }, {
      retry: 0,
      delayBeforeRetry: SECOND,
    }),
    tracker,
    weight: own?.weight ?? declared.weight,
    reverse: own?.reverse ?? declared.reverse,
  };
}

function readTiming(
  bound: Bound<typeof TIMING>,
  defaults: CheckerDefaults,
  own: {
    readonly retry: number;
    /** Absent: as long as between checks. */
    readonly delayBeforeRetry: Micros | undefined;
  },
): CheckerTiming {
  const delayLoop = lastValue(bound.delay_loop) ?? defaults.delayLoop;
  const [rise, fall] = [lastValue(bound.rise), lastValue(bound.fall)];
  const jitter = jitterOf(lastUse(bound.jitter), defaults.jitter, delayLoop);
  return {
    delayLoop,
    warmup: lastValue(bound.warmup) ?? defaults.warmup ?? delayLoop,
    retry: lastValue(bound.retry) ?? defaults.retry ?? own.retry,
    delayBeforeRetry: lastValue(bound.delay_before_retry) ?? defaults.delayBeforeRetry ??
      own.delayBeforeRetry ?? delayLoop,
    alpha: lastValue(bound.alpha) ?? defaults.alpha,
    logAllFailures: lastValue(bound.log_all_failures) ?? defaults.logAllFailures,
    ...(rise !== undefined && rise > 1 && { rise }),
    ...(fall !== undefined && fall > 1 && { fall }),
    ...(jitter > 0 && { jitter }),
  };
}

/** A check comes before the next one's moment: what is longer is cut, and reported where it is written. */
function jitterOf(
  use: Use<Micros> | undefined,
  inherited: Micros | undefined,
  delayLoop: Micros,
): Micros {
  if (use !== undefined) checkJitter(use, delayLoop);
  return Math.min(use?.value ?? inherited ?? 0, delayLoop - 1);
}

/** Reports a jitter that does not end before the next check. */
export function checkJitter(use: Use<Micros>, delayLoop: Micros): void {
  if (use.value < delayLoop) return;
  const [jitter, limit] = [use.value / SECOND, delayLoop / SECOND];
  tell(
    use,
    "out-of-range",
    `Cannot use jitter ${jitter}: it must be below the delay_loop, ${limit} s, nearly all of which is used`,
  );
}

function readConnect(bound: Bound<typeof CONNECT>, defaults: CheckerDefaults): ConnectOptions {
  const address = lastValue(bound.connect_ip) ?? defaults.address;
  const bindPort = lastValue(bound.bind_port);
  const bindInterface = lastValue(bound.bind_if);
  const fwmark = lastValue(bound.fwmark);
  const bind = lastUse(bound.bindto);
  const usable = bind === undefined || familyOf(bind.value) === familyOf(address);
  if (!usable) {
    tell(bind, "conflict", `Cannot bind to ${bind.value}: ${address} is of the other family`, {
      severity: "error",
    });
  }
  return {
    address,
    port: lastValue(bound.connect_port) ?? defaults.port,
    ...(bind !== undefined && usable && { bindAddress: bind.value }),
    ...(bindPort !== undefined && { bindPort }),
    ...(bindInterface !== undefined && { bindInterface }),
    ...(fwmark !== undefined && { fwmark }),
    timeout: lastValue(bound.connect_timeout) ?? defaults.connectTimeout,
  };
}
