/** The plan of a start: the kernel is asked what there is, and a virtual node begins with that. */

import { openCore } from "../../src/native/mod.ts";
import { interestIn, look } from "../../src/daemon/core/following.ts";
import { claimsLeft } from "../../src/daemon/files/claims_file.ts";
import { isIpvsThere, openConnections } from "../../src/daemon/reload/connections.ts";
import { loadConfig } from "../../src/daemon/reading/load_config.ts";
import { readFile } from "../../src/daemon/reading/reading.ts";
import { planStart } from "../../src/sim/start.ts";
import { NobodyAnswersError } from "../daemon/client.ts";
import type { Place } from "../daemon/place.ts";
import type { Told } from "./told.ts";

/** What a start with this file would do to this kernel. */
export async function planOfStart({ file, configId, pidFile }: Place): Promise<Told> {
  using core = openCore();
  const options = {
    file,
    allConfig: false,
    parts: "both",
    ...(configId !== undefined && { configId }),
  } as const;
  const reading = readFile(options);
  const loaded = await loadConfig(options, { core, log: () => {} }, reading);
  const left = claimsLeft(pidFile);
  const { interfaces, addresses } = interestIn(loaded.parts);
  const places = left.addresses.map((claim) => claim.interface);
  const found = await look(core, { interfaces: [...interfaces, ...places], addresses });
  if (found === undefined) {
    throw new NobodyAnswersError(
      "Cannot plan: the kernel does not tell of its interfaces; be root",
    );
  }
  const connections = await openConnections();
  const dump = isIpvsThere() ? await core.call({ call: "ipvs-dump" }) : undefined;
  const services = dump?.result === "ipvs-table" ? dump.services : [];
  return {
    against: "start",
    file,
    findings: reading.lines.filter(({ level }) => level === "error" || level === "warning")
      .map(({ text }) => text),
    ...(reading.refused !== 0 && { refusal: `a start ends with status ${reading.refused}` }),
    guard: [],
    guarded: false,
    plan: planStart(loaded.parts, {
      ...found,
      left,
      services,
      ...(connections !== undefined && { connections }),
    }),
  };
}
