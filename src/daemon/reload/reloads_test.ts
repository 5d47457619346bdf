import assert from "node:assert/strict";
import type { LoadedConfig } from "../reading/load_config.ts";
import { openReloads, type ReloadOutcome, type Reloads, type ReloadWish } from "./reloads.ts";

/** A daemon whose configurations are numbers. */
interface Daemon {
  readonly reloads: Reloads;
  readonly log: string[];
  /** What was in force, one after another. */
  readonly history: number[];
  /** What the file says. */
  file: number;
  /** What a reload answers. */
  outcome: ReloadOutcome;
  /** Resolved with the next configuration that is put back. */
  restored: PromiseWithResolvers<number>;
}

function daemon(): Daemon {
  const configOf = (number: number) => ({ number }) as unknown as LoadedConfig;
  const numberOf = (config: LoadedConfig) => Reflect.get(config, "number") as number;
  let inForce = 1;
  const log: string[] = [];
  const history = [1];
  const reloads = openReloads({
    run: (_wish: ReloadWish) => {
      if (it.outcome.kind === "done") {
        inForce = it.file;
        history.push(inForce);
      }
      return Promise.resolve(it.outcome);
    },
    restore: (config) => {
      inForce = numberOf(config);
      history.push(inForce);
      it.restored.resolve(inForce);
      it.restored = Promise.withResolvers();
      return Promise.resolve();
    },
    inForce: () => configOf(inForce),
    file: "/x.conf",
    log: ({ text }) => void log.push(text),
    failed: (error) => void log.push(`failed ${error}`),
  });
  const it: Daemon = {
    reloads,
    log,
    history,
    file: 2,
    outcome: { kind: "done" },
    restored: Promise.withResolvers(),
  };
  return it;
}

Deno.test("openReloads() not confirmed, what was before comes back by itself and the log says that the file does not", async () => {
  const it = daemon();
  using reloads = it.reloads;
  const restored = it.restored.promise;
  const outcome = await reloads.ask({ confirm: 1 });
  assert.ok(outcome.kind === "done" && outcome.rollsBackAt === reloads.rollsBackAt());
  assert.equal(await restored, 1);
  assert.deepEqual(it.history, [1, 2, 1]);
  assert.match(
    it.log.join("\n"),
    /Nobody has confirmed .* within 1 s: rolls back .*\/x\.conf is as it was written/,
  );
  assert.equal(reloads.rollsBackAt(), undefined);
  assert.equal(reloads.confirm(), false);
});

Deno.test("openReloads() confirmed, it stays and cannot be rolled back", async () => {
  const it = daemon();
  using reloads = it.reloads;
  await reloads.ask({ confirm: 86_400 });
  assert.equal(reloads.confirm(), true);
  assert.equal(await reloads.rollBack(), false);
  assert.deepEqual(it.history, [1, 2]);
});

Deno.test("openReloads() while one waits, others are refused but those that wait too, and all are rolled back together", async () => {
  const it = daemon();
  using reloads = it.reloads;
  await reloads.ask({ confirm: 86_400 });
  it.file = 3;
  const refused = await reloads.ask({ force: true });
  assert.ok(
    refused.kind === "refused" && /waits until .* to be confirmed/.test(refused.why[0] ?? ""),
  );
  reloads.request();
  assert.equal((await reloads.ask({ confirm: 86_400 })).kind, "done");
  assert.ok(it.log.some((text) => /^Cannot reload: a reload waits until/.test(text)));
  assert.equal(await reloads.rollBack(), true);
  assert.deepEqual(it.history, [1, 2, 3, 1]);
});

Deno.test("openReloads() a refused reload that was to be confirmed, waits for nothing", async () => {
  const it = daemon();
  using reloads = it.reloads;
  it.outcome = { kind: "refused", why: ["no"] };
  assert.deepEqual(await reloads.ask({ confirm: 60 }), it.outcome);
  assert.equal(reloads.rollsBackAt(), undefined);
  assert.equal(await reloads.rollBack(), false);
  assert.deepEqual(reloads.refused(), ["no"]);
  it.outcome = { kind: "done" };
  await reloads.ask({});
  assert.equal(reloads.refused(), undefined);
});

Deno.test("openReloads() many signals at once, are one reload", async () => {
  const it = daemon();
  using reloads = it.reloads;
  for (let count = 0; count < 9; count += 1) reloads.request();
  await reloads.ask({});
  assert.deepEqual(it.history, [1, 2, 2]);
});
