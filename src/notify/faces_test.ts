import assert from "node:assert/strict";
import { SECOND } from "../net/mod.ts";
import type { Cause } from "./cause.ts";
import { fifoLine } from "./fifo.ts";
import { journalEntry } from "./journal_entry.ts";
import { logLines } from "./log.ts";
import type { GroupNews, InstanceNews, News } from "./news.ts";
import { tellingOf } from "./scripts.ts";

const PEER = "10.0.0.1";
const SILENCE: Cause = { kind: "silence", peer: PEER, during: 3_609_375 };
const DOWN: Cause = {
  kind: "faults",
  faults: [{ kind: "interface", ifname: "eth0", up: false }],
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

/** A row of all faces. Of the scripts `log` is not one. */
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
    },
    log: ["notice (VI_1) Changing effective priority from 100 to 80"],
    fifo: undefined,
    scripts: [],
  },
];

for (const { name, news, log, fifo, scripts, journal } of FACES) {
  Deno.test(`news of ${name}`, () => {
    assert.deepEqual(logLines(news).map(({ level, text }) => `${level} ${text}`), log);
    assert.equal(fifoLine(news), fifo);
    const argvs = tellingOf(news)?.commands.map(({ argv }) => argv.join("|")) ?? [];
    assert.deepEqual(argvs, scripts);
    assert.equal(journalEntry(news, SECOND)?.cause, journal && news.cause);
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
