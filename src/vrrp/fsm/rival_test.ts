import assert from "node:assert/strict";
import { SECOND } from "../../net/mod.ts";
import { meet, parted } from "./rival.ts";
import type { MasterState } from "./state.ts";

const MASTER: MasterState = {
  kind: "master",
  burst: undefined,
  refreshAt: undefined,
  conflicts: 0,
};
const PEER = { peer: "10.0.0.2", by: "adverts", interval: SECOND } as const;

Deno.test("meet(), one advert that crosses is no split brain, one more after an interval is", () => {
  const once = meet(MASTER, PEER, 0);
  assert.equal(once.rival?.told, false);
  assert.equal(meet(once, PEER, SECOND / 2).rival?.told, false);
  const again = meet(once, PEER, SECOND);
  assert.equal(again.rival?.told, true);
  assert.equal(again.rival?.since, 0);
  assert.equal(meet(again, { ...PEER, peer: "10.0.0.3" }, SECOND).rival?.peer, "10.0.0.2");
});

Deno.test("parted(), four intervals without an advert, it is over", () => {
  const met = meet(MASTER, PEER, 0);
  assert.equal(parted(met, 4 * SECOND - 1), met);
  assert.deepEqual(parted(met, 4 * SECOND), MASTER);
  const announced = meet(MASTER, { ...PEER, by: "announcements" }, 0);
  assert.equal(parted(announced, 59 * SECOND), announced);
  assert.deepEqual(parted(announced, 60 * SECOND), MASTER);
  const heard = meet(announced, PEER, SECOND);
  assert.equal(heard.rival?.by, "adverts");
  assert.deepEqual(parted(heard, 5 * SECOND), MASTER, "what is heard by adverts is gone with them");
});
