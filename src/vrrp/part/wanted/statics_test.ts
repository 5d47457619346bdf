import assert from "node:assert/strict";
import { type Address, ADDRESS_FLAG } from "../../../kernel/address.ts";
import { SECOND } from "../../../net/mod.ts";
import { addressOn, ethernet, instanceConfig, vrrpConfig } from "../../fixtures.ts";
import { possible, wantedNow } from "../fixture.ts";
import { desiredAddresses } from "./desired.ts";
import { interestOf } from "../directory.ts";
import { startVrrp, stepVrrp } from "../part.ts";
import type { VrrpPart } from "../part_state.ts";

const STATIC = { address: "10.1.0.1", prefixLength: 24, dev: "eth1" } as const;
const IPV6 = {
  address: "2001:db8::1",
  prefixLength: 128,
  dev: "eth1",
  flags: ADDRESS_FLAG.nodad,
  preferredLifetime: 0,
} as const;
const CONFIG = vrrpConfig([instanceConfig()], { staticAddresses: [STATIC, IPV6] });
const ETH1 = ethernet(3, "eth1");

function started(interfaces = [ethernet(2, "eth0"), ETH1], addresses: readonly Address[] = []) {
  const event = { kind: "start", links: interfaces, addresses, trackers: NO_TRACKERS } as const;
  return stepVrrp(startVrrp(CONFIG, 0), event, 0);
}

const NO_TRACKERS = startVrrp(CONFIG, 0).trackers;
const WANTED = ["3 10.1.0.1/24", "3 2001:db8::1/128"];

function texts(addresses: readonly Address[]): readonly string[] {
  return addresses.map(({ ifindex, address, prefixLength }) =>
    `${ifindex} ${address}/${prefixLength}`
  );
}

Deno.test("desiredAddresses() static ones, are wanted whatever the state, with flags and lifetime", () => {
  const [part] = started();
  assert.deepEqual(texts(wantedNow(part)), WANTED);
  const [, ipv6] = wantedNow(part);
  assert.deepEqual([ipv6?.flags, ipv6?.preferredLifetime], [ADDRESS_FLAG.nodad, 0]);
  const [first] = possible(part);
  assert.ok(first !== undefined);
  assert.deepEqual(
    texts([...desiredAddresses(part, [{ ifindex: 3, address: first }]).values()]),
    WANTED.slice(0, 1),
  );
  assert.deepEqual(texts([...desiredAddresses(part, [{ ifindex: 3 }]).values()]), WANTED);
  assert.deepEqual(texts([...desiredAddresses(part, [{ ifindex: 2 }]).values()]), []);
});

Deno.test("interestOf() static addresses, has their interfaces", () => {
  assert.ok(interestOf(CONFIG).interfaces.includes("eth1"));
});

Deno.test("stepVrrp() interface of a static address appears, compares what is on it", () => {
  const [part] = started([ethernet(2, "eth0")]);
  assert.deepEqual(texts(wantedNow(part)), []);
  const [next, effects] = stepVrrp(part, { kind: "link", link: ETH1, removed: false }, SECOND);
  assert.deepEqual(effects, [{ kind: "reconcile-addresses", changed: [{ ifindex: 3 }] }]);
  assert.deepEqual(texts(wantedNow(next)), WANTED);
});

Deno.test("stepVrrp() static address somebody removed, is compared, and nobody announces it", () => {
  const [part] = started();
  const [address] = wantedNow(part);
  assert.ok(address !== undefined);
  const [present] = stepVrrp(part, { kind: "address", address, removed: false, ordered: true }, 1);
  const [, effects] = stepVrrp(present, { kind: "address", address, removed: true }, 2);
  assert.deepEqual(effects.map(({ kind }) => kind), ["reconcile-addresses"]);
});

Deno.test("desiredAddresses() static address that is the interface's own, is left alone", () => {
  const [part] = started(undefined, [{ ...addressOn(3, "10.1.0.1"), prefixLength: 24 }]);
  assert.deepEqual(texts(wantedNow(part)), WANTED.slice(1));
});

Deno.test("stepVrrp() static addresses out of the configuration, or at the end, are wanted no more", () => {
  const [part] = started();
  const config = vrrpConfig([instanceConfig()]);
  const reload = { kind: "reload", config, trackers: NO_TRACKERS } as const;
  const changed = (effects: ReturnType<typeof stepVrrp>[1]) =>
    effects.some((effect) => effect.kind === "reconcile-addresses" && effect.changed === "all");
  const [reloaded, effects]: readonly [VrrpPart, ReturnType<typeof stepVrrp>[1]] = stepVrrp(
    part,
    reload,
    SECOND,
  );
  assert.ok(changed(effects));
  assert.deepEqual(texts(wantedNow(reloaded)), []);
  const [ended] = stepVrrp(part, { kind: "shutdown" }, SECOND);
  assert.deepEqual(texts(wantedNow(ended)), []);
});
