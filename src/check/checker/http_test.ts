import assert from "node:assert/strict";
import { SECOND } from "../../net/micros.ts";
import { type HttpChecker, httpProbe, judgeHttp, requestHead } from "./http.ts";
import type { UrlConfig } from "../config.ts";
import type { HttpResponse, ProbeFailure } from "../probe.ts";

const CHECKER: HttpChecker = {
  kind: "http",
  timing: {
    delayLoop: SECOND,
    warmup: 0,
    retry: 3,
    delayBeforeRetry: 2 * SECOND,
    alpha: false,
    logAllFailures: false,
  },
  connect: { address: "10.9.1.3", port: 82, timeout: 4 * SECOND },
  httpProtocol: "1.0",
  urls: [{ path: "/a", statusCodes: [[200, 200]] }],
};
const URL: UrlConfig = { path: "/a", statusCodes: [[200, 299]] };

// The first three as keepalived 2.2.7 sent them to a server that wrote them down.
const HEADS: readonly (readonly [string, HttpChecker, UrlConfig, string])[] = [
  [
    "1.0",
    CHECKER,
    URL,
    "GET /a HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: 10.9.1.3:82\r\n\r\n",
  ],
  [
    "1.0 with a virtual host",
    CHECKER,
    { ...URL, path: "/b?x", virtualhost: "www.example" },
    "GET /b?x HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: www.example\r\n\r\n",
  ],
  [
    "1.1",
    { ...CHECKER, httpProtocol: "1.1" },
    URL,
    "GET /a HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: 10.9.1.3:82\r\n\r\n",
  ],
  [
    "1.0c",
    { ...CHECKER, httpProtocol: "1.0c" },
    URL,
    "GET /a HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: 10.9.1.3:82\r\n\r\n",
  ],
  [
    "IPv6",
    { ...CHECKER, connect: { ...CHECKER.connect, address: "2001:db8::1" } },
    URL,
    "GET /a HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: [2001:db8::1]:82\r\n\r\n",
  ],
];

for (const [name, checker, url, head] of HEADS) {
  Deno.test(`requestHead() ${name}, is composed to the byte (wire.md §9)`, () => {
    assert.equal(requestHead(checker, url), head);
  });
}

Deno.test("httpProbe() of two urls, asks for both over the same connection options", () => {
  const probe = httpProbe({
    ...CHECKER,
    connect: { ...CHECKER.connect, bindAddress: "10.9.1.1", bindInterface: "eth1", fwmark: 7 },
    urls: [URL, { ...URL, path: "/b" }],
  });
  assert.equal(probe.source, "10.9.1.1");
  assert.equal(probe.ifname, "eth1");
  assert.equal(probe.fwmark, 7);
  assert.equal(probe.timeout, 4 * SECOND);
  assert.deepEqual(
    probe.exchange.kind === "http" && probe.exchange.requests.map(({ head }) => head.split(" ")[1]),
    ["/a", "/b"],
  );
});

const DIGEST = "d41d8cd98f00b204e9800998ecf8427e";
const OTHER = "b1946ac92492d2347c6235b4d2611184";

const VERDICTS: readonly (readonly [string, UrlConfig, number, string, string | undefined])[] = [
  ["a status inside a range", URL, 204, DIGEST, undefined],
  ["a status at the end of a range", URL, 299, DIGEST, undefined],
  ["a status outside", URL, 300, DIGEST, "url(/a) status 300, wanted 200-299"],
  [
    "one of several codes",
    { ...URL, statusCodes: [[200, 200], [404, 404]] },
    404,
    DIGEST,
    undefined,
  ],
  [
    "none of several codes",
    { ...URL, statusCodes: [[200, 200], [404, 410]] },
    403,
    DIGEST,
    "url(/a) status 403, wanted 200 404-410",
  ],
  ["the digest", { ...URL, digest: DIGEST }, 200, DIGEST, undefined],
  [
    "another digest",
    { ...URL, digest: DIGEST },
    200,
    OTHER,
    `url(/a) digest ${OTHER}, wanted ${DIGEST}`,
  ],
];

for (const [name, url, status, digest, why] of VERDICTS) {
  Deno.test(`judgeHttp() ${name}, is ${why === undefined ? "good" : "bad"}`, () => {
    const response = { status, digest, length: 0, end: "complete" } as const;
    const outcome = { kind: "responses", responses: [response] } as const;
    assert.deepEqual(
      judgeHttp({ ...CHECKER, urls: [url] }, outcome),
      why === undefined ? { good: true } : { good: false, why },
    );
  });
}

Deno.test("judgeHttp() the second of two urls is bad, decides", () => {
  const checker = { ...CHECKER, urls: [URL, { ...URL, path: "/b" }] };
  const responses = [200, 500].map((status) => ({
    status,
    digest: DIGEST,
    length: 0,
    end: "complete" as const,
  }));
  assert.deepEqual(judgeHttp(checker, { kind: "responses", responses }), {
    good: false,
    why: "url(/b) status 500, wanted 200-299",
  });
  assert.deepEqual(
    judgeHttp(checker, { kind: "failed", request: 1, failure: "read-timeout", errno: 0 }),
    { good: false, why: "url(/b) no response in time" },
  );
});

Deno.test("httpProbe() limits a response to ten times connect_timeout, and to no less than a minute", () => {
  const limit = (timeout: number) => {
    const { exchange } = httpProbe({ ...CHECKER, connect: { ...CHECKER.connect, timeout } });
    return exchange.kind === "http" ? exchange.limit : undefined;
  };
  assert.equal(limit(4 * SECOND), 60 * SECOND);
  assert.equal(limit(30 * SECOND), 300 * SECOND);
});

/** A response of status 200 whose body is otherwise than announced. */
function odd(end: HttpResponse["end"], length: number): HttpResponse {
  return { status: 200, digest: DIGEST, length, end };
}

const ODD = [
  ["cut", "url(/a) body ends after 5 bytes, before its announced end"],
  ["malformed", "url(/a) body cannot be read after 5 bytes: bad chunk"],
  ["too-long", "url(/a) body is longer than 5 bytes, the rest is not read"],
] as const;

for (const [end, remark] of ODD) {
  Deno.test(`judgeHttp() a body that is ${end}, is good with a remark when nobody asks for it (keepalived)`, () => {
    const outcome = { kind: "responses", responses: [odd(end, 5)] } as const;
    assert.deepEqual(judgeHttp({ ...CHECKER, urls: [URL] }, outcome), { good: true, remark });
    const asked = { ...CHECKER, urls: [{ ...URL, digest: OTHER }] };
    const verdict = judgeHttp(asked, outcome);
    assert.match(verdict.good ? "" : verdict.why, /^url\(\/a\) digest .*, wanted .* \(body /);
    const known = { ...CHECKER, urls: [{ ...URL, digest: DIGEST }] };
    assert.equal(judgeHttp(known, outcome).good, true, "the digest of what came");
  });
}

Deno.test("judgeHttp() limits, are named as limits", () => {
  const why = (failure: ProbeFailure) => {
    const verdict = judgeHttp(CHECKER, { kind: "failed", request: 0, failure, errno: 0 });
    return verdict.good ? "" : verdict.why;
  };
  assert.equal(why("head-too-long"), "url(/a) head of the response is longer than 16384 bytes");
  assert.equal(why("response-timeout"), "url(/a) response not over in time");
  assert.equal(why("malformed"), "url(/a) response is not HTTP");
});
