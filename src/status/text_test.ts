import assert from "node:assert/strict";
import { checkDataText } from "./check_data_text.ts";
import { dataText } from "./data_text.ts";
import { exampleSnapshot, waitingSnapshot } from "./fixtures.ts";
import { statsText } from "./stats_text.ts";

/** The lines from one heading up to the next. */
function block(text: string, heading: string): readonly string[] {
  const lines = text.split("\n");
  const begin = lines.indexOf(heading);
  assert.ok(begin >= 0, `no "${heading}"`);
  const indent = heading.length - heading.trimStart().length;
  const rest = lines.slice(begin + 1);
  const end = rest.findIndex((line) => line.length - line.trimStart().length <= indent);
  return rest.slice(0, end < 0 ? rest.length : end);
}

Deno.test("statsText() of two instances, is laid out as keepalived does", () => {
  const text = statsText(exampleSnapshot());
  const [first, second] = text.split("VRRP Instance: ").slice(1);
  assert.equal(
    first,
    `VI_1
  Advertisements:
    Received: 0
    Sent: 0
  Became master: 1
  Released master: 0
  Packet Errors:
    Length: 0
    TTL: 0
    Invalid Type: 0
    Advertisement Interval: 0
    Address List: 0
  Authentication Errors:
    Invalid Type: 0
    Type Mismatch: 0
    Failure: 0
  Priority Zero:
    Received: 0
    Sent: 0
`,
  );
  assert.equal(second?.split("\n")[4], "  Became master: 0");
});

Deno.test("dataText() of a master, has state, source, timers and installed addresses", () => {
  assert.deepEqual(block(dataText(exampleSnapshot()), " VRRP Instance = VI_1"), [
    "   VRRP Version = 2",
    "   Sync group = VG1",
    "   State = MASTER",
    "   Wantstate = MASTER",
    "   Last transition = 1795217176.524548 (Fri Nov 20 23:26:16.524548 2026)",
    "   Master down timer = 3609375 usecs",
    "   Interface = eth0",
    "   Using src_ip = 172.16.1.1",
    "   Multicast address 224.0.0.18",
    "   Gratuitous ARP delay = 5",
    "   Gratuitous ARP repeat = 5",
    "   Gratuitous ARP refresh = 0",
    "   Gratuitous ARP refresh repeat = 1",
    "   Gratuitous ARP lower priority delay = 5",
    "   Gratuitous ARP lower priority repeat = 5",
    "   Down timer adverts = 3",
    "   Send advert after receive lower priority advert = true",
    "   Send advert after receive higher priority advert = false",
    "   Virtual Router ID = 51",
    "   Priority = 100",
    "   Effective priority = 100",
    "   Advert interval = 1 sec",
    "   Accept = enabled",
    "   Preempt = enabled",
    "   Authentication type = SIMPLE_PASSWORD",
    "   Virtual IP (2):",
    "     172.16.1.99 dev eth0 scope global set",
    "     172.16.1.98/24 brd 172.16.1.255 dev eth0 scope global label eth0:1 set",
    "   Virtual IP Excluded :",
    "     172.16.1.97 dev eth0 scope global set",
    "   Master state transition script = '/bin/true' 'M'",
  ]);
});

Deno.test("dataText() of an instance that waits for its script, is INIT and wants what is configured", () => {
  const lines = block(dataText(exampleSnapshot()), " VRRP Instance = VI_2");
  for (
    const line of [
      "   State = INIT",
      "   Wantstate = BACKUP",
      "   Advert interval = 500 milli-sec",
      "   Preempt = disabled",
      "     172.16.1.96 dev eth0 scope global",
      "     172.16.1.2 min_ttl 0 max_ttl 255",
      "   Tracked scripts :",
    ]
  ) assert.ok(lines.includes(line), line);
  assert.ok(!lines.some((line) => line.includes("Multicast") || line.includes("Authentication")));
});

for (
  const [name, changes, expected] of [
    ["state MASTER, wants it", { wantState: "master" }, [
      "   State = BACKUP",
      "   Master router = (none)",
      "   Master priority = 0",
      "   Wantstate = MASTER",
      "   Advert interval = 1 sec",
    ]],
    ["state BACKUP in version 3, gives milliseconds", { version: 3 }, [
      "   State = BACKUP",
      "   Master router = (none)",
      "   Master priority = 0",
      "   Master advert interval = 1000 milli-sec",
      "   Wantstate = BACKUP",
      "   Advert interval = 1000 milli-sec",
    ]],
  ] as const
) {
  Deno.test(`dataText() of an instance that waits: ${name}`, () => {
    const lines = block(dataText(waitingSnapshot(changes)), " VRRP Instance = VI_1");
    assert.deepEqual(
      lines.filter((line) => /^ {3}(?:State|Wantstate|Master [rpa]|Advert)/.test(line)),
      expected,
    );
  });
}

Deno.test("dataText() of groups and scripts, has members, followers, Status and State", () => {
  const text = dataText(exampleSnapshot());
  assert.deepEqual(block(text, " VRRP Sync Group = VG1, MASTER"), [
    "   Num member fault 0, num member init 0",
    "   VRRP member instances :",
    "     VI_1",
  ]);
  assert.deepEqual(block(text, " VRRP Script = chk"), [
    "   Command = '/bin/true' 'a b', user nobody",
    "   Interval = 2 sec",
    "   Timeout = 0 sec",
    "   Weight = -10",
    "   Rise = 2",
    "   Fall = 3",
    "   Init state = unknown",
    "   Status = INIT",
    "   Tracking instances :",
    "     VI_2, weight 0",
    "   State = running",
  ]);
});

Deno.test("dataText() where the core was asked, has how late it and each instance's adverts were", () => {
  const snapshot = exampleSnapshot();
  assert.doesNotMatch(dataText(snapshot), /Lateness|Latest/);
  const [first, ...others] = snapshot.instances;
  assert.ok(first !== undefined);
  const text = dataText({
    ...snapshot,
    lateness: { worst: 31_000, times: 2, total: 55_000, asleep: 0 },
    instances: [{ ...first, latestAdvert: 31_000 }, ...others],
  });
  assert.match(text, /Lateness >-+\n Latest = 31000 usecs\n Later than 20 msecs = 2 times, 55000 /);
  assert.equal(text.match(/Latest advert = 31000 usecs after it was due/g)?.length, 1);
});

Deno.test("dataText() and checkDataText() never show the password", () => {
  const snapshot = exampleSnapshot();
  const authentication = snapshot.instances[0]?.config.authentication;
  assert.ok(authentication?.kind === "pass");
  const password = new TextDecoder().decode(authentication.key.reveal());
  for (const text of [dataText(snapshot), checkDataText(snapshot), statsText(snapshot)]) {
    assert.ok(!text.includes(password));
  }
});

Deno.test("checkDataText() of a service with one server down, has quorum, weights and checkers", () => {
  const text = checkDataText(exampleSnapshot());
  assert.deepEqual(block(text, " VS VIP = 172.16.1.99, VPORT = 80").slice(0, 15), [
    "   Address family = inet",
    "   lvs_sched = wrr",
    "   flag-1 = disabled",
    "   flag-2 = disabled",
    "   flag-3 = disabled",
    "   One packet scheduling = disabled",
    "   persistence timeout = 50",
    "   persistence granularity = 32",
    "   protocol = TCP",
    "   alpha is OFF",
    "   omega is OFF",
    "   quorum = 1, hysteresis = 0",
    "   sorry server = [127.0.0.1]:tcp:80",
    "     forwarding method = NAT",
    "     Inhibit on failure is OFF",
  ]);
  assert.deepEqual(
    text.split("\n").filter((line) => /^ +(RIP|alive|quorum_state|num failed)/.test(line)),
    [
      "   alive = 1",
      "   quorum_state_up = 1",
      "   RIP = 192.168.1.130, RPORT = 80, WEIGHT = 2 EFF WEIGHT = 2",
      "   alive = 1",
      "   num failed checkers = 0",
      "   RIP = 192.168.1.129, RPORT = 80, WEIGHT = 1 EFF WEIGHT = 1",
      "   alive = 0",
      "   num failed checkers = 1",
    ],
  );
  const checker = block(text, " [172.16.1.99]:tcp:80 -> [192.168.1.129]:tcp:80");
  assert.deepEqual(checker.slice(0, 4), [
    "   Enabled = yes",
    "   Up = no",
    "   Has run = yes",
    "   Alpha = no",
  ]);
  assert.equal(checker.at(-1), "   Keepalive method = TCP_CHECK");
});
