/**
 * The LVS part with the core and nothing else, where the kernel has no IPVS: reads a configuration, checks its servers, and prints
 * the lines of the log. Commands of MISC_CHECK are not run.
 *
 * Usage: checker_node.ts FILE
 */

import { probeCall } from "../../src/daemon/core/wire_calls.ts";
import { systemFiles } from "../../src/daemon/host/source_files.ts";
import { readConfig } from "../../src/document/mod.ts";
import { type LvsEvent, type LvsPart, startLvs, stepLvs } from "../../src/lvs/mod.ts";
import { openCore } from "../../src/native/mod.ts";
import { serverLines } from "../../src/notify/mod.ts";

const [path = ""] = Deno.args;
const [{ lvs }, findings] = readConfig(path, systemFiles());
for (const { severity, message } of findings) say(`${severity}: ${message}`);

const core = openCore();
let part: LvsPart = startLvs(lvs, core.now());

core.listen({
  event(event, at) {
    if (event.event !== "outcome") return;
    take({ kind: "outcome", order: event.order, seq: event.seq, outcome: event.outcome }, at);
  },
  packet: () => {},
  failed: (error) => say(`failed ${error.call}: ${error.message}`),
});
take({ kind: "start" }, core.now());
Deno.addSignalListener("SIGTERM", () => Deno.exit());

function take(event: LvsEvent, now: number): void {
  const [after, effects] = stepLvs(part, event, now);
  part = after;
  for (const effect of effects) {
    switch (effect.kind) {
      case "news":
        for (const { text } of serverLines(effect.news)) say(text);
        break;
      case "probe":
      case "unprobe":
        core.tell({ call: "probes", ops: [probeCall(effect)] });
    }
  }
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`check: ${text}\n`));
}
