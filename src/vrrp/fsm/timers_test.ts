import assert from "node:assert/strict";
import { MILLISECOND, SECOND } from "../../net/mod.ts";
import { masterDownInterval, skewTime } from "./timers.ts";

const TABLE = [
  { version: 2, priority: 100, interval: SECOND, adverts: 3, skew: 609_375, down: 3_609_375 },
  { version: 2, priority: 97, interval: SECOND, adverts: 3, skew: 621_094, down: 3_621_094 },
  { version: 2, priority: 50, interval: SECOND, adverts: 3, skew: 804_688, down: 3_804_688 },
  { version: 2, priority: 255, interval: 5 * SECOND, adverts: 3, skew: 3_906, down: 15_003_906 },
  { version: 3, priority: 100, interval: SECOND, adverts: 3, skew: 609_375, down: 3_609_375 },
  {
    version: 3,
    priority: 100,
    interval: 100 * MILLISECOND,
    adverts: 3,
    skew: 60_938,
    down: 360_938,
  },
  {
    version: 3,
    priority: 1,
    interval: 40_950 * MILLISECOND,
    adverts: 1,
    skew: 40_790_039,
    down: 81_740_039,
  },
] as const;

for (const { adverts, skew, down, ...parameters } of TABLE) {
  const { version, priority, interval } = parameters;
  Deno.test(`skewTime() v${version}, priority ${priority}, every ${interval} µs, is ${skew} µs (RFC 9568 §6.1)`, () => {
    assert.equal(skewTime(parameters), skew);
    assert.equal(masterDownInterval({ ...parameters, downTimerAdverts: adverts }), down);
  });
}
