import assert from "node:assert/strict";
import { parseConnections } from "./connections.ts";

// `cat /proc/net/ip_vs` of Linux 6.1 with a service of each kind.
const TEXT = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  AC100163:0050 wrr
  -> C0A80182:0050      Masq    2      17         203
  -> C0A80181:0050      Masq    1      0          1
TCP  [2001:0db8:0000:0000:0000:0000:0000:0063]:01BB wlc persistent 50
  -> [2001:0db8:0000:0000:0000:0000:0000:0001]:01BB      Route   1      3          0
UDP  AC100163:0035 rr ops
  -> C0A80182:0035      Masq    1      0          9
FWM  0000000A wlc
  -> C0A80182:0000      Route   1      4          2
FWM  0000000B wlc
  -> [2001:0db8:0000:0000:0000:0000:0000:0002]:0000      Route   1      5          0
SCTP AC100163:0077 rr
`;

Deno.test("parseConnections() each kind of service, counts by the keys of the table", () => {
  const table = parseConnections(TEXT);
  const flat = [...table].map(([key, servers]) => [key, Object.fromEntries(servers)]);
  assert.deepEqual(Object.fromEntries(flat), {
    "tcp [172.16.1.99]:80": {
      "[192.168.1.130]:80": { active: 17, inactive: 203 },
      "[192.168.1.129]:80": { active: 0, inactive: 1 },
    },
    "tcp [2001:db8::63]:443": { "[2001:db8::1]:443": { active: 3, inactive: 0 } },
    "udp [172.16.1.99]:53": { "[192.168.1.130]:53": { active: 0, inactive: 9 } },
    "fwmark 10 inet": { "[192.168.1.130]:0": { active: 4, inactive: 2 } },
    "fwmark 11 inet6": { "[2001:db8::2]:0": { active: 5, inactive: 0 } },
  });
});

Deno.test("parseConnections() what it does not know, is passed over", () => {
  for (
    const text of [
      "",
      "\0\n->\n-> x y z 1 2\nTCP zz rr\n  -> 01020304:0050 Masq 1 x y",
      "-> 01020304:0050 Masq 1 2 3",
    ]
  ) {
    assert.equal([...parseConnections(text).values()].flatMap((each) => [...each]).length, 0);
  }
});
