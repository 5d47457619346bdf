/** Random worlds for tests: configurations and what may happen to them. */

import fc from "fast-check";
import { VIRTUAL_ROUTER } from "../../kernel/address.ts";
import { SECOND } from "../../net/mod.ts";
import { NOTHING_DECLARED } from "../../track/mod.ts";
import {
  addressOn,
  encodeAdvert,
  ethernet,
  instanceConfig,
  syncGroup,
  tracksScript,
  vrrpConfig,
} from "../../vrrp/fixtures.ts";
import type { World, WorldConfig, WorldEvent } from "../mod.ts";
import { worldConfig } from "../fixtures.ts";

const CHK = {
  name: "chk",
  script: { argv: ["true"] },
  interval: SECOND,
  weight: -20,
  reverse: false,
  rise: 1,
  fall: 1,
  initFail: false,
};
const notify = { notifyMaster: { argv: ["/bin/m"] } };
const ONE = instanceConfig({ tracks: [tracksScript("chk")], notify });
const TWO = instanceConfig({
  name: "VI_2",
  interface: "eth1",
  version: 3,
  preemptDelay: 2 * SECOND,
  virtualAddresses: [{ address: "192.168.1.2", prefixLength: 32 }],
});
const THREE = instanceConfig({
  name: "VI_3",
  virtualRouterId: 52,
  nopreempt: true,
  virtualAddresses: [
    { address: "172.16.1.98", prefixLength: 32 },
    { address: "172.16.1.97", prefixLength: 24, dev: "eth1" },
  ],
});
const HOOKED = { ...THREE, hooks: { preMaster: { argv: ["/bin/h"] }, timeout: SECOND } };
const GROUPS = [syncGroup(["VI_1", "VI_2"])];

function configOf(vrrp: Parameters<typeof vrrpConfig>): WorldConfig {
  return worldConfig({
    vrrp: vrrpConfig(...vrrp),
    track: { ...NOTHING_DECLARED, scripts: [CHK] },
  });
}

/** Nodes of one, two and three virtual routers, with a group, a tracked script, and one that waits for a command. */
export const CONFIGS: readonly WorldConfig[] = [
  configOf([[ONE, TWO, THREE], { groups: GROUPS }]),
  configOf([[ONE, TWO]]),
  configOf([[{ ...THREE, priority: 120 }, TWO, ONE], { groups: GROUPS }]),
  configOf([[HOOKED, TWO, ONE]]),
];
/** Both are up. */
export const LINKS = [ethernet(2, "eth0"), ethernet(3, "eth1")] as const;
/** Two interfaces. */
export const START: Extract<WorldEvent, { readonly kind: "start" }> = {
  kind: "start",
  links: LINKS,
  addresses: [addressOn(2, "172.16.1.5"), addressOn(3, "192.168.1.5")],
};

/** Instances that follow the script begin with its first result. */
export const GOOD: WorldEvent = { kind: "script-result", name: "chk", run: 1, ok: true };

/** Whatever may happen to them; an expiry is of the watch in force, which {@linkcode inForce} fills in. */
export function anEvent(): fc.Arbitrary<WorldEvent> {
  const advert = fc.record({
    ifindex: fc.constantFrom(2, 3),
    vrid: fc.constantFrom(51, 52),
    version: fc.constantFrom(2 as const, 3 as const),
    priority: fc.constantFrom(0, 50, 100, 150, 255),
  }).map(({ ifindex, ...rest }): WorldEvent => {
    const [source, destination] = ["172.16.1.4", "224.0.0.18"];
    const { authentication } = ONE;
    const payload = encodeAdvert({ ...rest, interval: SECOND, addresses: ["172.16.1.99"] }, {
      source,
      destination,
      checksumAsV2: false,
      ...(rest.version === 2 && authentication?.kind === "pass" && { key: authentication.key }),
    });
    const judgement = "unjudged";
    return {
      kind: "packet",
      ifindex,
      source,
      destination,
      ttl: 255,
      protocol: 112,
      payload,
      judgement,
    };
  });
  const [eth0, eth1] = LINKS;
  return fc.oneof(
    { weight: 3, arbitrary: advert },
    { weight: 2, arbitrary: fc.constant<WorldEvent>({ kind: "deadline" }) },
    // The watch in force, whichever that is.
    {
      weight: 4,
      arbitrary: fc.integer({ min: 1, max: 3 })
        .map((order): WorldEvent => ({ kind: "expired", order, seq: -1 })),
    },
    fc.constantFrom<WorldEvent>(
      { kind: "link", link: { ...eth0, running: false }, removed: false },
      { kind: "link", link: { ...eth1, running: false }, removed: false },
      { kind: "link", link: { ...eth1, arp: false }, removed: false },
    ),
    fc.constantFrom(...LINKS).map((link): WorldEvent => ({ kind: "link", link, removed: false })),
    fc.record({
      kind: fc.constant("address" as const),
      address: fc.constantFrom(
        addressOn(2, "172.16.1.5"),
        addressOn(2, "172.16.1.99", 32),
        { ...addressOn(2, "172.16.1.99", 32), protocol: VIRTUAL_ROUTER },
        addressOn(3, "172.16.1.97", 24),
      ),
      removed: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant("script-result" as const),
      name: fc.constant("chk"),
      run: fc.integer({ min: 1, max: 4 }),
      ok: fc.boolean(),
    }),
    fc.constantFrom(...CONFIGS).map((config): WorldEvent => ({ kind: "reload", config })),
  );
}

/** An expiry of whatever watch is in force. */
export function inForce(world: World, event: WorldEvent): WorldEvent {
  if (event.kind !== "expired") return event;
  const at = world.vrrp.byOrder.get(event.order);
  const state = at === undefined ? undefined : world.vrrp.instances[at]?.state;
  return state?.kind === "backup" ? { ...event, seq: state.seq } : event;
}
