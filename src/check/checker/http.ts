/**
 * `HTTP_GET`: composes the request heads and judges status codes and digests (wire.md §9). All urls are
 * fetched in one probe and all must be good.
 *
 * keepalived: fetches one url per delay_loop in turn, so with n urls a fault of one shows after up to n
 * rounds; here it shows after one.
 */

import { familyOf } from "../../net/ip.ts";
import { unreachable } from "../../net/unreachable.ts";
import type { CheckerConfig, ConnectOptions, UrlConfig } from "../config.ts";
import type { HttpRequest, HttpResponse, Outcome, Probe } from "../probe.ts";
import { connectionProbe, exchangeLimit } from "./tcp.ts";
import { failureText, GOOD, type Verdict } from "./verdict.ts";

/** The `HTTP_GET` member of the checker union. */
export type HttpChecker = Extract<CheckerConfig, { readonly kind: "http" }>;

/** What is fetched, and how. */
export type HttpTarget = Pick<HttpChecker, "connect" | "httpProtocol" | "urls" | "tls">;

/** One GET per url. */
export function httpProbe(checker: HttpTarget): Probe {
  const { tls } = checker;
  const requests = checker.urls.map((url) => requestOf(checker, url));
  const limit = exchangeLimit(checker.connect);
  return connectionProbe(checker.connect, {
    kind: "http",
    requests,
    limit,
    ...(tls !== undefined && { tls }),
  });
}

function requestOf(checker: HttpTarget, url: UrlConfig): HttpRequest {
  const { regex, serverName, tlsCompliant } = url;
  return {
    head: requestHead(checker, url),
    ...(serverName !== undefined && { serverName }),
    ...(tlsCompliant !== undefined && { closeNotify: true }),
    ...(regex !== undefined && {
      pattern: {
        ...regex.pattern,
        from: regex.minOffset,
        ...(regex.maxOffset !== undefined && { to: regex.maxOffset }),
      },
    }),
  };
}

/**
 * The request head for one url, to the byte what keepalived sends: `1.0C` and `1.1` ask for the connection
 * to be closed; Host has the port unless a virtual host is named, IPv6 literals stand in brackets.
 */
export function requestHead(checker: HttpTarget, url: UrlConfig): string {
  const version = checker.httpProtocol === "1.1" ? "1.1" : "1.0";
  return [
    `GET ${url.path} HTTP/${version}`,
    "User-Agent: KeepAliveClient",
    ...(checker.httpProtocol === "1.0" ? [] : ["Connection: close"]),
    `Host: ${url.virtualhost ?? hostAndPort(checker.connect)}`,
    "",
    "",
  ].join("\r\n");
}

function hostAndPort({ address, port }: ConnectOptions): string {
  return familyOf(address) === "inet6" ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Judges what an HTTP probe found: the first url that is not good decides. */
export function judgeHttp(checker: HttpChecker, outcome: Outcome): Verdict {
  if (outcome.kind === "failed") {
    const path = checker.urls[outcome.request]?.path ?? "";
    return { good: false, why: `url(${path}) ${failureText(outcome)}` };
  }
  const responses = outcome.kind === "responses" ? outcome.responses : [];
  for (const [index, url] of checker.urls.entries()) {
    const why = faultOf(url, responses[index]);
    if (why !== undefined) return { good: false, why: `url(${url.path}) ${why}` };
  }
  const odd = responses.findIndex(({ end }) => end !== "complete");
  const [url, response] = [checker.urls[odd], responses[odd]];
  if (url === undefined || response === undefined) return GOOD;
  return { good: true, remark: `url(${url.path}) ${endText(response)}` };
}

/** What is wrong with the response to one url; `undefined` when nothing is. */
function faultOf(url: UrlConfig, response: HttpResponse | undefined): string | undefined {
  if (response === undefined) return "got no response";
  const { status, digest } = response;
  if (!url.statusCodes.some(([first, last]) => first <= status && status <= last)) {
    return `status ${status}, wanted ${rangesText(url.statusCodes)}`;
  }
  if (url.digest !== undefined && url.digest !== digest) {
    const odd = response.end === "complete" ? "" : ` (${endText(response)})`;
    return `digest ${digest}, wanted ${url.digest}${odd}`;
  }
  if (url.regex !== undefined && response.matched === url.regex.noMatch) {
    const { written, noMatch } = url.regex;
    const kept = response.length > KEPT_LIMIT ? `the first ${KEPT_LIMIT} bytes of ` : "";
    return `${noMatch ? "" : "no "}match of ${JSON.stringify(written)} in ${kept}the body`;
  }
  return undefined;
}

/** keepalived: says once that the length is not that of Content-Length, and looks at status and digest only. */
function endText({ end, length }: HttpResponse): string {
  switch (end) {
    case "complete":
      return `body of ${length} bytes`;
    case "cut":
      return `body ends after ${length} bytes, before its announced end`;
    case "malformed":
      return `body cannot be read after ${length} bytes: bad chunk`;
    case "too-long":
      return `body is longer than ${length} bytes, the rest is not read`;
    default:
      return unreachable(end);
  }
}

/** Most bytes of a body in which a pattern is looked for (`core-rs/src/probe/pattern.rs`). */
export const KEPT_LIMIT = 1 << 20;

function rangesText(ranges: UrlConfig["statusCodes"]): string {
  return ranges.map(([first, last]) => first === last ? `${first}` : `${first}-${last}`).join(" ");
}
