/** Whatever happens to interfaces and addresses, in any order: what instances know of their footing is what there is. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { type Address, addressKey } from "../../../kernel/address.ts";
import type { Link } from "../../../kernel/link.ts";
import type { VrrpConfig, VrrpInstanceConfig } from "../../config.ts";
import { SECOND } from "../../../net/mod.ts";
import { sortedEntries } from "../../../persistent/mod.ts";
import {
  addressOn,
  ethernet,
  instanceConfig,
  syncGroup,
  tracksInterface,
  vrrpConfig,
} from "../../fixtures.ts";
import { sameHealth } from "../../fsm/fsm.ts";
import {
  startTracking as startVrrp,
  stepTracking as stepVrrp,
  type TogetherEvent as VrrpEvent,
  type Tracking as VrrpPart,
} from "../fixture.ts";
import { healths } from "./refresh.ts";

const NAMES = ["eth0", "eth1", "lan"];
const ADDRESSES = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.99"];
const PEERS = { unicastPeers: [{ address: "10.0.0.7" }] };

function instance(vrid: number, config: Partial<VrrpInstanceConfig>): VrrpInstanceConfig {
  const address = `10.0.0.${99 - vrid}`;
  return instanceConfig({
    name: `VI_${vrid}`,
    virtualRouterId: vrid,
    virtualAddresses: [{ address, prefixLength: 24 }],
    ...config,
  });
}

const { interface: _interface, ...ROAMING } = instance(5, {
  ...PEERS,
  unicastSrcIp: "10.0.0.3",
  virtualAddresses: [{ address: "10.0.0.94", prefixLength: 24, dev: "eth0" }],
});

const INSTANCES = [
  instance(0, {}),
  instance(1, { excludedAddresses: [{ address: "10.1.0.1", prefixLength: 24, dev: "eth1" }] }),
  instance(2, { ...PEERS, unicastSrcIp: "10.0.0.2" }),
  instance(3, { mcastSrcIp: "10.0.0.3", tracks: [tracksInterface("lan", -10)] }),
  instance(4, { interface: "eth1", dontTrackPrimary: true, routeInterfaces: ["lan"] }),
  ROAMING,
];
const ALL = [0, 1, 2, 3, 4, 5].map((at) => `VI_${at}`);

const CONFIGS: readonly VrrpConfig[] = [
  vrrpConfig(INSTANCES),
  vrrpConfig(INSTANCES, { groups: [syncGroup(ALL.slice(2))] }),
  vrrpConfig(INSTANCES.slice(0, 3), {
    groups: [syncGroup(ALL.slice(0, 2), { tracks: [tracksInterface("lan")] })],
  }),
];

/** What the kernel holds. */
interface Kernel {
  readonly links: Map<number, Link>;
  readonly addresses: Map<string, Address>;
}

/** Something done to the kernel. */
type Deed =
  | { readonly do: "set-link"; readonly link: Link }
  /** The kernel tells of the addresses before, or the news of them is lost. */
  | { readonly do: "remove-link"; readonly ifindex: number; readonly silently: boolean }
  | { readonly do: "add"; readonly address: Address }
  | { readonly do: "remove"; readonly address: Address }
  | { readonly do: "reload"; readonly config: number };

const indexes = fc.constantFrom(2, 3, 4);
const links: fc.Arbitrary<Link> = fc.record({
  ifindex: indexes,
  ifname: fc.constantFrom(...NAMES),
  up: fc.boolean(),
  running: fc.boolean(),
  loopback: fc.constantFrom(false, false, false, true),
}).map(({ ifindex, ifname, ...flags }) => ethernet(ifindex, ifname, flags));
const addresses: fc.Arbitrary<Address> = fc.record({
  ifindex: indexes,
  address: fc.constantFrom(...ADDRESSES),
  tentative: fc.constantFrom(false, false, true),
}).map(({ ifindex, address, tentative }) => ({
  ...addressOn(ifindex, address),
  ...(tentative && { tentative }),
}));
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  links.map((link) => ({ do: "set-link", link } as const)),
  fc.record({ ifindex: indexes, silently: fc.boolean() })
    .map((each) => ({ do: "remove-link", ...each } as const)),
  addresses.map((address) => ({ do: "add", address } as const)),
  addresses.map((address) => ({ do: "remove", address } as const)),
  fc.nat(CONFIGS.length - 1).map((config) => ({ do: "reload", config } as const)),
);

/** Does it, where the kernel lets it be done, and gives what it tells. */
function doIt({ links, addresses }: Kernel, deed: Deed): readonly VrrpEvent[] {
  const told = (address: Address, removed: boolean) =>
    ({ kind: "address", address, removed }) as const;
  switch (deed.do) {
    case "set-link": {
      const { link } = deed;
      const isTaken = [...links.values()].some((each) =>
        each.ifname === link.ifname && each.ifindex !== link.ifindex
      );
      if (isTaken) return [];
      links.set(link.ifindex, link);
      return [{ kind: "link", link, removed: false }];
    }
    case "remove-link": {
      const link = links.get(deed.ifindex);
      if (link === undefined) return [];
      const gone = [...addresses.values()].filter((each) => each.ifindex === deed.ifindex);
      for (const address of gone) addresses.delete(addressKey(address));
      links.delete(deed.ifindex);
      return [
        ...(deed.silently ? [] : gone.map((address) => told(address, true))),
        { kind: "link", link, removed: true },
      ];
    }
    case "add":
      if (!links.has(deed.address.ifindex)) return [];
      addresses.set(addressKey(deed.address), deed.address);
      return [told(deed.address, false)];
    case "remove":
      if (!addresses.delete(addressKey(deed.address))) return [];
      return [told(deed.address, true)];
    case "reload":
      return [{ kind: "reload", config: CONFIGS[deed.config] ?? vrrpConfig([]) }];
  }
}

/** Health of every instance, for a comparison that says which differs. */
function assertHealthy(part: VrrpPart, expected: ReturnType<typeof healths>): void {
  for (const [at, self] of part.instances.entries()) {
    const wanted = expected.get(at);
    assert.ok(wanted !== undefined);
    if (!sameHealth(self.health, wanted)) assert.deepEqual(self.health, wanted, self.config.name);
    assert.equal(self.state.kind === "fault", wanted.causes.length > 0, self.config.name);
  }
}

Deno.test("stepVrrp() anything that happens to interfaces and addresses, every instance concerned knows when it has come to rest", () => {
  fc.assert(
    fc.property(fc.array(deeds, { maxLength: 40 }), (all) => {
      const kernel: Kernel = { links: new Map(), addresses: new Map() };
      let [part] = stepVrrp(startVrrp(CONFIGS[0] ?? vrrpConfig([]), 0), {
        kind: "start",
        links: [],
        addresses: [],
      }, 0);
      let now = 0;
      for (const deed of all) {
        for (const event of doIt(kernel, deed)) [part] = stepVrrp(part, event, now);
        // What went may have come again until then.
        now += SECOND;
        [part] = stepVrrp(part, { kind: "deadline" }, now);
        assertHealthy(part, healths(part, [...part.instances.keys()]));
        // And as if it had started just now.
        const [anew] = stepVrrp(startVrrp(part.config, 0), {
          kind: "start",
          links: [...kernel.links.values()],
          addresses: [...kernel.addresses.values()],
        }, 0);
        assertHealthy(part, healths(anew, [...anew.instances.keys()]));
        const socket = ({ ifname, groups }: { ifname: string; groups: readonly string[] }) =>
          `${ifname} ${groups.join()}`;
        const sockets = (of: VrrpPart) =>
          sortedEntries(of.listening).map(([ifindex, each]) => `${ifindex} ${socket(each)}`)
            .toSorted();
        assert.deepEqual(sockets(part), sockets(anew));
      }
    }),
    { numRuns: 300 },
  );
});
