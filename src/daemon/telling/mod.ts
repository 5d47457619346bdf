/**
 * Telling others than people who read the log: FIFOs and mails, of which the world decides the words.
 */

export * from "./fifos.ts";
export * from "./mails.ts";
