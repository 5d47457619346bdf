import assert from "node:assert/strict";
import { memoryFiles } from "../../language/mod.ts";
import { readConfig } from "../config.ts";

const FILE = `
vrrp_instance A {
  interface eth0
  virtual_router_id 51
  priority 100
  virtual_ipaddress {
    172.16.1.99
  }
  virtual_ipaddress_excluded {
    192.168.1.7/24 dev eth1
  }
}
local_address_group g {
  192.168.1.5-8 dev eth1
  192.168.1.20
}
virtual_server VIP 80 {
  lb_algo rr
  lb_kind FNAT
  protocol TCP
  laddr_group_name g
  real_server 192.168.1.100 80 {
  }
}
`;

function excluded(vip: string): readonly string[] {
  const [config] = readConfig("/x", memoryFiles({ "/x": FILE.replace("VIP", vip) }));
  return (config.vrrp.instances[0]?.excludedAddresses ?? [])
    .map(({ address, prefixLength, dev }) => `${address}/${prefixLength} ${dev}`);
}

Deno.test("withLocalAddresses() gives the instance of the virtual address those that name an interface, each once", () => {
  assert.deepEqual(excluded("172.16.1.99"), [
    "192.168.1.7/24 eth1",
    "192.168.1.5/32 eth1",
    "192.168.1.6/32 eth1",
    "192.168.1.8/32 eth1",
  ]);
});

Deno.test("withLocalAddresses() of a service no instance has the address of, changes nothing", () => {
  assert.deepEqual(excluded("172.16.1.98"), ["192.168.1.7/24 eth1"]);
});
