/** The .rpm: what it holds, and that it stands in for keepalived. */

import assert from "node:assert/strict";
import { DIST } from "./machine.ts";

function rpmFile(): string | undefined {
  try {
    return [...Deno.readDirSync(DIST)].map(({ name }) => name).find((name) =>
      name.endsWith(".rpm")
    );
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return undefined;
  }
}

function query(...args: readonly string[]): string {
  const { stdout } = new Deno.Command("rpm", { args: ["-qp", ...args] }).outputSync();
  return new TextDecoder().decode(stdout).trim();
}

const file = rpmFile();
const name = "the .rpm, holds what install writes and conflicts with keepalived";

Deno.test({
  name: file === undefined ? `${name} [skipped: needs dist/*.rpm (scripts/package rpm)]` : name,
  ignore: file === undefined,
  fn: () => {
    const path = `${DIST}/${file}`;
    const files = query("-l", path).split("\n");
    for (
      const each of [
        "/usr/sbin/holdfast",
        "/usr/sbin/keepalived",
        "/usr/lib/systemd/system/holdfast.service",
        "/usr/share/man/man8/holdfast.8.gz",
      ]
    ) assert.ok(files.includes(each), each);
    assert.deepEqual(query("-c", path).split("\n"), [
      "/etc/logrotate.d/holdfast",
      "/etc/sysconfig/holdfast",
    ]);
    assert.match(query("--conflicts", path), /^keepalived$/m);
    assert.match(query("--provides", path), /^keepalived$/m);
  },
});
