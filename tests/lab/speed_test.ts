import assert from "node:assert/strict";
import { measureSpeed, slowness } from "./speed.ts";
import { until } from "./until.ts";

Deno.test("measureSpeed() of any machine, is from 1 to 40 and kept for a while", async () => {
  const found = await measureSpeed();
  assert.ok(found >= 1 && found <= 40, `${found}`);
  assert.equal(await measureSpeed(), found, "is not measured again at once");
  assert.equal(slowness(), found);
});

Deno.test("until() what never is, is given up with what was waited for", async () => {
  const waited = until("the moon is green", () => false, {
    limit: 50,
    explain: () => "it is grey",
  });
  await assert.rejects(
    waited,
    /^Error: Waited \d+\.\d s in vain.*: the moon is green\nit is grey$/,
  );
});

Deno.test("until() what becomes so, gives what the probe gave", async () => {
  let looks = 0;
  assert.equal(await until("the third look", () => ++looks === 3 && looks), 3);
});
