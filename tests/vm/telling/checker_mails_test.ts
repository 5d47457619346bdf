/** `no_checker_emails`: which mails of a server with two checkers are left out, beside Debian's keepalived in the same story. */

import assert from "node:assert/strict";
import {
  type Kind,
  Lab,
  labTest,
  mailsIn,
  type Program,
  startMailRelay,
  startNode,
  subjects,
  type Topology,
  until,
} from "../../lab/mod.ts";

const TOPOLOGY: Topology = {
  director: { links: { eth0: { network: "lan", addresses: ["10.0.0.1/24"] } } },
  farm: { links: { eth0: { network: "lan", addresses: ["10.0.0.11/24"] } } },
};

function config(said: string): string {
  const check = (port: number) =>
    `    TCP_CHECK {
      connect_port ${port}
      connect_timeout 2
      retry 0
    }
`;
  return `global_defs {
  router_id lab
  notification_email {
    ops@x.example
  }
  notification_email_from node@x.example
  smtp_server 127.0.0.1 2525
  smtp_alert
  ${said}
}
virtual_server 10.0.0.1 80 {
  delay_loop 1
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 10.0.0.11 80 {
${check(81)}${check(82)}  }
}
`;
}

/** Subjects of the mails when one check fails, then the other; the first is good again, then the second. */
async function mailed(kind: Kind, said: string): Promise<readonly string[]> {
  await using lab = await Lab.create(TOPOLOGY);
  const relay = await startMailRelay(lab, "director");
  const servers = new Map<number, Program>();
  const up = (port: number) => {
    const argv = ["sh", "-c", `exec busybox httpd -f -p 10.0.0.11:${port} -h / >/dev/null 2>&1`];
    servers.set(port, lab.start("farm", argv, { name: `web server ${port}` }));
  };
  up(81);
  up(82);
  const node = await startNode(lab, "director", { kind, config: config(said), flags: ["-C"] });
  const explain = () => `${node.output}\n${relay.output}`;
  const isServing = async () =>
    (await lab.run("director", ["ipvsadm", "-Sn"])).stdout.includes("-r 10.0.0.11:80");
  /** One of the two checks turns, which is not mailed always, and said with the port by one daemon only. */
  const turns = async (port: number, good: boolean) => {
    const words = good ? /succe(ss|eded)/ : /on service .* failed/;
    const times = () => node.output.split("\n").filter((line) => words.test(line)).length;
    const before = times();
    if (good) up(port);
    else await servers.get(port)?.stop();
    const what = `the check of port ${port} ${good ? "is good" : "fails"}`;
    await until(what, () => times() > before, { explain });
  };
  await until("the server is in the table", isServing, { explain });
  await turns(81, false);
  await until("it is out of the table", async () => !await isServing(), { explain });
  await turns(82, false);
  await turns(81, true);
  await turns(82, true);
  await until("it is in the table again", isServing, { explain });
  const isUp = () => subjects(mailsIn(relay)).some((subject) => subject.endsWith("UP"));
  await until("that it is back is mailed", isUp, { explain });
  await node.stop();
  // keepalived sends those of one moment at once.
  return subjects(mailsIn(relay)).toSorted();
}

labTest(
  "no_checker_emails, leaves out the mails that keepalived leaves out",
  ["ipvs", "ipvsadm", "busybox", "keepalived", "aiosmtpd"],
  async () => {
    for (const said of ["", "no_checker_emails"]) {
      assert.deepEqual(await mailed("holdfast", said), await mailed("keepalived", said), said);
    }
  },
);
