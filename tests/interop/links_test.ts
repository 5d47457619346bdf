/** Links of instances and of single addresses, what they carry and what leaves by them, beside Debian's keepalived for the same file. */

import assert from "node:assert/strict";
import { labTest } from "../lab/mod.ts";
import { compared, globals, instance } from "./links.ts";

labTest(
  "use_vmac in IPv6, sends from the virtual MAC address and the link-local address below it (RFC 9568 §7.3, §7.4)",
  [
    "keepalived",
    "tcpdump",
    "tshark",
  ],
  async () => {
    const said = await compared(
      globals() + instance(51, "use_vmac", "fe80::100\n2001:db8::100/64"),
      ["2001:db8::100"],
    );
    const adverts = said.filter((each) => / 112 /.test(each));
    assert.ok(adverts.length > 0, said.join("\n"));
    assert.ok(adverts.every((each) => each.startsWith("00:00:5e:00:02:33 ")), adverts.join("\n"));
  },
);

labTest(
  "use_vmac of addresses and use_vmac_addr, put each on the link that keepalived puts it on",
  [
    "keepalived",
    "tcpdump",
    "tshark",
  ],
  async () => {
    const six = ["2001:db8::7/64 dev eth0", "2001:db8::8/64 dev eth1"];
    const some = ["192.0.2.51/24 use_vmac", "198.51.100.52/24 dev eth1 use_vmac"];
    const [link, other] = ["198.51.100.53/24 dev eth1 use_vmac", "198.51.100.54/24 dev eth1"];
    const list = (...lines: readonly (string | undefined)[]) => lines.join("\n");
    const files = [
      instance(51, "", list("192.0.2.50/24", ...some, link, other), `${six[0]} use_vmac`),
      instance(51, "use_vmac", list("192.0.2.50/24", ...some, link, other), `${six[0]} use_vmac`),
      instance(51, "use_vmac\nuse_vmac_addr", list("192.0.2.50/24", other), list(...six)),
      instance(51, "use_vmac_addr", list("192.0.2.50/24", other), list(...six)),
    ];
    for (const [index, file] of files.entries()) {
      const words = index % 2 === 0 ? "vmac_prefix own\nvmac_addr_prefix one" : "vmac_prefix v";
      const last = ["192.0.2.50", index < 2 ? "198.51.100.53" : "198.51.100.54", "2001:db8::7"];
      await compared(globals(words) + file, last);
    }
  },
);
