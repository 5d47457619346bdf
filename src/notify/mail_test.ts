import assert from "node:assert/strict";
import type { Cause } from "./cause.ts";
import { type MailWishes, NOBODY_TOLD, notifyConfigOf } from "./config.ts";
import { readGlobal } from "../global/read.ts";
import { mailOf } from "./mail.ts";
import type { InstanceNews, News } from "./news.ts";

const ALL: MailWishes = { noEmailFaults: false, noCheckerEmails: false };
const PLACE = { server: "[10.0.0.2]:tcp:80", of: "[10.0.0.1]:tcp:80" };
const REFUSED = { kind: "checker", checker: "TCP_CHECK", why: "refused" } as const;
const SCRIPTS = { smtpAlert: true } as const;

function instance(to: InstanceNews["to"]): News {
  const cause = { kind: "start" } as const;
  return { kind: "instance", name: "VI", from: "init", to, priority: 100, cause, scripts: SCRIPTS };
}

function server(scripts: { readonly smtpAlert?: true }): News {
  return {
    kind: "real-server",
    ...PLACE,
    up: false,
    inhibit: false,
    cause: REFUSED,
    scripts,
  };
}

const QUORUM_UP = `Virtualserver ${PLACE.of} - UP`;

function quorum(cause: Cause, up: boolean): News {
  return {
    kind: "virtual-server",
    name: PLACE.of,
    up,
    liveWeight: 1,
    needed: 1,
    cause,
    scripts: SCRIPTS,
  };
}

const TURNED: News = {
  kind: "checker-turned",
  ...PLACE,
  up: false,
  cause: REFUSED,
  scripts: SCRIPTS,
};
const DOWN = `Realserver ${PLACE.server} of virtual server ${PLACE.of} - DOWN`;

/** What happened, what is not wanted, the subject. */
const MAILS: readonly (readonly [string, News, Partial<MailWishes>, string | undefined])[] = [
  ["a master", instance("master"), {}, "VRRP Instance VI - Entering MASTER state"],
  ["a fault", instance("fault"), {}, "VRRP Instance VI - Entering FAULT state"],
  ["a fault, with no_email_faults", instance("fault"), { noEmailFaults: true }, undefined],
  ["a server that went down", server(SCRIPTS), {}, DOWN],
  [
    "a server that went down, with no_checker_emails",
    server(SCRIPTS),
    { noCheckerEmails: true },
    DOWN,
  ],
  ["a server without smtp_alert", server({}), {}, undefined],
  ["another checker of a server that is down", TURNED, {}, DOWN],
  ["the same, with no_checker_emails", TURNED, { noCheckerEmails: true }, undefined],
  ["a checker that is good again of a server that is down", { ...TURNED, up: true }, {}, DOWN],
  ["a virtual server that begins with its quorum", quorum({ kind: "start" }, true), {}, QUORUM_UP],
  ["one that begins without", quorum({ kind: "start" }, false), {}, undefined],
  ["a virtual server that is taken out", quorum({ kind: "removal" }, false), {}, undefined],
  ["a server that closes", { kind: "real-server-closes", ...PLACE }, {}, undefined],
];

for (const [what, news, wishes, subject] of MAILS) {
  Deno.test(`mailOf() ${what}, ${subject === undefined ? "is no mail" : "is a mail"}`, () => {
    assert.equal(mailOf(news, { ...ALL, ...wishes })?.subject, subject);
  });
}

Deno.test("notifyConfigOf() without a relay or recipients, mails nothing", () => {
  const global = readGlobal({});
  const smtpServer = { host: "127.0.0.1", port: 25 };
  assert.deepEqual(notifyConfigOf(global), NOBODY_TOLD);
  assert.equal(notifyConfigOf({ ...global, smtpServer }).mails, undefined);
  const both = { ...global, smtpServer, notificationEmail: ["ops@x.example"] };
  assert.deepEqual(notifyConfigOf({ ...both, noCheckerEmails: true }).mails, {
    noEmailFaults: false,
    noCheckerEmails: true,
  });
});
