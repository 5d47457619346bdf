/** A virtual node: the daemon's own world, a virtual core and kernel, and a loop that may hang. */

import { type Address, type AddressOperation, VIRTUAL_ROUTER } from "../kernel/address.ts";
import type { ServiceTable } from "../kernel/mod.ts";
import { type Link, linkIsUp } from "../kernel/link.ts";
import { earlier, type Ip, isMulticast, type Micros, unreachable } from "../net/mod.ts";
import {
  type Claims,
  DEFAULT_OPTIONS,
  freshEvents,
  isSettled,
  newWorld,
  nextDeadline,
  nextRenewal,
  NO_CLAIMS,
  settle,
  take,
  type Update,
  type World,
  type WorldConfig,
  type WorldEffect,
  type WorldEvent,
  type WorldOptions,
} from "../world/mod.ts";
import { type Interest, interestOf, linkAt } from "../vrrp/mod.ts";
import { createCore } from "./core.ts";
import { createKernel, type KernelNews, type VirtualKernel } from "./kernel.ts";
import type { Lan, LanPacket, Port } from "./lan.ts";
import { packetsOf } from "./packets.ts";
import { type Cancel, driftingClock, type Timeline } from "./timeline.ts";

/** How a node is built. */
export interface HostSpec {
  readonly name: string;
  readonly config: WorldConfig;
  readonly interfaces: readonly HostInterface[];
  readonly options?: Partial<WorldOptions>;
  /** What a run before has left. */
  readonly left?: Claims;
  readonly kernel?: {
    /** The IPVS table that is there. */
    readonly services?: readonly ServiceTable[];
    /** Whether it tells who added an address (Linux 5.18); yes when absent. */
    readonly remembers?: boolean;
    /** Time from an order to its execution; absent: at once. */
    readonly latency?: () => Micros;
    /** Time from what happens to the turn of the loop that takes it, with all that has happened until then; absent: none. */
    readonly wake?: () => Micros;
  };
  /** How fast its clock runs: 1 when absent. */
  readonly drift?: number;
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
  /** Told of every event a daemon takes, before it does, and when by its own clock. */
  onEvent(host: string, event: WorldEvent, at: Micros): void;
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
  /** SIGKILL: the guardian says farewell and withdraws. */
  crash(): void;
  /** The power is cut: daemon, core and addresses are gone. */
  cutPower(): void;
  /** The loop does nothing for this long; the core goes on. */
  stall(duration: Micros): void;
  /** SIGSTOP, and SIGCONT after this long: loop and core do nothing. */
  pause(duration: Micros): void;
  setLink(ifname: string, up: boolean): void;
  /** Decides what a tracked script finds from now on. */
  setScript(name: string, ok: boolean): void;
  /** Whether the kernel holds an address on an interface through which packets pass. */
  holds(address: Ip): boolean;
  /** Everything the kernel holds. */
  addresses(): readonly Address[];
  /** What others on the host can do. */
  readonly kernel: VirtualKernel;
}

/** Time a tracked script takes. */
const SCRIPT_TIME: Micros = 2_000;

/** A node that is switched on, its daemon not yet started. */
export function createHost(spec: HostSpec, around: Surroundings): Host {
  const { lan } = around;
  const timeline = spec.drift === undefined
    ? around.timeline
    : driftingClock(around.timeline, spec.drift);
  const options: WorldOptions = { ...DEFAULT_OPTIONS, ...spec.options };
  /** Notifications are heard from the first dump on. */
  let told = false;
  /** Lives of the core: what one was ordered is not carried out in the next. */
  let life = 0;
  /** When the core has carried out what it was ordered so far. */
  let carriedOutAt: Micros = 0;
  const { remembers = true, latency, wake, services = [] } = spec.kernel ?? {};
  const kernel = createKernel({
    links: spec.interfaces.map(({ link }) => link),
    addresses: spec.interfaces.flatMap((each) => each.addresses),
    remembers,
    tell: (news) => {
      if (told && isFollowed(news)) dispatch(news);
      around.onChange();
    },
  });
  const scripts = new Map<string, boolean>();
  const ports = new Map(spec.interfaces.map((each) => [each.link.ifindex, portOf(each)]));
  for (const port of ports.values()) lan.attach(port);

  /** Kept by the run before. */
  let claims = spec.left ?? NO_CLAIMS;
  let powered = true;
  let world: World | undefined;
  let config = spec.config;
  /** What it speaks of, once that was asked. */
  let interest: Interest | undefined;
  let core = newCore();
  let queue: WorldEvent[] = [];
  let busy = false;
  let waking = false;
  let stalledUntil: Micros = 0;
  let cancelTimer: Cancel = () => {};

  function newCore(): ReturnType<typeof createCore> {
    return createCore({
      timeline,
      send: (ifindex, template) => {
        const port = ports.get(ifindex);
        if (port === undefined) return;
        for (const packet of packetsOf(template)) lan.send(port, packet);
      },
      report: dispatch,
      takeOver: (event) => {
        const { operations, places } = event;
        const before = busy;
        busy = true;
        dispatch(event);
        // Done by the core alone, and a deed of this node all the same.
        if (operations.length > 0) perform({ kind: "address-apply", operations });
        if (places.length > 0) perform({ kind: "announce", places: [...places] });
        busy = before;
        wakeUp();
      },
      withdraw: (addresses) =>
        order(addresses.map((address) => ({
          op: "delete",
          address: { ...address, protocol: VIRTUAL_ROUTER },
        }))),
    });
  }

  /** Of links that the configuration does not speak of the core tells nothing. */
  function isFollowed(news: KernelNews): boolean {
    if (world === undefined || news.kind === "things-shaken") return true;
    const ifindex = news.kind === "link" ? news.link.ifindex : news.address.ifindex;
    if (linkAt(world.vrrp.kernel, ifindex) !== undefined) return true;
    interest ??= interestOf(config.vrrp);
    const ifname = news.kind === "link" ? news.link.ifname : linkOf(ifindex)?.ifname;
    return (ifname !== undefined && interest.interfaces.includes(ifname)) ||
      kernel.addresses().some((each) =>
        each.ifindex === ifindex && interest?.addresses.includes(each.address)
      );
  }

  function linkOf(ifindex: number): Link | undefined {
    return kernel.links().find((each) => each.ifindex === ifindex);
  }

  function portOf({ link, segment }: HostInterface): Port {
    return {
      host: spec.name,
      segment,
      isUp: () => powered && linkIsUp(linkOf(link.ifindex)),
      accepts: (destination) => {
        if (isMulticast(destination)) {
          return core.groupsOf(link.ifindex)?.includes(destination) ?? false;
        }
        const isOwn = (each: Address) =>
          each.ifindex === link.ifindex && each.address === destination;
        return kernel.addresses().some(isOwn);
      },
      receive: (packet: LanPacket) => core.receive(link.ifindex, packet),
    };
  }

  function dispatch(event: WorldEvent): void {
    if (world === undefined) return;
    queue.push(event);
    wakeUp();
  }

  function wakeUp(): void {
    if (wake === undefined || busy) return run();
    if (waking) return;
    waking = true;
    timeline.at(timeline.now() + wake(), () => {
      waking = false;
      run();
    });
  }

  /** A turn of `daemon/loop.ts`: all events that are there, effects in order, then settled; one timer. */
  function run(): void {
    if (busy || world === undefined) return;
    if (timeline.now() < stalledUntil) return;
    busy = true;
    do {
      for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
        around.onEvent(spec.name, event, timeline.now());
        if (event.kind === "lapsed") core.knows(event.order);
        const next = event;
        move((before) => take(before, next, timeline.now()));
      }
      move(settle);
    } while (queue.length > 0);
    busy = false;
    // What is too much for one turn is settled in several.
    if (world && !isSettled(world)) timeline.at(timeline.now() + 1, run);
    arm();
  }

  function move(by: (before: World) => Update): void {
    if (world === undefined) return;
    const [next, effects] = by(world);
    world = next;
    effects.forEach(perform);
    around.onChange();
  }

  function perform(effect: WorldEffect): void {
    around.onDeed({ at: around.timeline.now(), host: spec.name, effect });
    carryOut(effect);
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
      case "prepare":
      case "withhold":
        return core.obey(effect);
      case "announce": {
        for (const { ifindex, addresses } of effect.places) {
          const port = ports.get(ifindex);
          if (port !== undefined) { for (const each of addresses) lan.announce(port, each); }
        }
        return;
      }
      case "address-apply": {
        const { operations } = effect;
        return order(operations, (errnos) => {
          dispatch({ kind: "addresses-applied", operations, errnos });
        });
      }
      case "kernel-apply": {
        const { operations } = effect;
        return ordered(
          () => kernel.applyThings(operations),
          (errnos) => dispatch({ kind: "kernel-applied", operations, errnos }),
        );
      }
      case "run-script": {
        const { name, run } = effect;
        timeline.at(timeline.now() + SCRIPT_TIME, () => {
          dispatch({ kind: "script-result", name, run, ok: scripts.get(name) ?? true });
        });
        return;
      }
      case "hook": {
        const { order, run } = effect;
        timeline.at(timeline.now() + SCRIPT_TIME, () => {
          dispatch({ kind: "hook-over", order, run });
        });
        return;
      }
      case "follow-files":
        for (const { path } of effect.files) dispatch({ kind: "file-changed", path });
        return;
      case "follow-processes":
        for (const { name } of effect.processes) {
          dispatch({ kind: "process-count", name, count: 1 });
        }
        return;
      case "ipvs-watch": // nobody else changes the table
        return;
      case "ipvs-dump":
        return dispatch({ kind: "ipvs-table", services });
      case "ipvs-apply": {
        const { operations } = effect;
        return dispatch({ kind: "ipvs-applied", operations, errnos: operations.map(() => 0) });
      }
      case "claim":
        claims = effect.claims;
        return;
      case "exit":
        return end();
      // Heard by people and programs, and by real servers, which are not simulated.
      case "log":
      case "tell":
      case "write-fifo":
      case "mail":
      case "probes":
      case "count-connections":
      case "count-ports":
      case "run-check":
      case "end-script":
      case "end-check":
        return;
      default:
        return unreachable(effect);
    }
  }

  /** The kernel thread of the core: in the order of the calls, each after a while. */
  function order(
    operations: readonly AddressOperation[],
    answer: (errnos: readonly number[]) => void = () => {},
  ): void {
    ordered(() => kernel.apply(operations), answer);
  }

  function ordered(
    apply: () => readonly number[],
    answer: (errnos: readonly number[]) => void,
  ): void {
    if (latency === undefined) return answer(apply());
    const during = life;
    carriedOutAt = Math.max(carriedOutAt, timeline.now() + latency());
    timeline.at(carriedOutAt, () => {
      if (life === during) answer(apply());
    });
  }

  /** The process ends; what it left in the kernel stays. */
  function end(): void {
    core.kill();
    kernel.forget();
    life += 1;
    told = false;
    cancelTimer();
    queue = [];
    world = undefined;
    around.onChange();
  }

  function start(): void {
    if (!powered) {
      powered = true;
      for (const { addresses } of spec.interfaces) for (const each of addresses) kernel.add(each);
    }
    core = newCore();
    world = newWorld(config, options, timeline.now());
    told = true;
    const [links, addresses] = [kernel.links(), kernel.addresses()];
    dispatch({ kind: "start", links, addresses, remembers, left: claims });
  }

  /** The core tells of what the configuration before did not speak of, as the shell lets it. */
  function followAnew(): void {
    if (world === undefined) return;
    const found = { links: kernel.links(), addresses: kernel.addresses() };
    for (const event of freshEvents(world, found)) dispatch(event);
  }

  function cutPower(): void {
    powered = false;
    kernel.clear();
    end();
  }

  function crash(): void {
    const left = core.bequeath();
    end();
    kernel.apply(left.map((address) => ({ op: "delete", address })));
    around.onChange();
  }

  function pause(duration: Micros): void {
    if (world === undefined) return;
    const paused = core;
    paused.freeze();
    stalledUntil = timeline.now() + duration;
    timeline.at(stalledUntil, () => {
      if (core !== paused) return;
      // The loop asks for what has arrived before it takes a late deadline.
      stalledUntil = timeline.now() + 1;
      paused.thaw();
      stalledUntil = 0;
      run();
      arm();
    });
  }

  function stall(duration: Micros): void {
    stalledUntil = timeline.now() + duration;
    timeline.at(stalledUntil, () => {
      run();
      arm();
    });
  }

  function setLink(ifname: string, up: boolean): void {
    for (const link of kernel.links()) {
      if (link.ifname === ifname) kernel.setLink({ ...link, running: up });
    }
  }

  return {
    name: spec.name,
    world: () => world,
    start,
    stop: () => dispatch({ kind: "shutdown" }),
    reload: (next) => {
      config = next;
      interest = undefined;
      followAnew();
      dispatch({ kind: "reload", config: next });
    },
    kill: end,
    crash,
    cutPower,
    stall,
    pause,
    setLink,
    setScript: (name, ok) => void scripts.set(name, ok),
    holds: (address) =>
      powered &&
      kernel.addresses().some((each) => each.address === address && linkIsUp(linkOf(each.ifindex))),
    addresses: () => kernel.addresses(),
    kernel,
  };
}
