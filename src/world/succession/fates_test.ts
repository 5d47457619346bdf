/**
 * What becomes of everything that is known when another run goes on. Each field of the state has its fate here: a new one does not compile
 * until it has. What is kept is the same over any restart.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Checker } from "../../check/checker/checker.ts";
import type { RealServer, VirtualServer } from "../../lvs/servers/virtual_server.ts";
import { MILLISECOND } from "../../net/mod.ts";
import { sortedValues } from "../../persistent/mod.ts";
import type { TrackedProcess } from "../../track/process.ts";
import type { TrackedScript } from "../../track/script.ts";
import type { TrackPart } from "../../track/part.ts";
import type { BackupState, Instance, MasterState } from "../../vrrp/fsm/state.ts";
import { heldRouters, type VrrpPart } from "../../vrrp/mod.ts";
import { DEFAULT_OPTIONS, newWorld, update, type World } from "../mod.ts";
import { worldConfig } from "../fixtures.ts";
import { anEvent, CONFIGS, GOOD, inForce, START } from "../takeover/fixture.ts";
import { savedOf } from "./keep.ts";
import { parseSuccession, successionText } from "./saved_text.ts";

/** What becomes of a field. */
type Fate =
  /** In the state file. */
  | "kept"
  /** Of what is kept, or of the configuration. */
  | "derived"
  /** The kernel, the guardian or the claims file tell it. */
  | "found"
  /** It begins anew, and nobody outside notices. */
  | "begins"
  /** It begins anew, and may be noticed: why that is borne stands beside it. */
  | "lost";

type Fates<T> = { readonly [K in keyof T]-?: Fate };

const WORLD: Fates<World> = {
  options: "derived",
  phase: "begins",
  vrrp: "kept",
  notify: "derived",
  track: "kept",
  lvs: "kept",
  addresses: "found",
  things: "found",
  services: "found",
  claims: "found",
  leased: "begins",
  renewAt: "begins",
  // The guardian withdraws what was being handed over, also after its daemon.
  handovers: "begins",
  takeovers: "begins",
  unsettled: "begins",
  dropped: "begins",
  talk: "begins",
  // Causes of the past are in the log.
  journal: "lost",
};

const PART: Fates<VrrpPart> = {
  config: "derived",
  phase: "begins",
  awaited: "begins",
  takesPartAt: "begins",
  instances: "kept",
  groups: "kept",
  trackers: "kept",
  deadlines: "derived",
  kernel: "found",
  directory: "derived",
  byOrder: "derived",
  nextOrder: "begins",
  listening: "begins",
  socketFailures: "begins",
  resting: "begins",
  lost: "begins",
  coreCounts: "begins",
};

const INSTANCE: Fates<Instance> = {
  config: "derived",
  order: "begins",
  group: "derived",
  headStart: "begins",
  health: "found",
  state: "kept",
  fresh: "begins",
  yielded: "kept",
  seq: "begins",
  lastHook: "begins",
  // Each kind of message may be said once more.
  said: "lost",
  statistics: "kept",
  forms: "kept",
  since: "kept",
};

const BACKUP: Fates<BackupState> = {
  kind: "kept",
  seq: "begins",
  activeAdverInterval: "kept",
  // Heard again within an interval.
  heard: "begins",
  // A weaker master stays for another preempt_delay.
  preemptAt: "lost",
  willing: "begins",
  // A command that was waited for is started anew.
  hook: "lost",
  hint: "begins",
};

const MASTER: Fates<MasterState> = {
  kind: "kept",
  // Who heard the first burst needs no second.
  burst: "begins",
  refreshAt: "begins",
  extraAt: "begins",
  // Whom it followed is a backup by then.
  handoverUntil: "lost",
  conflicts: "begins",
  // Found again, and told again, when it goes on.
  rival: "lost",
  leaving: "lost",
};

const TRACK: Fates<TrackPart> = {
  states: "kept",
  declared: "derived",
  scripts: "kept",
  files: "derived",
  processes: "kept",
  // What is so is believed at once.
  debounced: "lost",
  deadlines: "derived",
  lastRun: "begins",
};

const SCRIPT: Fates<TrackedScript> = {
  config: "derived",
  status: "kept",
  against: "kept",
  run: "begins",
  dueAt: "begins",
  notBegun: "begins",
};

const PROCESS: Fates<TrackedProcess> = {
  config: "derived",
  count: "found",
  status: "kept",
  movesAt: "begins",
  grew: "begins",
};

const VIRTUAL_SERVER: Fates<VirtualServer> = {
  config: "derived",
  label: "derived",
  servers: "kept",
  liveWeight: "derived",
  quorate: "kept",
  // A server that a reload took away goes with its connections.
  leaving: "lost",
};

const REAL_SERVER: Fates<RealServer> = {
  config: "derived",
  label: "derived",
  checkers: "kept",
  alive: "derived",
  weight: "derived",
  // It has its whole weight at once.
  climb: "lost",
};

const CHECKER: Fates<Checker> = {
  config: "derived",
  phase: "kept",
  weight: "kept",
  added: "kept",
  inconclusive: "begins",
  remark: "begins",
};

const LIFE = { boot: "b", namespace: "4:1" };

function kept<T>(fates: Fates<T>): readonly (keyof T)[] {
  return (Object.keys(fates) as (keyof T)[]).filter((name) => fates[name] === "kept");
}

Deno.test("savedOf(), of any world that another run goes on with, is what was kept", () => {
  const masters = { seen: 0 };
  fc.assert(
    fc.property(
      fc.constantFrom(...CONFIGS),
      // Addresses in the order in which they came are the kernel's to tell.
      fc.array(
        fc.tuple(
          fc.integer({ min: 0, max: 4_000 }),
          anEvent().filter(({ kind }) => kind !== "address"),
        ),
        { maxLength: 25 },
      ),
      (config, steps) => {
        let [world, now, configured] = [newWorld(config, DEFAULT_OPTIONS, 0), 0, config];
        for (const [wait, drawn] of [[0, START], [0, GOOD], ...steps] as const) {
          now += wait * MILLISECOND;
          const event = inForce(world, drawn);
          if (event.kind === "reload") configured = event.config;
          [world] = update(world, event, now);
        }
        const saved = savedOf(world);
        const parsed = parseSuccession(successionText({ saved, crashes: [] }, LIFE), LIFE);
        assert.ok(typeof parsed === "object", `${parsed}`);
        assert.deepEqual(parsed.saved, saved);
        const { kernel } = world.vrrp;
        const held = heldRouters(world.vrrp);
        masters.seen += held.length;
        const [heir] = update(newWorld(configured, DEFAULT_OPTIONS, now), {
          kind: "start",
          links: sortedValues(kernel.byIndex),
          addresses: sortedValues(world.addresses.actual),
          guarded: true,
          before: { saved: parsed.saved, held },
        }, now);
        assertKept(world, heir);
      },
    ),
    { numRuns: 100 },
  );
  assert.ok(masters.seen > 20, `${masters.seen} masters`);
});

/** All that is kept is the same; what can change at once, because the kernel says so, is left out. */
function assertKept(before: World, after: World): void {
  for (const self of before.vrrp.instances) {
    const heir = after.vrrp.instances.find(({ config }) => config.name === self.config.name);
    assert.ok(heir);
    // Nothing to be kept: it had not begun, or its first scripts had not.
    if (self.state.kind === "init") continue;
    assert.equal(heir.state.kind, self.state.kind, self.config.name);
    for (const name of kept(INSTANCE)) {
      if (name !== "state") assert.deepEqual(heir[name], self[name], name);
    }
    if (self.state.kind === "backup" && heir.state.kind === "backup") {
      for (const name of kept(BACKUP)) assert.deepEqual(heir.state[name], self.state[name], name);
    }
  }
  assert.deepEqual(savedOf(after).trackers, savedOf(before).trackers);
  assert.deepEqual(savedOf(after).servers, savedOf(before).servers);
}

Deno.test("savedOf(), forms of checksums that peers use, are kept: a master hears nothing of its backups", () => {
  const [config = worldConfig()] = CONFIGS.slice(1);
  const [started] = update(newWorld(config, DEFAULT_OPTIONS, 0), START, 0);
  const forms = new Map(
    [
      ["172.16.1.9", { kind: "plain" }],
      ["172.16.1.8", { kind: "pseudo-to", destination: "224.0.0.18" }],
    ] as const,
  );
  const instances = started.vrrp.instances.map((each) => ({ ...each, forms }));
  const saved = savedOf({ ...started, vrrp: { ...started.vrrp, instances } });
  const parsed = parseSuccession(successionText({ saved, crashes: [] }, LIFE), LIFE);
  assert.ok(typeof parsed === "object", `${parsed}`);
  const before = { saved: parsed.saved, held: [] };
  const [heir] = update(newWorld(config, DEFAULT_OPTIONS, 0), { ...START, before }, 0);
  const known = heir.vrrp.instances.filter(({ state }) => state.kind === "backup");
  assert.ok(known.length > 0);
  for (const each of known) assert.deepEqual(each.forms, forms);
});

Deno.test("fates, what is kept of each kind, stands in the state file", () => {
  assert.deepEqual(
    [
      WORLD,
      PART,
      INSTANCE,
      BACKUP,
      MASTER,
      TRACK,
      SCRIPT,
      PROCESS,
      VIRTUAL_SERVER,
      REAL_SERVER,
      CHECKER,
    ]
      .map((fates) => kept(fates as Fates<Record<string, unknown>>).length),
    [3, 3, 5, 2, 1, 3, 2, 1, 2, 1, 3],
  );
});
