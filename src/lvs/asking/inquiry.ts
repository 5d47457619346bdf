/** Inquiries, and the checkers that wait for their answers. */

import type { Checker } from "../../check/checker/checker.ts";
import type { Want } from "./want.ts";

/** Where a real server stands. */
export interface Position {
  /** Index of its virtual server. */
  readonly virtualServer: number;
  /** Index of it there. */
  readonly realServer: number;
}

/** A checker and whom it judges. */
export interface CheckerSlot {
  readonly checker: Checker;
  /** Number of the inquiry it hears; absent: it asks nobody (`FILE_CHECK`). */
  readonly order?: number;
  /** The servers it judges, at least one. */
  readonly users: readonly Position[];
}

/** What is asked, under the order number that is its place. */
export interface Inquiry {
  /** Of the order that is out; an answer with another is stale. 0: none is out. */
  readonly seq: number;
  /** Numbers of the checkers that hear the answers, at least one. Their probes are the same. */
  readonly members: readonly number[];
  /** Addresses of which this host must have one, as {@linkcode waitsFor} says. */
  readonly waitsFor: string;
  /** Of several members: what is out, and what each of them wants. */
  readonly shared?: Shared;
}

/** How an inquiry serves several. */
export interface Shared {
  readonly out: Want;
  /** In the order of the members. */
  readonly wants: readonly Want[];
}
