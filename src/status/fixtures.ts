/** A node for tests of the faces: the pair of the LVS-NAT document as master, one real server down. */

import type { GlobalDefs } from "../global/config.ts";
import { readGlobal } from "../global/read.ts";
import {
  configOf,
  found,
  GOOD,
  REFUSED,
  SORRY,
  started,
  virtualServer,
} from "../lvs/part/fixtures.ts";
import { type Micros, SECOND } from "../net/micros.ts";
import {
  addressOn,
  ethernet,
  instanceConfig,
  syncGroup,
  tracksScript,
  vrrpConfig,
} from "../vrrp/fixtures.ts";
import type { VrrpInstanceConfig } from "../vrrp/config.ts";
import { startTracking, stepTracking, type Tracking } from "../vrrp/part/fixture.ts";
import { type Snapshot, snapshotOf } from "./snapshot.ts";

const VI_1 = instanceConfig({
  virtualAddresses: [
    { address: "172.16.1.99", prefixLength: 32 },
    { address: "172.16.1.98", prefixLength: 24, label: "eth0:1", broadcast: "172.16.1.255" },
  ],
  excludedAddresses: [{ address: "172.16.1.97", prefixLength: 32 }],
  notify: { notifyMaster: { argv: ["/bin/true", "M"] } },
});
const VI_2 = instanceConfig({
  name: "VI_2",
  version: 3,
  virtualRouterId: 52,
  priority: 90,
  advertInt: SECOND / 2,
  nopreempt: true,
  unicastSrcIp: "172.16.1.1",
  unicastPeers: [{ address: "172.16.1.2" }],
  tracks: [tracksScript("chk", 0)],
  virtualAddresses: [{ address: "172.16.1.96", prefixLength: 32 }],
});
const CHK = {
  name: "chk",
  script: { argv: ["/bin/true", "a b"], user: "nobody" },
  interval: 2 * SECOND,
  weight: -10,
  reverse: false,
  rise: 2,
  fall: 3,
  initFail: false,
};

/** What is so without `global_defs`, but for a name and what the faces have to show. */
export const GLOBAL: GlobalDefs = {
  ...readGlobal({}),
  routerId: "lab",
  enableScriptSecurity: true,
};

/** VI_1 is master since 4 s, VI_2 waits for its script. */
function vrrpPart(): Tracking {
  const config = vrrpConfig([VI_1, VI_2], { groups: [syncGroup(["VI_1"])], scripts: [CHK] });
  const links = [ethernet(2, "eth0")];
  const addresses = [addressOn(2, "172.16.1.1")];
  const [waiting, effects] = stepTracking(startTracking(config, 0), {
    kind: "start",
    links,
    addresses,
  }, 0);
  const watch = effects.find((effect) => effect.kind === "watch");
  if (watch?.kind !== "watch") throw new TypeError("Cannot find the watch of VI_1");
  const { order, seq } = watch;
  return stepTracking(waiting, { kind: "expired", order, seq }, 4 * SECOND)[0];
}

/** One look at a node with an instance that waits for the silence of another master. */
export function waitingSnapshot(changes: Partial<VrrpInstanceConfig>): Snapshot {
  const links = [ethernet(2, "eth0")];
  const addresses = [addressOn(2, "172.16.1.1")];
  const part = startTracking(vrrpConfig([instanceConfig(changes)]), 0);
  const [vrrp] = stepTracking(part, { kind: "start", links, addresses }, 0);
  const clock = { now: SECOND, wall: 1795217177524548, utcOffset: 0 };
  return snapshotOf({ vrrp, track: vrrp.beside, lvs: started(configOf()).part }, {
    clock,
    global: GLOBAL,
  });
}

/** One look at that node, 5 s after its start, on the 20th of November 2026. */
export function exampleSnapshot(): Snapshot {
  const lvs = started(configOf(virtualServer({ sorryServer: SORRY, persistenceTimeout: 50 })));
  found(lvs, 0, GOOD);
  found(lvs, 1, REFUSED);
  const now: Micros = 5 * SECOND;
  const clock = { now, wall: 1795217177524548, utcOffset: 0 };
  const vrrp = vrrpPart();
  return snapshotOf({ vrrp, track: vrrp.beside, lvs: lvs.part }, { clock, global: GLOBAL });
}
