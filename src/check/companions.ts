/** Settings of a checker that go with others only, for checkers of every kind. */

import { type Bound, lastUse, lastValue, tell } from "../language/mod.ts";
import { familyOf, type Ip } from "../net/ip.ts";
import type { CHECKERS, CONNECT, UDP_CHECK } from "./keywords.ts";

/** Kinds whose connection the checks' own reader looks at. */
type ReadKind = "TCP_CHECK" | "HTTP_GET";

/** Kinds that connect and are not acted on yet. */
const UNREAD = ["SSL_GET", "DNS_CHECK", "PING_CHECK", "UDP_CHECK"] as const;

/** Reports what does not go together in the checkers of a real server. */
export function checkCompanions(bound: Bound<typeof CHECKERS>, server: Ip): void {
  for (const kind of ["TCP_CHECK", "HTTP_GET"] satisfies readonly ReadKind[]) {
    for (const { value } of bound[kind] ?? []) checkLinkLocal(value.body);
  }
  for (const kind of UNREAD) {
    for (const { value } of bound[kind] ?? []) checkConnection(value.body, server);
  }
  for (const { value } of bound.SMTP_CHECK ?? []) {
    checkLinkLocal(value.body); // keepalived: looks at bindto in its hosts only
    for (const host of value.body.host ?? []) checkConnection(host.value.body, server);
  }
  for (const { value } of bound.UDP_CHECK ?? []) checkReplyLength(value.body);
}

function checkConnection(bound: Bound<typeof CONNECT>, server: Ip): void {
  checkLinkLocal(bound);
  const address = lastValue(bound.connect_ip) ?? server;
  const bind = lastUse(bound.bindto);
  if (bind === undefined || familyOf(bind.value) === familyOf(address)) return;
  tell(bind, "conflict", `Cannot bind to ${bind.value}: ${address} is of the other family`, {
    severity: "error",
  });
}

function checkLinkLocal(bound: Bound<typeof CONNECT>): void {
  const use = lastUse(bound.connect_ip);
  if (use === undefined || !/^fe[89ab]/i.test(use.value) || bound.bind_if !== undefined) return;
  tell(use, "incomplete", `Cannot reach ${use.value} without bind_if: it is of one link`);
}

/** keepalived: the longest reply is 255 bytes unless said. */
function checkReplyLength(bound: Bound<typeof UDP_CHECK>): void {
  const least = lastUse(bound.min_reply_length);
  const most = lastValue(bound.max_reply_length) ?? 255;
  if (least === undefined || least.value <= most) return;
  tell(least, "conflict", `Cannot get a reply of ${least.value} bytes: ${most} is the longest`);
}
