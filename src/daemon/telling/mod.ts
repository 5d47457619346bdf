/**
 * Telling others than people who read the log: FIFOs and mails, of which the world decides the words, and other daemons of this host.
 */

export * from "./fifos.ts";
export * from "./locals.ts";
export * from "./mails.ts";
