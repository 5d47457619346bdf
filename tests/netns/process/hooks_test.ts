/** Commands that transitions wait for, and commands in order: what a script sees of the address when it runs. */

import assert from "node:assert/strict";
import { Lab, labTest, startNode, type Topology, until } from "../../lab/mod.ts";

const VIP = "192.0.2.100";

const plan = (address: string) => ({ links: { eth0: { network: "lan", addresses: [address] } } });

const TOPOLOGY: Topology = { alpha: plan("192.0.2.1/24"), beta: plan("192.0.2.2/24") };

const config = (priority: number, words = "") => `
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int 1
    ${words}
    virtual_ipaddress {
        ${VIP}/24
    }
}
`;

labTest(
  "hooks hold mastership and giving way, and commands of an instance never overlap",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const said = `${lab.dir}/said`;
    // Each takes a while, in which another would show.
    const script = await lab.file(
      "said.sh",
      `#!/bin/sh
owns=no
ip -o address show dev eth0 | grep -q ' ${VIP}/' && owns=yes
echo "$1 begins $owns" >> ${said}
sleep 0.5
echo "$1 ends" >> ${said}
`,
      { mode: 0o755 },
    );
    const words = [
      `hook_pre_master "${script} pre-master"`,
      `hook_post_master "${script} post-master"`,
      `hook_pre_backup "${script} pre-backup"`,
      `notify_master "${script} master"`,
      `notify_backup "${script} backup"`,
      "notify_ordered",
    ];
    await using alpha = await startNode(lab, "alpha", {
      kind: "holdfast",
      config: config(100, words.join("\n")),
    });
    const lines = async () =>
      (await Deno.readTextFile(said).catch(() => "")).split("\n").filter((each) => each !== "");
    const seen = (line: string) =>
      until(`${line} was said`, async () => (await lines()).includes(line), {
        explain: async () => `${(await lines()).join("\n")}\n${lab.tails()}`,
      });
    await lab.owned(VIP, "alpha");
    await seen("master ends");
    const beta = await startNode(lab, "beta", { kind: "holdfast", config: config(200) });
    await lab.owned(VIP, "beta");
    await until("the last one has ended", async () => {
      return (await lines()).filter((each) => each === "backup ends").length === 2;
    }, { explain: async () => `${(await lines()).join("\n")}\n${lab.tails()}` });
    const each = (name: string, owns: string) => [`${name} begins ${owns}`, `${name} ends`];
    assert.deepEqual(await lines(), [
      ...each("backup", "no"),
      ...each("pre-master", "no"),
      ...each("post-master", "yes"),
      ...each("master", "yes"),
      ...each("pre-backup", "yes"),
      ...each("backup", "no"),
    ]);
    assert.equal((await beta.stop()).code, 0);
    assert.equal((await alpha.stop()).code, 0);
  },
);

labTest(
  "a hook that takes longer than hook_timeout, is ended, and holds nothing any longer",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const words = 'hook_pre_master "/bin/sleep 1000"\nhook_timeout 0.5';
    const node = await startNode(lab, "alpha", {
      kind: "holdfast",
      config: config(100, words),
    });
    await node.seen(/\(VI_1\) pre-master hook: takes longer than hook_timeout/);
    await lab.owned(VIP, "alpha");
    assert.equal((await node.stop()).code, 0);
  },
);
