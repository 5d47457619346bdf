/** Settings of a checker that go with others only, for checkers of every kind. */

import { type Bound, lastUse, tell, valueIn } from "../../language/mod.ts";
import { type CHECKERS, type CONNECT, UDP_CHECK } from "./keywords.ts";

/** Kinds that connect; SMTP_CHECK has hosts as well. */
const KINDS = ["TCP_CHECK", "HTTP_GET", "SSL_GET", "DNS_CHECK", "PING_CHECK", "UDP_CHECK"] as const;

/** Reports what does not go together in the checkers of a real server. */
export function checkCompanions(bound: Bound<typeof CHECKERS>): void {
  for (const kind of KINDS) {
    for (const { value } of bound[kind] ?? []) checkLinkLocal(value.body);
  }
  for (const { value } of bound.SMTP_CHECK ?? []) {
    checkLinkLocal(value.body);
    for (const host of value.body.host ?? []) checkLinkLocal(host.value.body);
  }
  for (const { value } of bound.UDP_CHECK ?? []) checkReplyLength(value.body);
}

function checkLinkLocal(bound: Bound<typeof CONNECT>): void {
  const use = lastUse(bound.connect_ip);
  if (use === undefined || !/^fe[89ab]/i.test(use.value) || bound.bind_if !== undefined) return;
  tell(use, "incomplete", `Cannot reach ${use.value} without bind_if: it is of one link`);
}

/** keepalived: the longest reply is 255 bytes unless said. */
function checkReplyLength(bound: Bound<typeof UDP_CHECK>): void {
  const least = lastUse(bound.min_reply_length);
  const most = valueIn(UDP_CHECK, bound, "max_reply_length");
  if (least === undefined || least.value <= most) return;
  tell(least, "conflict", `Cannot get a reply of ${least.value} bytes: ${most} is the longest`);
}
