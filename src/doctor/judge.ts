/** All judgements. */

import type { Config } from "../document/config.ts";
import type { Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { judgeFirewall } from "./judge_firewall.ts";
import { judgeHost } from "./judge_host.ts";
import { judgeInterfaces } from "./judge_interfaces.ts";
import { judgeOthers } from "./judge_others.ts";
import { judgeServers } from "./judge_servers.ts";
import { judgeSysctls } from "./judge_sysctls.ts";

/** Everything a host lacks for a configuration, what will not work first. */
export function judge(config: Config, facts: Facts): readonly Finding[] {
  const found = [
    ...judgeHost(config, facts),
    ...judgeInterfaces(config, facts),
    ...judgeFirewall(config, facts),
    ...judgeSysctls(config, facts),
    ...judgeOthers(config, facts),
    ...judgeServers(config, facts),
  ];
  return [
    ...found.filter(({ level }) => level === "error"),
    ...found.filter(({ level }) => level === "warning"),
  ];
}
