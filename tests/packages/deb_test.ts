/** The .deb on a director that runs Debian's keepalived, and what it leaves when it goes. */

import assert from "node:assert/strict";
import { CONFIG, packageFile } from "./deb.ts";
import { debian, DIST, noMachine } from "./machine.ts";

/** Each command has a network of its own, with one interface. */
const INTERFACE =
  "ip link add eth0 type veth peer name eth1 && ip link set eth0 up && ip link set eth1 up && " +
  "ip addr add 192.0.2.1/24 dev eth0";

/** Becomes master and gives the address back, in a minute each at most. */
const SERVES = `{
  keepalived -n -l -D & daemon=$!
  has() { ip -br addr show dev eth0 | grep -q 192.0.2.99; }
  for _ in $(seq 600); do has && break; sleep 0.1; done
  has || { kill -9 $daemon; exit 1; }
  kill -TERM $daemon
  wait $daemon && ! has
}`;

const file = await packageFile();
const reason = file === undefined ? "needs dist/*.deb (scripts/package deb)" : noMachine();
const name =
  "the .deb, takes over from Debian's keepalived with its configuration, and goes without leftovers";

Deno.test({
  name: reason === undefined ? name : `${name} [skipped: ${reason}]`,
  ignore: reason !== undefined,
  fn: async () => {
    await using machine = await debian();
    const { root, run } = machine;
    await Deno.writeTextFile(`${root}/etc/keepalived/keepalived.conf`, CONFIG);
    await Deno.writeTextFile(`${root}/etc/default/keepalived`, 'DAEMON_ARGS="-D"\n');
    await Deno.copyFile(`${DIST}/${file}`, `${root}/tmp/holdfast.deb`);
    const before = await allFiles(root);

    const installed = await run("apt-get install -y --no-install-recommends /tmp/holdfast.deb");
    assert.equal(installed.code, 0, installed.text);
    assert.match(
      (await run("dpkg-query -W -f '${Status}' holdfast")).text,
      /^install ok installed/,
    );
    assert.doesNotMatch((await run("dpkg-query -W -f '${Status}' keepalived")).text, /installed$/);

    // The same paths, the same configuration, the same options.
    assert.match((await run("keepalived -v")).text, /^holdfast v.*Keepalived v/);
    assert.equal((await run("keepalived --signum=DATA")).text, "10\n");
    const tested = await run(`${INTERFACE} && keepalived -t`);
    assert.equal(tested.code, 0, tested.text);
    const served = await run(`${INTERFACE} && ${SERVES}`);
    assert.equal(served.code, 0, served.text);
    assert.equal(await Deno.readTextFile(`${root}/etc/keepalived/keepalived.conf`), CONFIG);
    assert.match(
      (await run("cat /usr/lib/systemd/system/holdfast.service")).text,
      /default\/keepalived/,
    );
    const verified = await run(
      "systemd-analyze verify --man=no /usr/lib/systemd/system/holdfast.service",
    );
    assert.doesNotMatch(verified.text, /holdfast\.service/);

    const purged = await run("apt-get purge -y holdfast");
    assert.equal(purged.code, 0, purged.text);
    assert.equal(await Deno.readTextFile(`${root}/etc/keepalived/keepalived.conf`), CONFIG);
    const left = (await allFiles(root)).filter((path) => !before.includes(path));
    assert.deepEqual(left.filter((path) => /holdfast/.test(path)), []);
    assert.ok(!(await allFiles(root)).includes("/usr/sbin/keepalived"));
  },
});

async function allFiles(root: string): Promise<readonly string[]> {
  const { stdout } = await new Deno.Command("find", {
    args: [root, "-xdev", "-not", "-type", "d", "-printf", "/%P\n"],
  }).output();
  return new TextDecoder().decode(stdout).trim().split("\n");
}
