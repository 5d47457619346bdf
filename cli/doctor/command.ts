/** `holdfast doctor`: what of this host keeps the configuration from working, and the command that mends it. */

import type { Command } from "commander";
import { systemFiles } from "../../src/daemon/host/source_files.ts";
import { type Facts, type Finding, judge } from "../../src/doctor/mod.ts";
import { readBound } from "../../src/document/config.ts";
import { addPlaceOptions, placeOf } from "../daemon/place.ts";
import { wantsColour, write } from "../output.ts";
import { gather } from "./facts.ts";

/** Exit codes: all is well, it cannot be told, something will not work. */
const EXIT = { well: 0, failed: 1, ill: 2 } as const;

/** Version of the JSON: a field that is added does not change it. */
const VERSION = 1;

/** Adds `doctor` to the program. */
export function addDoctorCommand(program: Command, finish: (code: number) => void): void {
  addPlaceOptions(program.command("doctor"))
    .description("tell what of this host is in the way of the configuration, and how it is mended")
    .option("--json", "print it for programs")
    .option("--strict", "warnings fail")
    .option("--probe-addresses", "ask the network who answers for the virtual addresses")
    .option("--no-servers", "do not connect to real servers")
    .action(async (_: unknown, command: Command) => {
      const { json, strict, probeAddresses, servers } = command.opts();
      const place = placeOf(command);
      const { configId } = place;
      const files = systemFiles(configId === undefined ? {} : { configId });
      const { config, diagnostics } = readBound(place.file, files);
      const unread = diagnostics.find(({ code }) => code === "main-file-missing");
      if (unread !== undefined) {
        const hint = unread.hint === undefined ? "" : `: ${unread.hint}`;
        write(Deno.stderr, `${unread.message}${hint}\n`);
        return finish(EXIT.failed);
      }
      const facts = await gather(config, {
        pidFile: place.pidFile,
        probe: probeAddresses === true,
        servers: servers !== false,
      });
      const findings = judge(config, facts);
      write(
        Deno.stdout,
        json === true
          ? `${JSON.stringify({ version: VERSION, file: place.file, findings }, undefined, 2)}\n`
          : findingsText(findings, facts),
      );
      const fails = findings.some(({ level }) => level === "error" || strict === true);
      finish(fails ? EXIT.ill : EXIT.well);
    });
}

/** Each finding: what is so, what comes of it, what mends it. */
function findingsText(findings: readonly Finding[], facts: Facts): string {
  const colour = wantsColour(Deno.stdout);
  const paint = (level: Finding["level"]) => {
    const word = level.padEnd(7);
    return colour ? `\x1b[${level === "error" ? "1;31" : "33"}m${word}\x1b[0m` : word;
  };
  const texts = findings.map(({ level, what, means, mend }) =>
    `${paint(level)}  ${what}\n         ${means}\n${
      mend.map((each) => `         # ${each}\n`).join("")
    }\n`
  );
  const [errors, warnings] = (["error", "warning"] as const).map((level) =>
    findings.filter((each) => each.level === level).length
  );
  const { chains } = facts.firewall;
  const rules = chains.reduce((sum, chain) => sum + chain.rules.length, 0);
  const looked = `Looked at kernel ${facts.kernel}, ${facts.links.length} interfaces, ` +
    `${rules} firewall rules, ${facts.sysctls.size} settings, ${facts.servers.length} real servers` +
    (facts.wire === undefined ? "" : ", who answers for the addresses");
  const end = findings.length === 0
    ? "nothing is in the way"
    : `${errors} error${errors === 1 ? "" : "s"}, ${warnings} warning${warnings === 1 ? "" : "s"}`;
  return `${texts.join("")}${looked}: ${end}\n`;
}
