/** Seed 004's director as the executable alone: in a root folder with the C library and nothing else, read-only. */

import assert from "node:assert/strict";
import { Lab, labTest, oneFile, until } from "../lab/mod.ts";
import { emptyHost } from "../one_file/empty_host.ts";
import { configuration, curl, GATEWAY, ipvs, NAT, startWebServer, VIP } from "./seed004.ts";

labTest(
  "seed 004 NAT, the executable alone in an empty host, checks the file, balances and leaves nothing",
  ["ipvs", "ipvsadm", "busybox", "curl", "one-file", "ldd"],
  async () => {
    await using lab = await Lab.create(NAT);
    const files = { "director.conf": configuration("nat", "master") };
    const host = await emptyHost(lab, oneFile(), files);
    for (const server of ["rs1", "rs2"]) await startWebServer(lab, server);

    const checked = await lab.run(
      "master",
      host.argv(["/bin/holdfast", "check", "/etc/director.conf"]),
      { check: false },
    );
    // The document has two keywords that nobody knows.
    assert.match(checked.stdout, /^2 errors .*in 1 file$/m, checked.stdout);

    const options = ["-n", "-l", "-D", "-f", "/etc/director.conf", "-p", "/run/hf.pid"];
    const node = lab.start("master", host.argv(["/bin/holdfast", ...options]));
    await lab.owned(VIP, "master", { limit: 60_000 });
    await lab.owned(GATEWAY, "master", { limit: 60_000 });
    await until(
      "both real servers are in the table",
      async () => (await ipvs(lab, "master")).length === 3,
      { limit: 60_000, explain: () => Promise.resolve(node.output) },
    );
    const pages = new Set<string | undefined>();
    for (let n = 0; n < 4; n++) pages.add(await curl(lab, "client"));
    assert.deepEqual([...pages].sort(), ["<h1>Backend RS1</h1>", "<h1>Backend RS2</h1>"]);

    assert.equal((await node.stop()).code, 0, node.output);
    assert.deepEqual(await lab.owners(VIP), []);
    assert.deepEqual(await ipvs(lab, "master"), []);
    for (const folder of ["/tmp", "/run"]) {
      assert.deepEqual([...Deno.readDirSync(host.path(folder))], []);
    }
  },
);
