import assert from "node:assert/strict";
import { SECOND } from "../net/mod.ts";
import { type Cause, describeCause } from "./cause.ts";

const PEER = "10.0.0.1";
const STRONGER: Cause = { kind: "stronger-master", peer: PEER, priority: 150 };
const FAULTS = [
  { kind: "tracker", tracker: { kind: "interface", name: "eth0" }, found: "is down" },
  { kind: "tracker", tracker: { kind: "script", name: "chk" }, found: "failed" },
] as const;

const WORDS: readonly (readonly [Cause, string])[] = [
  [{ kind: "start" }, "start"],
  [{ kind: "start", owner: true }, "start, owner of its addresses"],
  [{ kind: "recovery", faults: FAULTS }, "over: interface eth0 is down, script chk failed"],
  [{ kind: "faults", faults: FAULTS }, "interface eth0 is down, script chk failed"],
  [{ kind: "silence", peer: undefined, during: 3_609_375 }, "no advert for 3.61 s"],
  [{ kind: "silence", peer: PEER, during: 4 * SECOND }, "no advert from 10.0.0.1 for 4.00 s"],
  [{ kind: "resignation", peer: PEER }, "10.0.0.1 gave up mastership (priority 0)"],
  [
    { kind: "weaker-master", peer: PEER, priority: 90, own: 100 },
    "10.0.0.1 has priority 90, lower than 100",
  ],
  [STRONGER, "advert of priority 150 from 10.0.0.1"],
  [{ kind: "other-master", peer: PEER, priority: 150 }, "hears a master"],
  [
    { kind: "sync-group", group: "VG1", member: "VI_2", why: STRONGER },
    "with VI_2 of sync group VG1: advert of priority 150 from 10.0.0.1",
  ],
  [
    { kind: "member", member: "VI_2", why: { kind: "shutdown" } },
    "VI_2: shutdown",
  ],
  [{ kind: "membership" }, "other members count"],
  [
    {
      kind: "trackers",
      changed: [
        { tracker: { kind: "script", name: "chk" }, amount: -20 },
        { tracker: { kind: "interface", name: "eth1" }, amount: 0 },
      ],
    },
    "script chk adds -20, interface eth1 adds 0",
  ],
  [{ kind: "lease-lapsed" }, "the main loop did not renew its lease in time"],
  [{ kind: "checker", checker: "TCP_CHECK" }, "TCP_CHECK succeeded"],
  [
    {
      kind: "real-server",
      server: "[10.0.0.9]:tcp:80",
      why: { kind: "checker", checker: "TCP_CHECK", why: "connection refused" },
    },
    "[10.0.0.9]:tcp:80: TCP_CHECK failed: connection refused",
  ],
  [{ kind: "removal" }, "removed by reload"],
  [{ kind: "reload" }, "reload"],
  [{ kind: "shutdown" }, "shutdown"],
];

for (const [cause, words] of WORDS) {
  Deno.test(`describeCause() ${cause.kind}, says ${words}`, () => {
    assert.equal(describeCause(cause), words);
  });
}
