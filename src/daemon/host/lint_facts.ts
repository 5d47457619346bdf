/** What lint wants to know of this host: addresses, and the programs of scripts. */

import { parseIp } from "../../net/ip.ts";
import type { HostAddress, ScriptFact, ScriptFacts } from "../../document/lint/mod.ts";
import { changeablePart, locate } from "./lint_programs.ts";
import {
  isDenied,
  isMissing,
  isNotADirectory,
  networkInterfaces,
  realPath,
  stat,
} from "../platform/mod.ts";

/** Addresses of all interfaces as they are now. */
export function hostAddresses(): readonly HostAddress[] {
  return networkInterfaces().flatMap(({ name, address, cidr }) => {
    const ip = parseIp(address);
    const prefixLength = Number(cidr.split("/")[1]);
    return ip === undefined ? [] : [{ interface: name, address: ip, prefixLength }];
  });
}

/** Looks for programs; one that cannot be looked at is left out. */
export async function scriptFacts(programs: readonly string[]): Promise<ScriptFacts> {
  const facts = new Map<string, ScriptFact>();
  for (const program of programs) {
    const fact = await scriptFact(program);
    if (fact !== undefined) facts.set(program, fact);
  }
  return facts;
}

async function scriptFact(program: string): Promise<ScriptFact | undefined> {
  try {
    const path = await locate(program) ??
      (program.includes("/") ? await fileAt(program) : undefined);
    if (path === undefined) return { kind: "missing" };
    const { mode } = await stat(path);
    const writable = await changeablePart(path);
    return {
      kind: "found",
      path,
      executable: (mode & 0o111) !== 0,
      ...(writable !== undefined && { writable }),
    };
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}

/** A path without links, if it is a file. */
async function fileAt(path: string): Promise<string | undefined> {
  try {
    const real = await realPath(path);
    return (await stat(real)).isFile ? real : undefined;
  } catch (error) {
    if (isMissing(error) || isNotADirectory(error)) {
      return undefined;
    }
    throw error;
  }
}
