import assert from "node:assert/strict";
import type { ScriptCommand } from "../../global/config.ts";
import { NOTHING_DECLARED } from "../../track/mod.ts";
import { SECOND } from "../../net/micros.ts";
import { realServer, TIMING, virtualServer } from "../../lvs/part/fixtures.ts";
import { instanceConfig, syncGroup, tracksScript, vrrpConfig } from "../../vrrp/fixtures.ts";
import { commandsOf, type Parts, withoutCommands } from "./script_commands.ts";

const command = (name: string): ScriptCommand => ({ argv: [`/etc/${name}.sh`] });
const [CHECK, MASTER, GROUP, QUORUM, UP, MISC] = [
  "check",
  "master",
  "group",
  "quorum",
  "up",
  "misc",
]
  .map(command);
assert.ok(CHECK && MASTER && GROUP && QUORUM && UP && MISC);

const misc = {
  kind: "misc",
  timing: TIMING,
  command: MISC,
  timeout: SECOND,
  dynamic: false,
} as const;
const CONFIG: Parts = {
  vrrp: vrrpConfig(
    [instanceConfig({
      notify: { notifyMaster: MASTER, notifyDeleted: true },
      tracks: [tracksScript("s")],
    })],
    {
      groups: [syncGroup(["VI_1"], { notify: { notify: GROUP } })],
    },
  ),
  lvs: {
    virtualServers: [
      virtualServer({
        quorumUp: QUORUM,
        realServers: [realServer(130, { notifyUp: UP, checkers: [misc] })],
      }),
    ],
    flush: false,
  },
  track: {
    ...NOTHING_DECLARED,
    scripts: [{
      name: "s",
      script: CHECK,
      interval: SECOND,
      weight: 0,
      reverse: false,
      rise: 1,
      fall: 1,
      initFail: false,
    }],
  },
};

Deno.test("commandsOf() finds the commands of every part", () => {
  assert.deepEqual(new Set(commandsOf(CONFIG)), new Set([CHECK, MASTER, GROUP, QUORUM, UP, MISC]));
});

Deno.test("withoutCommands() of all, leaves no command and no tracking of a lost script", () => {
  const config = withoutCommands(CONFIG, new Set(commandsOf(CONFIG)));
  assert.deepEqual(commandsOf(config), []);
  const [instance] = config.vrrp.instances;
  assert.deepEqual(instance?.tracks, []);
  assert.deepEqual(instance?.notify, { notifyDeleted: true });
  assert.deepEqual(config.lvs.virtualServers[0]?.realServers[0]?.checkers, []);
});

Deno.test("withoutCommands() of one, leaves the others as they are", () => {
  const config = withoutCommands(CONFIG, new Set([MASTER]));
  assert.deepEqual(new Set(commandsOf(config)), new Set([CHECK, GROUP, QUORUM, UP, MISC]));
  assert.deepEqual(config.lvs, CONFIG.lvs);
});

Deno.test("withoutCommands() of none, is the configuration itself", () => {
  assert.deepEqual(withoutCommands(CONFIG, new Set()), CONFIG);
});
