/**
 * What `holdfast real-server` has changed, in `/run`: it lasts as long as what it speaks of. After a reboot the kernel has forgotten
 * addresses and settings, and the file is gone with them; where `/run` is kept all the same, the number of the boot says so. A file
 * in `/var/lib` would have the next stop restore values of another life. Each network namespace has a file of its own.
 */

import { parseIp } from "../../src/net/ip.ts";
import { type Changed, type Memory, NOTHING_CHANGED } from "./plan.ts";

/** Where the files are, unless said. */
const FOLDER = "/run/holdfast";

/** The format. */
const VERSION = 1;

/** The file of this network namespace. */
export function memoryPath(folder = FOLDER): string {
  const { dev, ino } = Deno.statSync("/proc/self/ns/net");
  return `${folder}/real-server.${dev}.${ino}.json`;
}

/** The number of this boot. */
export function bootId(): string {
  return Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim();
}

/** The text of a file; ends in a new line. */
export function memoryText(memory: Memory, boot: string): string {
  return `${JSON.stringify({ holdfast: VERSION, boot, ...memory }, undefined, 2)}\n`;
}

/** What a text says: nothing of another boot; a text: why it is not believed. */
export function parseMemory(text: string, boot: string): Memory | string {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    return "it is no JSON";
  }
  if (!isRecord(whole) || whole.holdfast !== VERSION) return `its format is not ${VERSION}`;
  if (whole.boot !== boot) return NOTHING_CHANGED;
  const started = addressesOf(whole.started);
  const added = addressesOf(whole.added);
  if (started === undefined || added === undefined) return "its addresses are none";
  if (!Array.isArray(whole.changed)) return "its settings are none";
  const changed: Changed[] = [];
  for (const each of whole.changed) {
    if (!isChanged(each)) return "its settings are not those of this command";
    changed.push(each);
  }
  return { started, added, changed };
}

function addressesOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const addresses = value.flatMap((one) => typeof one === "string" ? parseIp(one) ?? [] : []);
  return addresses.length === value.length ? addresses : undefined;
}

/** Only what this command sets may be written by what a file says. */
const OURS = /^net\/ipv4\/conf\/[^/]+\/(arp_ignore|arp_announce|rp_filter)$/;

function isChanged(value: unknown): value is Changed {
  return isRecord(value) && typeof value.path === "string" && OURS.test(value.path) &&
    !value.path.includes("..") && isDigit(value.before) && isDigit(value.set);
}

function isDigit(value: unknown): boolean {
  return typeof value === "string" && /^\d$/.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
