/**
 * The file beside the pid file that says what this daemon may have put into the kernel, for a run after one that ended without a word.
 * What it names is deleted, so it is believed only where nobody but this account, or root, can have written it, nor its folder.
 */

import {
  claimedThings,
  type Claims,
  claimsText,
  isAlwaysOfLvs,
  type KernelLife,
  NO_CLAIMS,
  parseClaims,
} from "../../world/mod.ts";
import { type Changed, changedThing } from "../../kernel/changed.ts";
import { thingKey } from "../../kernel/thing.ts";
import type { Core } from "../../native/mod.ts";
import type { Log } from "../log.ts";
import { isMissing, isSystemError, removeSync } from "../platform/mod.ts";
import { putFile } from "./put_file.ts";
import { isTrustedPlace, lifeOfKernel, readTrusted } from "./trusted_file.ts";

/** The file, as one daemon uses it. */
export interface ClaimsFile {
  /** What the run before has left, of the parts that run. */
  readonly left: Claims;
  /** Replaces what is kept, soon. Nothing, where it would not be believed. */
  keep(claims: Claims): void;
  /** When what was to be kept last is, or is said not to be. */
  kept(): Promise<void>;
}

/** What it depends on. */
export interface ClaimsFileOptions {
  readonly core: Pick<Core, "call">;
  readonly pidFile: string;
  /** Parts that run; what others have claimed is kept as it is. */
  readonly parts: { readonly vrrp: boolean; readonly check: boolean };
  readonly log: Log;
}

/** Path of the claims of the daemon with this pid file. */
export function claimsPath(pidFile: string): string {
  return `${pidFile.replace(/\.pid$/, "")}.claims`;
}

/** Reads the file of the run before. */
export function openClaimsFile({ core, pidFile, parts, log }: ClaimsFileOptions): ClaimsFile {
  const path = claimsPath(pidFile);
  const say = (level: "warning" | "info", text: string) => log({ level, from: "core", text });
  const life = lifeOfKernel();
  if (life === undefined || !isTrustedPlace(path)) {
    const text = `Cannot keep ${path}: others may write in its folder; what a crash leaves of ` +
      "services and addresses that are configured no more stays";
    say("info", text);
    return { left: NO_CLAIMS, keep: () => {}, kept: () => Promise.resolve() };
  }
  const found = believable(path, life);
  if (typeof found === "string") {
    say("warning", `Cannot believe ${path}: ${found}; it is written anew`);
  }
  const all = typeof found === "object" ? found : NO_CLAIMS;
  const runs = (changed: Changed) =>
    isAlwaysOfLvs(thingKey(changedThing(changed))) ? parts.check : parts.vrrp;
  const left: Claims = {
    ...(parts.vrrp ? claimedThings("things", all.things ?? []) : {}),
    ...(parts.check ? claimedThings("beside", all.beside ?? []) : {}),
    addresses: parts.vrrp ? all.addresses : [],
    services: parts.check ? all.services : [],
    ...settingsOf(all, (each) => runs(each)),
  };
  const others: Claims = {
    ...(parts.vrrp ? {} : claimedThings("things", all.things ?? [])),
    ...(parts.check ? {} : claimedThings("beside", all.beside ?? [])),
    addresses: parts.vrrp ? [] : all.addresses,
    services: parts.check ? [] : all.services,
    ...settingsOf(all, (each) => !runs(each)),
  };
  let failed = false;
  const write = async (whole: Claims): Promise<void> => {
    const problem = await replace(core, { path, text: claimsText(whole, life), claims: whole });
    if (problem !== undefined && !failed) say("warning", problem);
    failed = problem !== undefined;
  };
  let writing = Promise.resolve();
  let next: Claims | undefined;
  return {
    left,
    keep: (claims) => {
      const waits = next !== undefined;
      next = {
        ...claimedThings("things", [...others.things ?? [], ...claims.things ?? []]),
        ...claimedThings("beside", [...others.beside ?? [], ...claims.beside ?? []]),
        addresses: [...others.addresses, ...claims.addresses],
        services: [...others.services, ...claims.services],
        ...settingsOf({ settings: [...others.settings ?? [], ...claims.settings ?? []] }),
      };
      if (waits) return;
      writing = writing.then(() => {
        const whole = next ?? NO_CLAIMS;
        next = undefined;
        return write(whole);
      });
    },
    kept: () => writing,
  };
}

/** What a run before has left by this pid file; nothing where that is not believed. Changes nothing. */
export function claimsLeft(pidFile: string): Claims {
  const path = claimsPath(pidFile);
  const life = lifeOfKernel();
  if (life === undefined || !isTrustedPlace(path)) return NO_CLAIMS;
  const found = believable(path, life);
  return typeof found === "object" ? found : NO_CLAIMS;
}

function settingsOf(
  { settings = [] }: Pick<Claims, "settings">,
  isMeant: (changed: Changed) => boolean = () => true,
): Pick<Claims, "settings"> {
  const meant = settings.filter(isMeant);
  return meant.length === 0 ? {} : { settings: meant };
}

/** Gives why it could not be done. */
async function replace(
  core: Pick<Core, "call">,
  { path, text, claims: { things = [], beside = [], addresses, services, settings = [] } }: {
    readonly path: string;
    readonly text: string;
    readonly claims: Claims;
  },
): Promise<string | undefined> {
  if ([things, beside, addresses, services, settings].some((each) => each.length > 0)) {
    return await putFile(core, { path, text, mode: 0o600 });
  }
  try {
    removeSync(path);
    return undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (!isSystemError(error)) throw error;
    return `Cannot remove ${path}: ${error.message}`;
  }
}

/** The claims in the file; nothing when there are none, or of another life; a reason not to believe them. */
function believable(path: string, life: KernelLife): Claims | string | undefined {
  const found = readTrusted(path);
  if (found === undefined) return undefined;
  return "doubt" in found ? found.doubt : parseClaims(found.text, life);
}
