/** Seed 004, LVS-NAT, with Debian's keepalived in the place of one director, in both roles. */

import assert from "node:assert/strict";
import { AddressWatch, type Kind, Lab, labTest, slowness, until } from "../lab/mod.ts";
import { startClient } from "./requests.ts";
import { GATEWAY, NAT, startDirector, startWebServer, VIP } from "./seed004.ts";

/** 3 × interval + skew of priority 97 (RFC 9568 §6.1), and what a slow machine adds, in ms. */
const MASTER_DOWN = 3000 + (1000 * (256 - 97)) / 256;
const slack = (): number => 300 * slowness();

for (const first of ["holdfast", "keepalived"] satisfies Kind[]) {
  const second: Kind = first === "holdfast" ? "keepalived" : "holdfast";
  labTest(
    `seed 004 NAT, ${first} master and ${second} backup, one master at all times, clients go on`,
    ["ipvs", "ipvsadm", "keepalived", "busybox"],
    async () => {
      await using lab = await Lab.create(NAT);
      await using watch = await AddressWatch.start(lab, ["master", "backup"]);
      for (const host of ["rs1", "rs2"]) await startWebServer(lab, host);
      const master = await startDirector(lab, "master", { kind: first });
      await lab.owned(VIP, "master");
      const backup = await startDirector(lab, "backup", { kind: second });
      await backup.seen(/VI_GATEWAY.*BACKUP/i);
      await using client = startClient(lab, "client", { address: VIP, period: 25 });
      const served = () => {
        const now = Date.now();
        return until(
          "the client is served",
          () => client.answers().some(({ at, server }) => at > now && server !== undefined),
        );
      };
      await served();
      const converged = Date.now();

      assert.equal((await master.stop()).code, 0);
      for (const address of [VIP, GATEWAY]) await lab.owned(address, "backup");
      await served();
      await startDirector(lab, "master", { kind: first, life: 1 });
      for (const address of [VIP, GATEWAY]) await lab.owned(address, "master");
      await served();

      for (const address of [VIP, GATEWAY]) {
        const { none, several } = watch.ownership(address, converged, Date.now());
        assert.ok(none <= MASTER_DOWN + slack(), `${address}: ${none} ms without a master`);
        assert.ok(several <= slack(), `${address}: ${several} ms with two masters`);
      }
    },
  );
}
