import assert from "node:assert/strict";
import { calendarText, epochText, isoText } from "./wall_time.ts";

// The first as keepalived 2.2.7 wrote it; the others by `date -u -d @N`.
const ROWS: readonly (readonly [number, number, string, string])[] = [
  [1795217177524548, 0, "1795217177.524548", "Fri Nov 20 23:26:17.524548 2026"],
  [1795217177524548, 3600, "1795217177.524548", "Sat Nov 21 00:26:17.524548 2026"],
  [0, 0, "0.000000", "Thu Jan 01 00:00:00.000000 1970"],
  [951782400_000001, 0, "951782400.000001", "Tue Feb 29 00:00:00.000001 2000"],
  [4107542399_999999, 0, "4107542399.999999", "Sun Feb 28 23:59:59.999999 2100"],
  [4107542400_000000, 0, "4107542400.000000", "Mon Mar 01 00:00:00.000000 2100"],
];

for (const [wall, offset, epoch, calendar] of ROWS) {
  Deno.test(`calendarText() ${epoch} at ${offset} s from UTC, is ${calendar}`, () => {
    assert.equal(epochText(wall), epoch);
    assert.equal(calendarText(wall, offset), calendar);
  });
  Deno.test(`isoText() ${epoch}, is what the runtime makes of it`, () => {
    assert.equal(isoText(wall), new Date(Math.floor(wall / 1000)).toISOString());
  });
}
