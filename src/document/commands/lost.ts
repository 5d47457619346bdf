/** A configuration without the commands that this machine cannot run. */

import type { GlobalDefs, ScriptCommand } from "../../global/config.ts";
import { defaultAccount, type HostFacts, isMissing, lacksDefaultAccount } from "./check.ts";
import { commandsOf, type Parts, withoutCommands } from "./script_commands.ts";

/**
 * keepalived: a script whose program or account is missing is not tracked by anybody, a check is left out, and no other command
 * without an account runs.
 */
export function withoutLostCommands<P extends Parts>(
  parts: P,
  { host, global }: { readonly host: HostFacts; readonly global: GlobalDefs },
): P {
  const orphans = lacksDefaultAccount(global, host);
  const isOrphan = ({ user, group }: ScriptCommand) =>
    user === undefined ? orphans : !host.hasAccount(user, group);
  const usual = defaultAccount(global, host);
  const isGone = ({ argv, user, group }: ScriptCommand) =>
    isMissing(argv[0] ?? "", host, user === undefined ? usual : { user, ...(group && { group }) });
  const watched = [
    ...parts.track.scripts.map(({ script }) => script),
    ...parts.lvs.virtualServers.flatMap(({ realServers }) =>
      realServers.flatMap(({ checkers }) =>
        checkers.flatMap((checker) => checker.kind === "misc" ? [checker.command] : [])
      )
    ),
  ];
  const lost = new Set([...commandsOf(parts).filter(isOrphan), ...watched.filter(isGone)]);
  return { ...parts, ...withoutCommands(parts, lost) };
}
