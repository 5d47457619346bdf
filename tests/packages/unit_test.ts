/** The unit of the .deb under a running systemd, in the place of Debian's keepalived. */

import assert from "node:assert/strict";
import { until } from "../lab/mod.ts";
import { boot, noBoot } from "./booted.ts";
import { CONFIG, packageFile } from "./deb.ts";
import { debian, DIST, noMachine } from "./machine.ts";

const file = await packageFile();
const reason = file === undefined
  ? "needs dist/*.deb (scripts/package deb)"
  : noMachine() ?? noBoot();
const name =
  "the unit of the .deb, under systemd, is ready, serves, reloads, is watched, comes back, stops";

Deno.test({
  name: reason === undefined ? name : `${name} [skipped: ${reason}]`,
  ignore: reason !== undefined,
  fn: async () => {
    await using machine = await debian();
    await Deno.writeTextFile(`${machine.root}/etc/keepalived/keepalived.conf`, CONFIG);
    await Deno.copyFile(`${DIST}/${file}`, `${machine.root}/tmp/holdfast.deb`);
    const installed = await machine.run(
      "apt-get install -y --no-install-recommends /tmp/holdfast.deb",
    );
    assert.equal(installed.code, 0, installed.text);

    await using booted = await boot(machine);
    const { run } = booted;
    const show = async (property: string) =>
      (await run(`systemctl show -P ${property} holdfast`)).text.trim();
    const journal = async () => (await run("journalctl --no-pager -u holdfast | tail -40")).text;
    const seen = async (what: string, is: () => Promise<boolean>) =>
      await until(what, is, { limit: 60_000, explain: journal });
    const served = async () => (await run("ip -br addr show dev eth0")).text.includes("192.0.2.99");

    assert.equal(await show("ActiveState"), "active", await journal());
    assert.equal(await show("StatusText"), "Runs 1 virtual router and 0 virtual servers");
    assert.equal(await show("Type"), "notify");
    assert.notEqual(await show("WatchdogUSec"), "0");
    // The name of Debian's unit is its, too.
    assert.equal((await run("systemctl is-active keepalived")).text, "active\n");
    await seen("it is master", served);

    const reloaded = await run("systemctl reload holdfast");
    assert.equal(reloaded.code, 0, reloaded.text + await journal());
    assert.ok(await served());

    const pid = await show("MainPID");
    await run(`kill -9 ${pid}`);
    await seen(
      "systemd has started it anew",
      async () =>
        await show("ActiveState") === "active" && !["0", pid].includes(await show("MainPID")),
    );
    await seen("it is master again", served);

    const stopped = await run("systemctl stop holdfast");
    assert.equal(stopped.code, 0, stopped.text);
    assert.equal(await show("Result"), "success", await journal());
    assert.ok(!await served());
  },
});
