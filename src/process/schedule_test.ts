import assert from "node:assert/strict";
import { readReloadTime } from "./schedule.ts";

const NOW = Date.UTC(2026, 10, 27, 10, 0, 0);

/** First line of the file, minutes ahead of UTC, what is meant. */
const TIMES: readonly (readonly [string, number, string | undefined])[] = [
  ["10:00:01Z", 0, "daily 2026-11-27T10:00:01.000Z"],
  ["10:00:00Z", 0, "daily 2026-11-28T10:00:00.000Z"],
  ["09:59:59Z", 60, "daily 2026-11-28T09:59:59.000Z"],
  ["12:00:00", 60, "daily 2026-11-27T11:00:00.000Z"],
  ["00:30:00", 840, "daily 2026-11-27T10:30:00.000Z"],
  ["2026-12-01 00:00:00Z\nmore", 0, "moment 2026-12-01T00:00:00.000Z"],
  ["26-12-01 00:00:00", 60, "moment 2026-11-30T23:00:00.000Z"],
  ["2028-02-29 12:00:00Z", 0, "moment 2028-02-29T12:00:00.000Z"],
  ["2000-01-01 00:00:00Z", 0, "moment 2000-01-01T00:00:00.000Z"],
  ["2027-02-29 12:00:00Z", 0, undefined],
  ["2026-13-01 12:00:00Z", 0, undefined],
  ["24:00:00", 0, undefined],
  [" 10:00:00", 0, undefined],
  ["10:00:00 ", 0, undefined],
  ["2026-12-01  10:00:00", 0, undefined],
  ["", 0, undefined],
];

for (const [text, localOffset, meant] of TIMES) {
  Deno.test(`readReloadTime() of ${JSON.stringify(text)} ${localOffset} min ahead, ${meant ?? "no time"}`, () => {
    const found = readReloadTime(text, { now: NOW, localOffset });
    assert.equal(found && `${found.kind} ${new Date(found.at).toISOString()}`, meant);
  });
}
