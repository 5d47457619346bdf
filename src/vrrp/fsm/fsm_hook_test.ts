import assert from "node:assert/strict";
import { SECOND } from "../../net/mod.ts";
import type { Hooks } from "../config.ts";
import { instanceConfig } from "../fixtures.ts";
import type { Action } from "./action.ts";
import { instanceDeadline, type InstanceEvent, step } from "./fsm.ts";
import { type Health, type Heard, type Instance, newInstance } from "./state.ts";

const NOW = 100 * SECOND;

const HEALTH: Health = {
  ready: true,
  causes: [],
  priority: 100,
  weights: [],
  ifindex: 2,
  source: "10.0.0.2",
};

const HOOKS: Hooks = {
  preMaster: { argv: ["/bin/before-master"] },
  preBackup: { argv: ["/bin/before-backup"] },
  timeout: 5 * SECOND,
};

/** A backup whose watch has the number 1, or a member of a group. */
function backup(hooks: Partial<Hooks> | undefined, group?: string): Instance {
  const config = instanceConfig(
    hooks === undefined ? {} : { hooks: { timeout: 5 * SECOND, ...hooks } },
  );
  const fresh = newInstance(config, { order: 1, group, headStart: false, since: 0 });
  return step({ ...fresh, health: HEALTH }, { kind: "health", health: HEALTH }, 0)[0];
}

function after(
  self: Instance,
  ...events: readonly InstanceEvent[]
): readonly [Instance, readonly Action[]] {
  return events.reduce<readonly [Instance, readonly Action[]]>(
    ([so], event) => step(so, event, NOW),
    [self, []],
  );
}

const expired = ({ seq }: Instance): InstanceEvent => ({ kind: "expired", seq });
const over = (run: number): InstanceEvent => ({ kind: "hook-over", run });

function advert(priority: number): InstanceEvent {
  const heard: Heard = {
    source: "10.0.0.3",
    destination: "224.0.0.18",
    ttl: 255,
    bytes: Uint8Array.of(priority),
    priority,
    interval: SECOND,
    foreign: false,
  };
  const { version, virtualRouterId: vrid } = instanceConfig();
  const fields = { version, vrid, priority, interval: SECOND, addresses: ["172.16.1.99"] };
  return { kind: "advert", advert: fields, heard };
}

const kinds = (actions: readonly Action[]) => actions.map(({ kind }) => kind);

/** A master. */
function master(hooks: Partial<Hooks>): Instance {
  const self = backup({ preBackup: hooks.preBackup ?? { argv: ["/bin/true"] } });
  const [next] = after(self, expired(self));
  assert.equal(next.state.kind, "master");
  return next;
}

Deno.test("step() hook_pre_master, expired, runs it first and is master when it has ended", () => {
  const self = backup(HOOKS);
  const [waiting, actions] = after(self, expired(self));
  assert.deepEqual(actions, [{
    kind: "hook",
    run: 1,
    hook: "pre-master",
    command: HOOKS.preMaster,
    timeout: HOOKS.timeout,
  }]);
  assert.equal(waiting.state.kind, "backup");
  assert.equal(instanceDeadline(waiting), NOW + HOOKS.timeout);
  assert.deepEqual(after(waiting, over(7))[0], waiting, "another command ends nothing");
  const [next, more] = after(waiting, over(1));
  assert.equal(next.state.kind, "master");
  assert.deepEqual(kinds(more), ["transmit", "news", "reconcile", "announce", "watch"]);
});

Deno.test("step() hook_pre_master that takes too long, is master at its limit", () => {
  const self = backup(HOOKS);
  const [waiting] = after(self, expired(self));
  const [early] = step(waiting, { kind: "deadline" }, NOW + HOOKS.timeout - 1);
  assert.equal(early, waiting);
  const [next] = step(waiting, { kind: "deadline" }, NOW + HOOKS.timeout);
  assert.equal(next.state.kind, "master");
  assert.deepEqual(step(next, over(1), NOW + HOOKS.timeout)[0], next, "its end is stale");
});

Deno.test("step() hook_pre_master while a master is heard, waits for it no more, and runs it anew", () => {
  const self = backup(HOOKS);
  const [heard] = after(self, expired(self), advert(150));
  assert.equal(heard.state.kind === "backup" && heard.state.hook, undefined);
  assert.deepEqual(after(heard, over(1))[0], heard);
  const [, actions] = after(heard, expired(heard));
  assert.deepEqual(actions.map((each) => each.kind === "hook" && each.run), [2]);
});

Deno.test("step() hook_pre_master of a member, is willing, and mastership waits for its end", () => {
  const self = backup(HOOKS, "VG1");
  const [held] = after(self, expired(self));
  assert.deepEqual(after(held, { kind: "promote" })[0], held);
  const [ready, actions] = after(held, over(1));
  assert.deepEqual([ready.state.kind, actions], ["backup", []]);
  assert.equal(after(ready, { kind: "promote" })[0].state.kind, "master");
});

Deno.test("step() hook_pre_master of an owner, runs it before it is master", () => {
  const config = instanceConfig({ hooks: HOOKS, priority: 255, wantState: "master" });
  const fresh = newInstance(config, { order: 1, group: undefined, headStart: false, since: 0 });
  const health = { ...HEALTH, priority: 255 };
  const [begun, actions] = step(fresh, { kind: "health", health }, NOW);
  assert.equal(begun.state.kind, "backup");
  assert(actions.some((each) => each.kind === "watch" && each.timeout === 1));
  assert.deepEqual(kinds(after(begun, expired(begun))[1]), ["hook"]);
});

Deno.test("step() hook_pre_backup, beaten, ends its adverts at once, its addresses when it has ended", () => {
  const self = master(HOOKS);
  const [leaving, actions] = after(self, advert(150));
  assert.deepEqual(kinds(actions), ["advert", "cease", "hook"]);
  assert.equal(leaving.state.kind, "master");
  assert.deepEqual(after(leaving, advert(150))[1], [], "it has been beaten already");
  assert.deepEqual(after(leaving, { kind: "audible" })[1], []);
  const [next, more] = after(leaving, over(1));
  assert.equal(next.state.kind, "backup");
  assert.deepEqual(kinds(more), ["cease", "news", "reconcile", "watch"]);
  const [news] = more.flatMap((each) => each.kind === "news" ? [each.news] : []);
  assert.deepEqual(news?.kind === "instance" && news.cause, {
    kind: "stronger-master",
    peer: "10.0.0.3",
    priority: 150,
  });
});

Deno.test("step() fault or stop while a hook is waited for, waits for nothing", () => {
  const down = { kind: "interface-missing", ifname: "eth0" } as const;
  const health = { ...HEALTH, causes: [down] };
  const [leaving] = after(master(HOOKS), advert(150));
  const [fault, actions] = after(leaving, { kind: "health", health });
  assert.equal(fault.state.kind, "fault");
  assert(actions.some((each) => each.kind === "cease" && !each.farewell));
  const self = backup(HOOKS);
  const [waiting] = after(self, expired(self));
  assert.equal(after(waiting, { kind: "shutdown" })[0].state.kind, "init");
});

Deno.test("step() without hooks, is master and backup at once", () => {
  const self = backup(undefined);
  const [next] = after(self, expired(self));
  assert.equal(next.state.kind, "master");
  assert.equal(after(next, advert(150))[0].state.kind, "backup");
});
