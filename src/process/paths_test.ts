import assert from "node:assert/strict";
import { dumpPath, type DumpPlaces, pidFileOf, reloadMarkerOf } from "./paths.ts";

const NONE: DumpPlaces = { dumps: {}, dataUseInstance: false };

Deno.test("pidFileOf() one of several, is in a folder by the instance (cli.tsv keepalived.pid)", () => {
  assert.equal(pidFileOf({ usePidDir: false }), "/run/keepalived.pid");
  assert.equal(pidFileOf({ usePidDir: true }), "/run/keepalived/keepalived.pid");
  assert.equal(
    pidFileOf({ usePidDir: false, netNamespace: "n" }),
    "/run/keepalived/keepalived.pid",
  );
  assert.equal(
    pidFileOf({ usePidDir: false, instance: "a", netNamespace: "n" }),
    "/run/keepalived/keepalived_a.pid",
  );
});

Deno.test("reloadMarkerOf() a pid file, is beside it", () => {
  assert.equal(
    reloadMarkerOf("/run/keepalived/keepalived_a.pid"),
    "/run/keepalived/keepalived.reload",
  );
  assert.equal(reloadMarkerOf("x.pid"), "keepalived.reload");
});

Deno.test("dumpPath() by configuration, namespace and instance (cli.tsv keepalived.data)", () => {
  const all = (places: DumpPlaces) =>
    (["keepalived.data", "keepalived_check.data", "keepalived.stats", "keepalived.json"] as const)
      .map((name) => dumpPath(name, places, "/tmp"));
  assert.deepEqual(all(NONE), [
    "/tmp/keepalived.data",
    "/tmp/keepalived_check.data",
    "/tmp/keepalived.stats",
    "/tmp/keepalived.json",
  ]);
  const dumps = { state: "/a/s.txt", stats: "/a/", json: "j" };
  assert.deepEqual(all({ ...NONE, dumps }), [
    "/a/s.txt",
    "/a/s_check.txt",
    "/a/keepalived.stats",
    "/tmp/j",
  ]);
  const who = { dataUseInstance: true, netNamespace: "net", instance: "one" };
  assert.deepEqual(all({ ...who, dumps }), [
    "/a/s.net_one.txt",
    "/a/s_check.net_one.txt",
    "/a/keepalived.net_one.stats",
    "/tmp/j.net_one",
  ]);
  assert.equal(
    dumpPath("keepalived.json", { ...NONE, dataUseInstance: true, instance: "one" }, "/tmp"),
    "/tmp/keepalived.one.json",
  );
});
