/** What programs and people are told by FIFOs and mails, beside Debian's keepalived in the same story. */

import assert from "node:assert/strict";
import {
  type Kind,
  Lab,
  labTest,
  mailsIn,
  run,
  startMailRelay,
  startNode,
  subjects,
  type Topology,
  until,
} from "../lab/mod.ts";

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.8.8.1/24"] } } },
};

/** An instance in a group that follows a file, and what else is said. */
function config(dir: string, global: readonly string[]): string {
  return `global_defs {
  router_id lab
  script_user root
  ${global.join("\n  ")}
}
track_file load {
  file ${dir}/load
  init_file 0 overwrite
}
vrrp_sync_group VG {
  group {
    VI_1
  }
  track_file {
    load weight 1
  }
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority 100
  virtual_ipaddress {
    10.8.8.100
  }
}
`;
}

/** Bytes that a reader of a FIFO got, and whose it was while it was open. */
async function fifoBytes(kind: Kind): Promise<{ readonly bytes: string; readonly found: string }> {
  await using lab = await Lab.create(TOPOLOGY);
  const path = `${lab.dir}/fifo`;
  const text = config(lab.dir, [`vrrp_notify_fifo ${path} nobody`, "vrrp_notify_priority_changes"]);
  const node = await startNode(lab, "node", { kind, config: text });
  await until("the FIFO is there", () => isThere(path));
  const { stdout: found } = await run(["stat", "-c", "%F %U %G %a", path]);
  const reader = lab.start("node", ["dd", `if=${path}`, `of=${lab.dir}/read`, "bs=1"]);
  const read = () => Deno.readTextFile(`${lab.dir}/read`).catch(() => "");
  const reads = (text: string) =>
    until(`reads ${text}`, async () => (await read()).includes(text), { explain: read });
  await reads('GROUP "VG" MASTER 0\n');
  await Deno.writeTextFile(`${lab.dir}/load`, "7\n");
  await reads("MASTER_PRIORITY 107\n");
  // keepalived: in FAULT it tells the priority of before, with whatever the file added.
  await Deno.writeTextFile(`${lab.dir}/load`, "0\n");
  await reads("MASTER_PRIORITY 100\n");
  await Deno.writeTextFile(`${lab.dir}/load`, "-300\n");
  await reads('GROUP "VG" FAULT 0\n');
  await Deno.writeTextFile(`${lab.dir}/load`, "0\n");
  await until(
    "it is backup again",
    async () => (await read()).split('GROUP "VG" BACKUP 0\n').length > 2,
  );
  await node.stop();
  await reader.stop();
  assert.ok(!await isThere(path), "what was made is removed");
  return { bytes: await read(), found };
}

labTest(
  "vrrp_notify_fifo, is made, told and removed byte for byte as by keepalived",
  ["keepalived"],
  async () => {
    const [ours, theirs] = [await fifoBytes("holdfast"), await fifoBytes("keepalived")];
    assert.equal(ours.found, "fifo nobody nogroup 600\n");
    assert.deepEqual(ours, theirs);
  },
);

labTest(
  "notify_fifo_script, reads what is told, is kept by a reload that repeats the states, and ended",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const [path, out] = [`${lab.dir}/fifo`, `${lab.dir}/out`];
    const script = await lab.file(
      "reader.sh",
      `#!/bin/sh\necho "begins $*" >> ${out}\nexec cat "$2" >> ${out}\n`,
    );
    await Deno.chmod(script, 0o755);
    const text = config(lab.dir, [
      `notify_fifo ${path}`,
      `notify_fifo_script "${script} one"`,
      "fifo_write_vrrp_states_on_reload",
    ]);
    const node = await startNode(lab, "node", { kind: "holdfast", config: text });
    const read = () => Deno.readTextFile(out).catch(() => "");
    const MASTER = 'INSTANCE "VI_1" MASTER 100\n';
    await until(
      "it is master",
      async () => (await read()).includes(`${MASTER}GROUP "VG" MASTER 0\n`),
    );
    node.signal("SIGHUP");
    await until("it says so again", async () => (await read()).split(MASTER).length === 3);
    await node.stop();
    const all = await read();
    assert.equal(all.split("begins").length, 2, "one reader");
    assert.ok(
      all.startsWith(`begins one ${path}\nGROUP "VG" BACKUP 0\nINSTANCE "VI_1" BACKUP 100\n`),
    );
    assert.doesNotMatch(node.output, /terminated/);
  },
);

labTest(
  "notify_fifo that nobody reads, holds up nothing, and what is dropped is said",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const path = `${lab.dir}/fifo`;
    const text = config(lab.dir, [`notify_fifo ${path}`, "vrrp_notify_priority_changes"]);
    const node = await startNode(lab, "node", { kind: "holdfast", config: text });
    await until("the FIFO is there", () => isThere(path));
    // As full as it gets.
    const fill = [
      "sh",
      "-c",
      `exec 3<>${path}; dd if=/dev/zero of=${path} bs=4k oflag=nonblock; :`,
    ];
    await run(lab.argv("node", fill));
    await lab.owned("10.8.8.100", "node");
    await node.seen(/Dropped a line for the FIFO \S+: nobody reads it/);
    await node.stop();
  },
);

/** Mails that a relay got, each as its lines. */
async function mailsOf(kind: Kind): Promise<readonly (readonly string[])[]> {
  await using lab = await Lab.create(TOPOLOGY);
  const relay = await startMailRelay(lab, "node");
  const text = config(lab.dir, [
    "notification_email {\n    ops@x.example\n    all@x.example\n  }",
    "notification_email_from node@x.example",
    "smtp_server 127.0.0.1 2525",
    "smtp_helo_name node.x.example",
    "smtp_alert",
  ]);
  const node = await startNode(lab, "node", { kind, config: text });
  const mails = () => mailsIn(relay);
  const gets = (count: number) =>
    until(`${count} mails`, () => mails().length >= count, { explain: () => relay.output });
  await gets(4);
  await Deno.writeTextFile(`${lab.dir}/load`, "-300\n");
  await gets(6);
  await node.stop();
  return mails();
}

labTest(
  "smtp_alert, mails by a real relay have keepalived's envelope, headers and subjects",
  ["keepalived", "aiosmtpd"],
  async () => {
    const [ours, theirs] = [await mailsOf("holdfast"), await mailsOf("keepalived")];
    const heads = (mails: readonly (readonly string[])[]) =>
      mails.map((lines) =>
        lines.slice(0, lines.indexOf("")).map((line) => line.replace(/^Date: .*/, "Date: then"))
      ).slice(0, 6);
    // keepalived sends those of one moment at once.
    assert.deepEqual(heads(ours).toSorted(byText), heads(theirs).toSorted(byText));
    for (const lines of ours) {
      assert.match(lines.join("\n"), /Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000\n/);
    }
    assert.deepEqual(subjects(ours).slice(0, 6), [
      "[lab] VRRP Group VG - Entering BACKUP state",
      "[lab] VRRP Instance VI_1 - Entering BACKUP state",
      "[lab] VRRP Instance VI_1 - Entering MASTER state",
      "[lab] VRRP Group VG - Entering MASTER state",
      "[lab] VRRP Instance VI_1 - Entering FAULT state",
      "[lab] VRRP Group VG - Entering FAULT state",
    ]);
  },
);

labTest(
  "smtp_alert, a relay that is not there or silent delays no transition, and a mail is sent when it comes",
  ["aiosmtpd"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const text = config(lab.dir, [
      "notification_email {\n    ops@x.example\n  }",
      "smtp_server 127.0.0.1 2525",
      "smtp_connect_timeout 1",
      "smtp_alert",
      "no_email_faults",
    ]);
    const node = await startNode(lab, "node", { kind: "holdfast", config: text });
    await node.seen(/Cannot send mail by 127\.0\.0\.1 port 2525: .*, tries again/);
    await lab.owned("10.8.8.100", "node");
    const relay = await startMailRelay(lab, "node");
    await until("the first mail is there", () => mailsIn(relay).length >= 4, {
      limit: 60_000,
      explain: () => node.output,
    });
    assert.match(subjects(mailsIn(relay))[0] ?? "", /Entering BACKUP state/);
    await Deno.writeTextFile(`${lab.dir}/load`, "-300\n");
    await node.seen(/Entering FAULT STATE/);
    await Deno.writeTextFile(`${lab.dir}/load`, "0\n");
    await until("that it is backup is mailed", () => mailsIn(relay).length >= 6);
    assert.ok(subjects(mailsIn(relay)).every((subject) => !subject.includes("FAULT")));
    await node.stop();
  },
);

function byText(one: readonly string[], other: readonly string[]): number {
  return one.join() < other.join() ? -1 : 1;
}

function isThere(path: string): Promise<boolean> {
  return Deno.lstat(path).then(() => true, () => false);
}
