/** A virtual node: the daemon's own world, a virtual core and kernel, and a loop that may hang. */

import { type Address, addressKey, type AddressOperation } from "../kernel/address.ts";
import { type Link, linkIsUp } from "../kernel/link.ts";
import { earlier, type Ip, type Micros, unreachable } from "../net/mod.ts";
import {
  DEFAULT_OPTIONS,
  newWorld,
  nextDeadline,
  nextRenewal,
  update,
  type World,
  type WorldConfig,
  type WorldEffect,
  type WorldEvent,
  type WorldOptions,
} from "../world/mod.ts";
import { createCore } from "./core.ts";
import { isFor, type Lan, type LanPacket, type Port, readDatagram } from "./lan.ts";
import type { Cancel, Timeline } from "./timeline.ts";

/** How a node is built. */
export interface HostSpec {
  readonly name: string;
  readonly config: WorldConfig;
  readonly interfaces: readonly HostInterface[];
  readonly options?: Partial<WorldOptions>;
}

/** One network interface. */
export interface HostInterface {
  readonly link: Link;
  /** Segment it is plugged into. */
  readonly segment: string;
  /** Own addresses. */
  readonly addresses: readonly Address[];
}

/** One thing the node did, for tests and timelines. */
export interface Deed {
  readonly at: Micros;
  readonly host: string;
  readonly effect: WorldEffect;
}

/** What a node shares with the others. */
export interface Surroundings {
  readonly timeline: Timeline;
  readonly lan: Lan;
  /** Told of every event a daemon takes, before it does. */
  onEvent(host: string, event: WorldEvent): void;
  /** Told of every effect carried out. */
  onDeed(deed: Deed): void;
  /** Told whenever the daemon or its kernel may have changed. */
  onChange(): void;
}

/** A virtual node. */
export interface Host {
  readonly name: string;
  /** The daemon as data; absent before `start` and after its end. */
  world(): World | undefined;
  /** Starts the daemon. */
  start(): void;
  /** SIGTERM. */
  stop(): void;
  /** SIGHUP. */
  reload(config: WorldConfig): void;
  /** SIGKILL without a guardian: daemon and core are gone, addresses stay. */
  kill(): void;
  /** The power is cut: daemon, core and addresses are gone. */
  cutPower(): void;
  /** The loop does nothing for this long; the core goes on. */
  stall(duration: Micros): void;
  setLink(ifname: string, up: boolean): void;
  /** Decides what a tracked script finds from now on. */
  setScript(name: string, ok: boolean): void;
  /** Whether the kernel holds an address on an interface through which packets pass. */
  holds(address: Ip): boolean;
  /** Everything the kernel holds. */
  addresses(): readonly Address[];
}

/** Time a tracked script takes. */
const SCRIPT_TIME: Micros = 2_000;

/** A node that is switched on, its daemon not yet started. */
export function createHost(spec: HostSpec, around: Surroundings): Host {
  const { timeline, lan } = around;
  const options: WorldOptions = { ...DEFAULT_OPTIONS, ...spec.options };
  const links = new Map(spec.interfaces.map(({ link }) => [link.ifindex, link]));
  const kernel = new Map(
    spec.interfaces.flatMap((each) => each.addresses).map((each) => [addressKey(each), each]),
  );
  const scripts = new Map<string, boolean>();
  const ports = new Map(spec.interfaces.map((each) => [each.link.ifindex, portOf(each)]));
  for (const port of ports.values()) lan.attach(port);

  let powered = true;
  let world: World | undefined;
  let config = spec.config;
  let core = newCore();
  let queue: WorldEvent[] = [];
  let busy = false;
  let stalledUntil: Micros = 0;
  let cancelTimer: Cancel = () => {};

  function newCore(): ReturnType<typeof createCore> {
    return createCore({
      timeline,
      send: (ifindex, { bytes }) => {
        const packet = readDatagram(bytes);
        const port = ports.get(ifindex);
        if (packet !== undefined && port !== undefined) lan.send(port, packet);
      },
      report: dispatch,
      withdraw: (addresses) =>
        apply(addresses.map((address) => ({ op: "delete", address } as const))),
    });
  }

  function portOf({ link, segment }: HostInterface): Port {
    return {
      host: spec.name,
      segment,
      isUp: () => powered && linkIsUp(links.get(link.ifindex)),
      accepts: (destination) => {
        const groups = core.groupsOf(link.ifindex) ?? [];
        const own = [...kernel.values()].filter((each) => each.ifindex === link.ifindex);
        return isFor(destination, groups, own.map((each) => each.address));
      },
      receive: (packet: LanPacket) => core.receive(link.ifindex, packet),
    };
  }

  function dispatch(event: WorldEvent): void {
    if (world === undefined) return;
    queue.push(event);
    run();
  }

  /** The loop of `daemon/loop.ts`: one event at a time, effects in order, one timer. */
  function run(): void {
    if (busy || world === undefined) return;
    if (timeline.now() < stalledUntil) return;
    busy = true;
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      around.onEvent(spec.name, event);
      const [next, effects] = update(world, event, timeline.now());
      world = next;
      for (const effect of effects) {
        around.onDeed({ at: timeline.now(), host: spec.name, effect });
        carryOut(effect);
      }
      around.onChange();
    }
    busy = false;
    arm();
  }

  function arm(): void {
    cancelTimer();
    const renewal = world && nextRenewal(world);
    const next = earlier(renewal, world && nextDeadline(world));
    if (next === undefined) return;
    cancelTimer = timeline.at(next, () => {
      if (world === undefined || timeline.now() < stalledUntil) return;
      dispatch({ kind: next === renewal ? "renew" : "deadline" });
    });
  }

  function carryOut(effect: WorldEffect): void {
    switch (effect.kind) {
      case "listen":
      case "unlisten":
      case "transmit":
      case "cease":
      case "renew":
      case "send":
      case "watch":
      case "unwatch":
        return core.obey(effect);
      case "announce": {
        const port = ports.get(effect.ifindex);
        if (port !== undefined) { for (const each of effect.addresses) lan.announce(port, each); }
        return;
      }
      case "address-apply": {
        const { operations } = effect;
        const errnos = apply(operations);
        return dispatch({ kind: "addresses-applied", operations, errnos });
      }
      case "run-script": {
        const { name, run } = effect;
        timeline.at(timeline.now() + SCRIPT_TIME, () => {
          dispatch({ kind: "script-result", name, run, ok: scripts.get(name) ?? true });
        });
        return;
      }
      case "ipvs-dump":
        return dispatch({ kind: "ipvs-table", services: [] });
      case "ipvs-apply": {
        const { operations } = effect;
        return dispatch({ kind: "ipvs-applied", operations, errnos: operations.map(() => 0) });
      }
      case "exit":
        return end();
      // Heard by people and programs, and by real servers, which are not simulated.
      case "log":
      case "transition":
      case "notify":
      case "notify-service":
      case "probe":
      case "unprobe":
      case "run-check":
      case "end-script":
      case "end-check":
        return;
      default:
        return unreachable(effect);
    }
  }

  /** The virtual kernel: adding what exists and deleting what is absent succeed. */
  function apply(operations: readonly AddressOperation[]): readonly number[] {
    for (const { op, address } of operations) {
      const key = addressKey(address);
      const existed = kernel.has(key);
      if (op === "add") kernel.set(key, address);
      else kernel.delete(key);
      if (existed !== (op === "add")) {
        dispatch({ kind: "address", address, removed: op === "delete" });
      }
    }
    around.onChange();
    return operations.map(() => 0);
  }

  /** The process ends; what it left in the kernel stays. */
  function end(): void {
    core.kill();
    cancelTimer();
    queue = [];
    world = undefined;
    around.onChange();
  }

  function start(): void {
    core = newCore();
    world = newWorld(config, options, timeline.now());
    dispatch({ kind: "start", links: [...links.values()], addresses: [...kernel.values()] });
  }

  function cutPower(): void {
    powered = false;
    kernel.clear();
    end();
  }

  function stall(duration: Micros): void {
    stalledUntil = timeline.now() + duration;
    timeline.at(stalledUntil, () => {
      run();
      arm();
    });
  }

  function setLink(ifname: string, up: boolean): void {
    for (const link of links.values()) {
      if (link.ifname !== ifname) continue;
      const changed = { ...link, running: up };
      links.set(link.ifindex, changed);
      dispatch({ kind: "link", link: changed, removed: false });
    }
    around.onChange();
  }

  return {
    name: spec.name,
    world: () => world,
    start,
    stop: () => dispatch({ kind: "shutdown" }),
    reload: (next) => {
      config = next;
      dispatch({ kind: "reload", config: next });
    },
    kill: end,
    cutPower,
    stall,
    setLink,
    setScript: (name, ok) => void scripts.set(name, ok),
    holds: (address) =>
      powered &&
      [...kernel.values()].some((each) =>
        each.address === address && linkIsUp(links.get(each.ifindex))
      ),
    addresses: () => [...kernel.values()],
  };
}
