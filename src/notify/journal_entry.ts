/** News as entries of the journal. */

import type { Micros } from "../net/mod.ts";
import type { InstanceNews, News } from "./news.ts";

/** One change of state of one instance. */
export interface JournalEntry extends Pick<InstanceNews, "from" | "to" | "cause"> {
  readonly at: Micros;
  readonly instance: string;
}

/** The entry; absent for what changes no instance. */
export function journalEntry(news: News, at: Micros): JournalEntry | undefined {
  if (news.kind !== "instance") return undefined;
  const { name: instance, from, to, cause } = news;
  return { at, instance, from, to, cause };
}
