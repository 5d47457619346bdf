/**
 * What happened, said once: news with their causes, as data, and their faces as functions of them: lines of the log, calls of notify
 * scripts, lines of FIFOs, mails. Parts say news and know no face; a new face is one file here and its use by the world.
 */

export * from "./cause.ts";
export * from "./config.ts";
export * from "./fault.ts";
export * from "./fifo.ts";
export * from "./journal_entry.ts";
export * from "./log.ts";
export * from "./mail.ts";
export * from "./news.ts";
export * from "./remark.ts";
export * from "./scripts.ts";
export * from "./server_log.ts";
export * from "./server_news.ts";
export * from "./state_word.ts";
