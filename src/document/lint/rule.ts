/** What a lint rule is, what it may look at, and how it points at words. */

import type { LintRuleName, Phrase, RuleName } from "../../language/mod.ts";
import type { Severity } from "../../language/mod.ts";
import { type Place, placeAt, widthBetween } from "../../language/findings/place.ts";
import type { Word } from "../../language/source/words.ts";
import { type Ip, ipBytes } from "../../net/ip.ts";
import type { BoundConfig } from "../config.ts";
import type { Damage } from "../consequences/damage.ts";
import type { InstanceView } from "./instance.ts";

/** An address this host has. */
export interface HostAddress {
  readonly interface: string;
  readonly address: Ip;
  readonly prefixLength: number;
}

/** What a program name of the configuration leads to on the host. */
export type ScriptFact =
  | { readonly kind: "missing" }
  | {
    readonly kind: "found";
    /** Links resolved. */
    readonly path: string;
    readonly executable: boolean;
    /** The program or a folder on its path that others than root can write. */
    readonly writable?: string;
  };

/** By the first word of a command. A program that is not in it is not judged. */
export type ScriptFacts = ReadonlyMap<string, ScriptFact>;

/** The configuration of another node of the same cluster. */
export interface PeerConfig extends BoundConfig {
  /** Its file, for messages. */
  readonly path: string;
}

/** What a rule may look at. */
export interface LintInput extends BoundConfig {
  readonly peers: readonly PeerConfig[];
  /** Addresses of the host it is for; absent: not known. */
  readonly addresses?: readonly HostAddress[];
  /** Absent: not known. */
  readonly scripts?: ScriptFacts;
}

/** A file with what rules ask of it more than once. */
export interface FileView extends BoundConfig {
  readonly instances: readonly InstanceView[];
  readonly damage: Damage;
}

/** {@linkcode LintInput}, looked through. */
export interface LintSubject extends Omit<LintInput, "peers">, FileView {
  readonly peers: readonly (FileView & PeerConfig)[];
}

/** Marked text. */
export interface Mark {
  readonly place: Place;
  /** UTF-16 units. */
  readonly length: number;
}

/** What a rule found. */
export interface Found {
  readonly at: Mark;
  /** `info`: worth knowing; `warning`: does not do what was meant. */
  readonly severity: Exclude<Severity, "error">;
  /** As in `Diagnostic`. */
  readonly message: string;
  readonly hint?: string;
}

/** One rule. */
export interface LintRule {
  readonly name: LintRuleName;
  /** Findings of the language about the same words that this one takes the place of. */
  readonly replaces?: readonly RuleName[];
  readonly find: (input: LintSubject) => readonly Found[];
}

/** Addresses of the host that are not virtual ones of the file, which the daemon may have put there; absent: not known. */
export function ownAddresses({ addresses, instances }: LintSubject): LintInput["addresses"] {
  const virtual = new Set(
    instances.flatMap((self) => [...self.addresses, ...self.excluded])
      .map(({ value }) => value.address),
  );
  return addresses?.filter(({ address }) => !virtual.has(address));
}

/** Whether `address` is in the network of `own`; both of one family. */
export function contains(own: Ip, prefixLength: number, address: Ip): boolean {
  const left = ipBytes(own);
  const right = ipBytes(address);
  return left.every((byte, index) => {
    const bits = Math.max(0, Math.min(8, prefixLength - 8 * index));
    const mask = (0xff << (8 - bits)) & 0xff;
    return (byte & mask) === ((right[index] ?? 0) & mask);
  });
}

/** The keyword of a line, or the first word of an entry. */
export function keywordMark(use: Phrase): Mark {
  return wordMark(use, use.words[0]);
}

/** The first word after the keyword, or the keyword when nothing follows. */
export function valueMark(use: Phrase): Mark {
  return wordMark(use, use.words[1] ?? use.words[0]);
}

function wordMark({ line }: Phrase, word: Word | undefined): Mark {
  if (word === undefined) return { place: line, length: 1 };
  return {
    place: placeAt(line, word.start),
    length: widthBetween(line, word.start, word.end),
  };
}
