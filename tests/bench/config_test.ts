import assert from "node:assert/strict";
import { memoryFiles } from "../../src/language/mod.ts";
import { readConfig } from "../../src/document/config.ts";
import { instanceFile, serverFile } from "./config_files.ts";

/** What a text comes to. */
function read(text: string): ReturnType<typeof readConfig> {
  return readConfig("/x.conf", memoryFiles({ "/x.conf": text }));
}

Deno.test("serverFile() and instanceFile() are configurations without a finding", () => {
  const [servers, ofServers] = read(serverFile(300));
  const [instances, ofInstances] = read(instanceFile(300));
  assert.deepEqual([...ofServers, ...ofInstances], []);
  assert.equal(servers.lvs.virtualServers.length, 300);
  assert.equal(servers.lvs.virtualServers.flatMap(({ realServers }) => realServers).length, 1200);
  assert.equal(instances.vrrp.instances.length, 300);
});

Deno.test("readConfig() of ten times as many blocks, takes about ten times as long", () => {
  const time = (text: string) => {
    const started = performance.now();
    read(text);
    return performance.now() - started;
  };
  const best = (text: string) => Math.min(time(text), time(text), time(text));
  for (const file of [serverFile, instanceFile]) {
    const [small, large] = [best(file(200)), best(file(2000))];
    // Quadratic would be 100 times; caches and garbage make some difference.
    assert.ok(large < 45 * Math.max(small, 1), `${small} ms, then ${large} ms`);
  }
});
