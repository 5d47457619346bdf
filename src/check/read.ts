/** From the checker rows of a real server to its checkers, with the defaults of the servers above. */

import { type Bound, lastUse, lastValue, type Table, tell, type Use } from "../language/mod.ts";
import { scriptCommand } from "../global/read.ts";
import { familyOf, type Ip } from "../net/ip.ts";
import { type Micros, SECOND } from "../net/micros.ts";
import type { CheckerConfig, CheckerTiming, ConnectOptions, UrlConfig } from "./config.ts";
import type { CHECKERS, CONNECT, HTTP_GET, MISC_CHECK, TIMING, URL_BLOCK } from "./keywords.ts";

/** What the real server, its virtual server and `global_defs` say for all checkers of a server. */
export interface CheckerDefaults {
  readonly address: Ip;
  readonly port: number;
  readonly retry: number | undefined;
  readonly delayBeforeRetry: Micros | undefined;
  readonly warmup: Micros | undefined;
  readonly connectTimeout: Micros | undefined;
  readonly delayLoop: Micros;
  readonly alpha: boolean;
  readonly logAllFailures: boolean;
  readonly virtualhost: string | undefined;
}

/** A block of checker rows. */
type BoundBlock<T extends Table> = Use<{ readonly header: true; readonly body: Bound<T> }>;

/** Checkers of one kind that holdfast runs, in file order within the kind. */
export function readCheckers(
  bound: Bound<typeof CHECKERS>,
  defaults: CheckerDefaults,
): readonly CheckerConfig[] {
  return [
    ...(bound.TCP_CHECK ?? []).map(({ value }): CheckerConfig => ({
      kind: "tcp",
      timing: readTiming(value.body, defaults, { retry: 1, delayBeforeRetry: SECOND }),
      connect: readConnect(value.body, defaults),
    })),
    ...(bound.HTTP_GET ?? []).flatMap((use) => readHttp(use, defaults) ?? []),
    ...(bound.MISC_CHECK ?? []).flatMap((use) => readMisc(use, defaults) ?? []),
  ];
}

function readHttp(
  use: BoundBlock<typeof HTTP_GET>,
  defaults: CheckerDefaults,
): CheckerConfig | undefined {
  const { body } = use.value;
  const host = lastValue(body.virtualhost) ?? defaults.virtualhost;
  const urls = (body.url ?? []).flatMap((url) => readUrl(url, host) ?? []);
  if (urls.length === 0) return undefined;
  const protocol = lastValue(body.http_protocol) ?? "1.0";
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
  return {
    path,
    statusCodes: lastValue(body.status_code) ?? [[200, 299]],
    ...(digest !== undefined && { digest }),
    ...(virtualhost !== undefined && { virtualhost }),
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
    dynamic: lastValue(body.misc_dynamic) ?? false,
  };
}

function readTiming(
  bound: Bound<typeof TIMING>,
  defaults: CheckerDefaults,
  own: { readonly retry: number; readonly delayBeforeRetry: Micros },
): CheckerTiming {
  const delayLoop = lastValue(bound.delay_loop) ?? defaults.delayLoop;
  return {
    delayLoop,
    warmup: lastValue(bound.warmup) ?? defaults.warmup ?? delayLoop,
    retry: lastValue(bound.retry) ?? defaults.retry ?? own.retry,
    delayBeforeRetry: lastValue(bound.delay_before_retry) ?? defaults.delayBeforeRetry ??
      own.delayBeforeRetry,
    alpha: lastValue(bound.alpha) ?? defaults.alpha,
    logAllFailures: lastValue(bound.log_all_failures) ?? defaults.logAllFailures,
  };
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
    timeout: lastValue(bound.connect_timeout) ?? defaults.connectTimeout ?? 5 * SECOND,
  };
}
