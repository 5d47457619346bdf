/** `keepalived.json` beside Debian's keepalived's, of the same configuration in the same state. */

import assert from "node:assert/strict";
import { type Kind, Lab, labTest, run, startNode, type Topology, until } from "../lab/mod.ts";

const VIP = "10.8.8.100";
const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.8.8.1/24"] } } },
};
const CONFIG = `global_defs {
  router_id lab
  script_user root
}
vrrp_script chk {
  script "/usr/bin/true a"
  interval 1
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority 150
  advert_int 1
  preempt_delay 7
  garp_master_refresh 60
  authentication {
    auth_type PASS
    auth_pass s3cret
  }
  notify "/usr/bin/true N"
  notify_master "/usr/bin/true M"
  track_script {
    chk
  }
  virtual_ipaddress {
    ${VIP}/24
    10.8.8.101 label eth0:1
  }
  virtual_ipaddress_excluded {
    10.8.8.102/32
  }
}
vrrp_instance VI_2 {
  interface eth0
  virtual_router_id 52
  version 3
  advert_int 0.5
  nopreempt
  virtual_ipaddress {
    10.8.8.103
  }
}`;

interface Instance {
  readonly data: Readonly<Record<string, unknown>>;
  readonly stats: Readonly<Record<string, number>>;
}

/** What a node that is master of everything writes. */
async function dumped(kind: Kind): Promise<readonly Instance[]> {
  await using lab = await Lab.create(TOPOLOGY);
  const tmp = `${lab.dir}/tmp`;
  await Deno.mkdir(tmp);
  const node = await startNode(lab, "node", {
    kind,
    config: CONFIG,
    wrap: ["env", `TMPDIR=${tmp}`],
  });
  await lab.owned(VIP, "node");
  await lab.owned("10.8.8.103", "node");
  await run(["kill", "-36", String(node.pid)]);
  const path = `${tmp}/keepalived.json`;
  return await until("the file is written whole", async () => {
    const text = await Deno.readTextFile(path).catch(() => "");
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  });
}

/** What is otherwise each time, or otherwise on purpose: keepalived shows the password. */
const OWN = ["last_transition", "auth_data"];

labTest(
  "keepalived.json, of two masters, has keepalived's fields in its order and with its values",
  ["keepalived"],
  async () => {
    const [ours, theirs] = [await dumped("holdfast"), await dumped("keepalived")];
    assert.equal(ours.length, theirs.length);
    for (const [index, mine] of ours.entries()) {
      const peer = theirs[index];
      assert.ok(peer);
      assert.deepEqual(Object.keys(mine.data), Object.keys(peer.data));
      for (const [name, value] of Object.entries(peer.data)) {
        if (OWN.includes(name)) assert.equal(typeof mine.data[name], typeof value, name);
        else assert.deepEqual(mine.data[name], value, name);
      }
      // 2.4 has more counters than Debian's.
      const [known, counted] = [Object.keys(mine.stats), Object.keys(peer.stats)];
      assert.deepEqual(known.filter((name) => !name.startsWith("auth_ext_")), counted);
      assert.equal(mine.stats["become_master"], peer.stats["become_master"]);
    }
  },
);
