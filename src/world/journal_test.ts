import assert from "node:assert/strict";
import type { JournalEntry } from "../notify/mod.ts";
import { journalEntries, NO_JOURNAL, recorded } from "./journal.ts";

const ENTRY: JournalEntry = {
  at: 0,
  instance: "VI_1",
  from: "backup",
  to: "master",
  cause: { kind: "start" },
};

Deno.test("recorded() more than is kept, keeps the last 500 at least and not many more", () => {
  let journal = NO_JOURNAL;
  for (let at = 0; at < 5_000; at++) {
    journal = recorded(journal, { ...ENTRY, at });
    const entries = journalEntries(journal);
    assert.equal(entries.length, journal.length);
    assert.ok(entries.length >= Math.min(at + 1, 500) && entries.length <= 1_000);
    assert.equal(entries.at(-1)?.at, at);
    assert.equal(entries[0]?.at, at + 1 - entries.length);
  }
});
