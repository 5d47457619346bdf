import assert from "node:assert/strict";
import { KEEPALIVED_COUNTERS } from "../vrrp/mod.ts";
import { exampleSnapshot } from "./fixtures.ts";
import { jsonText } from "./json_text.ts";

/** Instances of the example, parsed. */
function instances() {
  return JSON.parse(jsonText(exampleSnapshot()) ?? "null");
}

Deno.test("jsonText() of a master, has what keepalived 2.2.7 writes, in its order and types", () => {
  assert.equal(
    JSON.stringify(instances()[0].data),
    JSON.stringify({
      iname: "VI_1",
      dont_track_primary: 0,
      skip_check_adv_addr: 0,
      strict_mode: 0,
      vmac_ifname: "",
      ifp_ifname: "eth0",
      master_priority: 0,
      last_transition: 1795217176.524548,
      garp_delay: 5,
      garp_refresh: 0,
      garp_rep: 5,
      garp_refresh_rep: 1,
      garp_lower_prio_delay: 5,
      garp_lower_prio_rep: 5,
      lower_prio_no_advert: 0,
      higher_prio_send_advert: 0,
      vrid: 51,
      base_priority: 100,
      effective_priority: 100,
      vipset: true,
      promote_secondaries: false,
      adver_int: 1,
      master_adver_int: 1,
      accept: 1,
      nopreempt: false,
      preempt_delay: 0,
      state: 2,
      wantstate: 2,
      version: 2,
      smtp_alert: false,
      notify_deleted: false,
      script_master: "'/bin/true' 'M'",
      vips: [
        "172.16.1.99 dev eth0 scope global set",
        "172.16.1.98/24 brd 172.16.1.255 dev eth0 scope global label eth0:1 set",
      ],
      evips: ["172.16.1.97 dev eth0 scope global set"],
      auth_type: 1,
      auth_data: "********",
    }),
  );
});

Deno.test("jsonText() of a backup with a script, has its command without the account", () => {
  const { data } = instances()[1];
  assert.deepEqual(data.track_script, ["'/bin/true' 'a b'"]);
  assert.equal(data.nopreempt, true);
  assert.equal(data.adver_int, 0.5);
  assert.equal(data.state, 0);
});

Deno.test("jsonText() has keepalived's counters as numbers", () => {
  const { stats } = instances()[0];
  assert.deepEqual(Object.keys(stats), [...KEEPALIVED_COUNTERS]);
  assert.equal(stats.become_master, 1);
});

Deno.test("jsonText() of an instance without a password, has no auth_data", () => {
  const { data } = instances()[1];
  assert.equal(data.auth_type, 0);
  assert.equal("auth_data" in data, false);
});

Deno.test("jsonText() in version 2 where the core was asked, has how late it was, in seconds", () => {
  const snapshot = exampleSnapshot();
  const [first, ...others] = snapshot.instances;
  assert.ok(first !== undefined);
  const asked = {
    ...snapshot,
    lateness: { worst: 31_000, times: 2, total: 55_000, asleep: 7_000_000 },
    instances: [{ ...first, latestAdvert: 31_000 }, ...others],
  };
  assert.deepEqual(JSON.parse(jsonText(asked, 2) ?? "null").lateness, {
    latest: 0.031,
    later_than_20_ms: 2,
    late: 0.055,
    machine_slept: 7,
    adverts: { [first.config.name]: 0.031 },
  });
  assert.equal(jsonText(asked, 1), jsonText(snapshot, 1), "the old shape stays as it is");
});

Deno.test("jsonText() without instances, is nothing (keepalived writes no file)", () => {
  assert.equal(jsonText({ ...exampleSnapshot(), instances: [] }), undefined);
});
