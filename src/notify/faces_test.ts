import assert from "node:assert/strict";
import { SECOND } from "../net/mod.ts";
import type { Cause } from "./cause.ts";
import { fifoLine } from "./fifo.ts";
import { journalEntry } from "./journal_entry.ts";
import { logLines } from "./log.ts";
import { mailOf } from "./mail.ts";
import type { GroupNews, InstanceNews, News } from "./news.ts";
import type { Remark } from "./remark.ts";
import { tellingOf } from "./scripts.ts";
import type { CheckerReport, RealServerNews, VirtualServerNews } from "./server_news.ts";

const PEER = "10.0.0.1";
const SILENCE: Cause = { kind: "silence", peer: PEER, during: 3_609_375 };
const DOWN: Cause = {
  kind: "faults",
  faults: [{ kind: "tracker", tracker: { kind: "interface", name: "eth0" }, found: "is down" }],
};
const SCRIPTS = {
  notifyMaster: { argv: ["/m.sh", "x y"], user: "nobody" },
  notifyBackup: { argv: ["/b.sh"] },
  notifyFault: { argv: ["/f.sh"] },
  notifyStop: { argv: ["/s.sh"] },
  notify: { argv: ["/n.sh", "a b"], group: "adm" },
};

function instance(
  from: InstanceNews["from"],
  to: InstanceNews["to"],
  cause: Cause,
  more: Partial<InstanceNews> = {},
): News {
  return { kind: "instance", name: "VI_1", from, to, priority: 100, cause, scripts: {}, ...more };
}

function group(
  from: GroupNews["from"],
  to: GroupNews["to"],
  more: Partial<GroupNews> = {},
): News {
  return {
    kind: "group",
    name: "VG1",
    from,
    to,
    cause: { kind: "member", member: "VI_1", why: SILENCE },
    scripts: {},
    ...more,
  };
}

function tracker(line?: string): News {
  const tracker = { kind: "script", name: "chk" };
  return { kind: "tracker", tracker, ...(line === undefined ? {} : { line }) };
}

const REAL = "[192.168.1.130]:tcp:80";
const VIRTUAL = "[172.16.1.99]:tcp:80";
const SORRY = { server: "[127.0.0.1]:tcp:80", inhibit: false };
const UP_DOWN = { up: { argv: ["/up.sh", "a"] }, down: { argv: ["/down.sh", "b"] } };
const FAILED: Cause = { kind: "checker", checker: "TCP_CHECK", why: "refused" };

function server(up: boolean, cause: Cause, more: Partial<RealServerNews> = {}): News {
  const place = { server: REAL, of: VIRTUAL };
  return { kind: "real-server", ...place, up, inhibit: false, cause, scripts: UP_DOWN, ...more };
}

function weight(alive: boolean): News {
  const cause = { kind: "checker", checker: "MISC_CHECK" } as const;
  return { kind: "weight", server: REAL, of: VIRTUAL, from: 1, to: 9, alive, cause };
}

function quorum(up: boolean, cause: Cause, more: Partial<VirtualServerNews> = {}): News {
  const [name, scripts, sorry] = [VIRTUAL, UP_DOWN, SORRY];
  const weights = { liveWeight: 2, needed: 3 };
  return { kind: "virtual-server", name, up, ...weights, sorry, cause, scripts, ...more };
}

const REMARKS: readonly (readonly [Remark, string])[] = [
  [
    { kind: "other-interval", theirs: 100_000, ours: SECOND },
    "info (VI_1) Following the master's advert interval 0.1 s, configured is 1",
  ],
  [
    { kind: "two-owners", peer: PEER },
    "error (VI_1) Configured as owner (priority 255), but so is 10.0.0.1",
  ],
  [
    { kind: "echo" },
    "warning (VI_1) Hears its own adverts: a loop, or another node with its address",
  ],
  [
    { kind: "advert-dropped", peer: PEER, detail: "its TTL is 254, must be 255" },
    "warning (VI_1) Cannot use advert from 10.0.0.1: its TTL is 254, must be 255",
  ],
  [
    { kind: "other-addresses", peer: PEER },
    "warning (VI_1) Advert from 10.0.0.1 has other addresses than those configured",
  ],
  [
    { kind: "address-taken", address: "172.16.1.99", prefixLength: 32 },
    "warning (VI_1) Address 172.16.1.99/32 was removed by somebody else: puts it back",
  ],
];

const REPORTS: readonly (readonly [CheckerReport, string])[] = [
  [{ kind: "succeeded" }, `notice TCP_CHECK on service ${REAL} succeeded for VS ${VIRTUAL}`],
  [
    { kind: "succeeded", remark: "no header" },
    `notice TCP_CHECK on service ${REAL} succeeded for VS ${VIRTUAL}: no header`,
  ],
  [
    { kind: "odd", remark: "no header" },
    `notice TCP_CHECK on service ${REAL} good for VS ${VIRTUAL}, but no header`,
  ],
  [
    { kind: "failed", retries: 0, why: "refused" },
    `warning TCP_CHECK on service ${REAL} failed for VS ${VIRTUAL}: refused`,
  ],
  [
    { kind: "failed", retries: 3, why: "refused" },
    `warning TCP_CHECK on service ${REAL} failed after 3 retries for VS ${VIRTUAL}: refused`,
  ],
  [
    { kind: "attempt-failed", why: "refused" },
    `notice TCP_CHECK on service ${REAL}: attempt failed for VS ${VIRTUAL}: refused`,
  ],
  [
    { kind: "inconclusive", why: "too many open files" },
    `warning TCP_CHECK on service ${REAL}: no verdict for VS ${VIRTUAL}: too many open files`,
  ],
];

/** One piece of news by all its faces. */
interface Row {
  readonly name: string;
  readonly news: News;
  readonly log: readonly string[];
  readonly fifo: string | undefined;
  /** Argument vectors, words joined by `|`. */
  readonly scripts: readonly string[];
  readonly journal?: true;
}

const FACES: readonly Row[] = [
  {
    name:
      "backup to master, the script of the state first, then the general one with four arguments",
    news: instance("backup", "master", SILENCE, { scripts: SCRIPTS }),
    log: [
      "notice (VI_1) Entering MASTER STATE",
      "info (VI_1) backup to master: no advert from 10.0.0.1 for 3.61 s",
    ],
    fifo: 'INSTANCE "VI_1" MASTER 100',
    scripts: ["/m.sh|x y", "/n.sh|a b|INSTANCE|VI_1|MASTER|100"],
    journal: true,
  },
  {
    name: "init to backup, is said with where it came from",
    news: instance("init", "backup", { kind: "start" }, { scripts: SCRIPTS }),
    log: [
      "notice (VI_1) Entering BACKUP STATE (init)",
      "info (VI_1) init to backup: start",
    ],
    fifo: 'INSTANCE "VI_1" BACKUP 100',
    scripts: ["/b.sh", "/n.sh|a b|INSTANCE|VI_1|BACKUP|100"],
    journal: true,
  },
  {
    name: "master to backup for want of its lease, is an error first",
    news: instance("master", "backup", { kind: "lease-lapsed" }),
    log: [
      "error (VI_1) Gave up mastership: the main loop did not renew its lease in time",
      "notice (VI_1) Entering BACKUP STATE",
      "info (VI_1) master to backup: the main loop did not renew its lease in time",
    ],
    fifo: 'INSTANCE "VI_1" BACKUP 100',
    scripts: [],
    journal: true,
  },
  {
    name: "fault, says why without -D",
    news: instance("master", "fault", DOWN, { priority: 80, scripts: SCRIPTS }),
    log: [
      "notice (VI_1) Entering FAULT STATE",
      "notice (VI_1) Cannot take part: interface eth0 is down",
      "info (VI_1) master to fault: interface eth0 is down",
    ],
    fifo: 'INSTANCE "VI_1" FAULT 80',
    scripts: ["/f.sh", "/n.sh|a b|INSTANCE|VI_1|FAULT|80"],
    journal: true,
  },
  {
    name: "stop, tells notify_stop",
    news: instance("master", "stop", { kind: "shutdown" }, { scripts: SCRIPTS }),
    log: ["info (VI_1) Stopping", "info (VI_1) master to stop: shutdown"],
    fifo: 'INSTANCE "VI_1" STOP 100',
    scripts: ["/s.sh", "/n.sh|a b|INSTANCE|VI_1|STOP|100"],
    journal: true,
  },
  {
    name: "deleted without notify_deleted, is a fault to programs",
    news: instance("master", "deleted", { kind: "reload" }, { scripts: SCRIPTS }),
    log: ["info (VI_1) Removed by reload", "info (VI_1) master to deleted: reload"],
    fifo: 'INSTANCE "VI_1" FAULT 100',
    scripts: ["/f.sh", "/n.sh|a b|INSTANCE|VI_1|FAULT|100"],
    journal: true,
  },
  {
    name: "deleted with notify_deleted and a command, runs that one",
    news: instance("backup", "deleted", { kind: "reload" }, {
      scripts: { ...SCRIPTS, notifyDeleted: { argv: ["/d.sh"] } },
    }),
    log: ["info (VI_1) Removed by reload", "info (VI_1) backup to deleted: reload"],
    fifo: 'INSTANCE "VI_1" DELETED 100',
    scripts: ["/d.sh", "/n.sh|a b|INSTANCE|VI_1|DELETED|100"],
    journal: true,
  },
  {
    name: "deleted with notify_deleted alone, tells the general script only",
    news: instance("backup", "deleted", { kind: "reload" }, {
      scripts: { ...SCRIPTS, notifyDeleted: true },
    }),
    log: ["info (VI_1) Removed by reload", "info (VI_1) backup to deleted: reload"],
    fifo: 'INSTANCE "VI_1" DELETED 100',
    scripts: ["/n.sh|a b|INSTANCE|VI_1|DELETED|100"],
    journal: true,
  },
  {
    name: "group, has priority 0",
    news: group("backup", "master", { scripts: SCRIPTS }),
    log: ["notice VRRP_Group(VG1) Syncing instances to MASTER state"],
    fifo: 'GROUP "VG1" MASTER 0',
    scripts: ["/m.sh|x y", "/n.sh|a b|GROUP|VG1|MASTER|0"],
  },
  {
    name: "group that begins, is no change to readers of the log",
    news: group("init", "backup", { scripts: { notify: { argv: ["/n.sh"] } } }),
    log: [],
    fifo: 'GROUP "VG1" BACKUP 0',
    scripts: ["/n.sh|GROUP|VG1|BACKUP|0"],
  },
  {
    name: "group that stops, is told to programs",
    news: group("master", "stop", { scripts: SCRIPTS }),
    log: [],
    fifo: 'GROUP "VG1" STOP 0',
    scripts: ["/s.sh", "/n.sh|a b|GROUP|VG1|STOP|0"],
  },
  {
    name: "group whose members wait again, is told to nobody",
    news: group("backup", "init", { scripts: SCRIPTS }),
    log: [],
    fifo: undefined,
    scripts: [],
  },
  {
    name: "priority, is a line",
    news: {
      kind: "priority",
      name: "VI_1",
      from: 100,
      to: 80,
      cause: {
        kind: "trackers",
        changed: [{ tracker: { kind: "script", name: "chk" }, amount: -20 }],
      },
      state: "master",
      scripts: {},
    },
    log: ["notice (VI_1) Changing effective priority from 100 to 80"],
    fifo: undefined,
    scripts: [],
  },
  {
    name: "priority with notify_priority_changes, is told to FIFOs as well",
    news: {
      kind: "priority",
      name: "VI_1",
      from: 100,
      to: 80,
      cause: { kind: "trackers", changed: [] },
      state: "backup",
      scripts: { notifyPriorityChanges: true },
    },
    log: ["notice (VI_1) Changing effective priority from 100 to 80"],
    fifo: 'INSTANCE "VI_1" BACKUP_PRIORITY 80',
    scripts: [],
  },
  {
    name: "weaker advert at a master, is told to programs",
    news: {
      kind: "lower-priority",
      name: "VI_1",
      priority: 100,
      scripts: { notifyMasterRxLowerPri: { argv: ["/low.sh", "a"] } },
    },
    log: [],
    fifo: 'INSTANCE "VI_1" MASTER_RX_LOWER_PRI 100',
    scripts: ["/low.sh|a"],
  },
  {
    name: "tracker with a line, is that line",
    news: tracker("VRRP_Script(chk) succeeded"),
    log: ["notice VRRP_Script(chk) succeeded"],
    fifo: undefined,
    scripts: [],
  },
  {
    name: "script that cannot begin, is a warning",
    news: { kind: "script-not-begun", name: "chk", why: "too many open files" },
    log: [
      "warning Cannot run script chk: too many open files, its last result counts until it can",
    ],
    fifo: undefined,
    scripts: [],
  },
  {
    name: "tracker without a line, is said of those that follow it",
    news: tracker(),
    log: [],
    fifo: undefined,
    scripts: [],
  },
  {
    name: "real server that went down, is taken out",
    news: server(false, FAILED),
    log: [`warning Removing service ${REAL} from VS ${VIRTUAL}`],
    fifo: `RS ${REAL} ${VIRTUAL} DOWN`,
    scripts: ["/down.sh|b"],
  },
  {
    name: "real server that came up, is put in",
    news: server(true, { kind: "checker", checker: "TCP_CHECK" }),
    log: [`notice Adding service ${REAL} to VS ${VIRTUAL}`],
    fifo: `RS ${REAL} ${VIRTUAL} UP`,
    scripts: ["/up.sh|a"],
  },
  {
    name: "real server with inhibit_on_failure that went down, stays with weight 0",
    news: server(false, FAILED, { inhibit: true, scripts: {} }),
    log: [`warning Disabling service ${REAL} of VS ${VIRTUAL}`],
    fifo: `RS ${REAL} ${VIRTUAL} DOWN`,
    scripts: [],
  },
  {
    name: "real server with inhibit_on_failure that came up, has its weight again",
    news: server(true, { kind: "reload" }, { inhibit: true }),
    log: [`notice Enabling service ${REAL} of VS ${VIRTUAL}`],
    fifo: `RS ${REAL} ${VIRTUAL} UP`,
    scripts: ["/up.sh|a"],
  },
  {
    name: "real server removed by a reload, is taken out",
    news: server(false, { kind: "removal" }),
    log: [`warning Removing service ${REAL} from VS ${VIRTUAL}`],
    fifo: `RS ${REAL} ${VIRTUAL} DOWN`,
    scripts: ["/down.sh|b"],
  },
  {
    name: "real server at the end with omega, is told to programs only",
    news: server(false, { kind: "shutdown" }),
    log: [],
    fifo: `RS ${REAL} ${VIRTUAL} DOWN`,
    scripts: ["/down.sh|b"],
  },
  {
    name: "real server at the end, is a line",
    news: { kind: "real-server-closes", server: REAL, of: VIRTUAL },
    log: [`info Shutting down service ${REAL} from VS ${VIRTUAL}`],
    fifo: undefined,
    scripts: [],
  },
  {
    name: "weight in service, is a line",
    news: weight(true),
    log: [`notice Changing weight from 1 to 9 for active service ${REAL} of VS ${VIRTUAL}`],
    fifo: undefined,
    scripts: [],
  },
  {
    name: "weight out of service, is a line",
    news: weight(false),
    log: [`notice Changing weight from 1 to 9 for inactive service ${REAL} of VS ${VIRTUAL}`],
    fifo: undefined,
    scripts: [],
  },
  {
    name: "virtual server with quorum from the beginning",
    news: quorum(true, { kind: "start" }),
    log: [`notice Gained quorum for VS ${VIRTUAL}: weight 2 of 3 needed`],
    fifo: `VS ${VIRTUAL} UP`,
    scripts: ["/up.sh|a"],
  },
  {
    name: "virtual server without quorum from the beginning, its sorry server begins",
    news: quorum(false, { kind: "start" }),
    log: [
      `warning Starting with quorum down for VS ${VIRTUAL}: weight 2 of 3 needed`,
      `notice Adding sorry server ${SORRY.server} to VS ${VIRTUAL}`,
    ],
    fifo: `VS ${VIRTUAL} DOWN`,
    scripts: ["/down.sh|b"],
  },
  {
    name: "virtual server that lost quorum, its sorry server takes over",
    news: quorum(false, { kind: "real-server", server: REAL, why: FAILED }),
    log: [
      `warning Lost quorum for VS ${VIRTUAL}: weight 2 of 3 needed`,
      `notice Adding sorry server ${SORRY.server} to VS ${VIRTUAL}`,
    ],
    fifo: `VS ${VIRTUAL} DOWN`,
    scripts: ["/down.sh|b"],
  },
  {
    name: "virtual server that gained quorum, its sorry server gives back",
    news: quorum(true, { kind: "reload" }),
    log: [
      `notice Gained quorum for VS ${VIRTUAL}: weight 2 of 3 needed`,
      `notice Removing sorry server ${SORRY.server} from VS ${VIRTUAL}`,
    ],
    fifo: `VS ${VIRTUAL} UP`,
    scripts: ["/up.sh|a"],
  },
  {
    name: "virtual server that lost quorum with sorry_server_inhibit, enables its sorry server",
    news: quorum(false, { kind: "reload" }, { sorry: { ...SORRY, inhibit: true } }),
    log: [
      `warning Lost quorum for VS ${VIRTUAL}: weight 2 of 3 needed`,
      `notice Enabling sorry server ${SORRY.server} to VS ${VIRTUAL}`,
    ],
    fifo: `VS ${VIRTUAL} DOWN`,
    scripts: ["/down.sh|b"],
  },
  {
    name: "virtual server that gained quorum with sorry_server_inhibit, disables its sorry server",
    news: quorum(true, { kind: "reload" }, { sorry: { ...SORRY, inhibit: true } }),
    log: [
      `notice Gained quorum for VS ${VIRTUAL}: weight 2 of 3 needed`,
      `notice Disabling sorry server ${SORRY.server} from VS ${VIRTUAL}`,
    ],
    fifo: `VS ${VIRTUAL} UP`,
    scripts: ["/up.sh|a"],
  },
  {
    name: "virtual server removed by a reload, is down to programs",
    news: quorum(false, { kind: "removal" }),
    log: [],
    fifo: `VS ${VIRTUAL} DOWN`,
    scripts: ["/down.sh|b"],
  },
  {
    name: "virtual server at the end with omega, is down to programs",
    news: quorum(false, { kind: "shutdown" }),
    log: [],
    fifo: `VS ${VIRTUAL} DOWN`,
    scripts: ["/down.sh|b"],
  },
  {
    name: "virtual server no longer configured, is a line",
    news: { kind: "virtual-server-removed", name: VIRTUAL },
    log: [`notice Removing virtual server ${VIRTUAL}`],
    fifo: undefined,
    scripts: [],
  },
  {
    name: "checker that begins, is a line",
    news: { kind: "checker-begun", server: REAL, of: VIRTUAL },
    log: [`info Activating healthchecker for service ${REAL} for VS ${VIRTUAL}`],
    fifo: undefined,
    scripts: [],
  },
  {
    name: "checker that is suspended, is a line",
    news: { kind: "checker-suspended", server: REAL, of: VIRTUAL },
    log: [`info Suspending healthchecker for service ${REAL} for VS ${VIRTUAL}`],
    fifo: undefined,
    scripts: [],
  },
  ...REMARKS.map(([remark, line]) => ({
    name: `remark ${remark.kind}, is a line`,
    news: { kind: "remark", name: "VI_1", remark } as const,
    log: [line],
    fifo: undefined,
    scripts: [],
  })),
  ...REPORTS.map(([report, line]) => ({
    name: `checker that ${report.kind}, is a line`,
    news: { kind: "checker", checker: "TCP_CHECK", server: REAL, of: VIRTUAL, report } as const,
    log: [line],
    fifo: undefined,
    scripts: [],
  })),
];

for (const { name, news, log, fifo, scripts, journal } of FACES) {
  Deno.test(`news of ${name}`, () => {
    assert.deepEqual(logLines(news).map(({ level, text }) => `${level} ${text}`), log);
    assert.equal(fifoLine(news), fifo);
    const argvs = tellingOf(news)?.commands.map(({ argv }) => argv.join("|")) ?? [];
    assert.deepEqual(argvs, scripts);
    assert.deepEqual(
      journalEntry(news, SECOND),
      journal && news.kind === "instance"
        ? { at: SECOND, instance: news.name, from: news.from, to: news.to, cause: news.cause }
        : undefined,
    );
  });
}

Deno.test("tellingOf() the account of a command, stays with it", () => {
  const news = instance("backup", "master", SILENCE, { scripts: SCRIPTS });
  assert.deepEqual(tellingOf(news), {
    subject: "INSTANCE VI_1",
    commands: [
      SCRIPTS.notifyMaster,
      { argv: ["/n.sh", "a b", "INSTANCE", "VI_1", "MASTER", "100"], group: "adm" },
    ],
  });
});

Deno.test("split brain, is told by log, script and mail, when it begins and when it is over, and by no FIFO", () => {
  const begins = {
    kind: "split-brain",
    name: "VI_1",
    peer: "10.0.0.2",
    by: "adverts",
    scripts: { notifySplitBrain: { argv: ["/bin/x", "own"] }, smtpAlert: true },
  } as const;
  const ends = { ...begins, over: { during: 2_500_000, how: "left" } } as const;
  const told = [begins, ends].map((news) => ({
    log: logLines(news).map(({ level, text }) => `${level}: ${text}`),
    argv: tellingOf(news)?.commands.map(({ argv }) => argv.join(" ")),
    mail: mailOf(news, { noEmailFaults: false, noCheckerEmails: false })?.subject,
    fifo: fifoLine(news),
  }));
  assert.deepEqual(told, [
    {
      log: ["error: (VI_1) Split brain: 10.0.0.2 is master as well, as its adverts say"],
      argv: ["/bin/x own INSTANCE VI_1 SPLIT_BRAIN 10.0.0.2"],
      mail: "VRRP Instance VI_1 - Split brain",
      fifo: undefined,
    },
    {
      log: ["notice: (VI_1) Split brain is over after 2.5 s: this node is master no more"],
      argv: ["/bin/x own INSTANCE VI_1 SPLIT_BRAIN_OVER 10.0.0.2"],
      mail: "VRRP Instance VI_1 - Split brain is over",
      fifo: undefined,
    },
  ]);
});
