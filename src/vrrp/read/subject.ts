/** What the readers of an instance pass around. */

import type { Bound, Phrase } from "../../language/mod.ts";
import type { GlobalDefs } from "../../global/config.ts";
import type { Declared } from "../../track/read.ts";
import type { Numbers } from "../../route/numbers.ts";
import type { WrittenRule } from "../../route/written.ts";
import type { VRRP_INSTANCE } from "./keywords.ts";

/** Rows of an instance, bound. */
export type BoundInstance = Bound<typeof VRRP_INSTANCE>;

/** What an instance refers to. */
export interface InstanceContext {
  readonly global: GlobalDefs;
  /** What can be tracked by name. */
  readonly declared: Declared;
  /** Interfaces that exist; absent: not known here. */
  readonly interfaces?: ReadonlySet<string>;
  readonly routes: RouteContext;
  readonly secretFile: SecretFile;
}

/** What a file that holds a key has, by its path as written, or why nothing is to be had of it. */
export type SecretFile = (path: string) => Uint8Array | string;

/** What routes and rules as written need to become those of the kernel. */
export interface RouteContext {
  readonly number: Numbers;
  /** Of the rules that name none. */
  readonly priorities: ReadonlyMap<WrittenRule, number>;
}

/** The block's own line, and what to say of it. */
export interface Subject {
  readonly name: string;
  readonly bound: BoundInstance;
  readonly self: Phrase;
  readonly context: InstanceContext;
  readonly strict: boolean;
}
