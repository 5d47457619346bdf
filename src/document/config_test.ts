import assert from "node:assert/strict";
import fc from "fast-check";
import { exitStatus, memoryFiles, renderDiagnostic, startStatus, toldOf } from "../language/mod.ts";
import { SECOND } from "../net/micros.ts";
import { Secret } from "../net/secret.ts";
import { sameValue } from "../net/equal.ts";
import type { HostFacts } from "./commands/mod.ts";
import { type Config, readConfig } from "./config.ts";

const HOST: HostFacts = {
  interfaces: new Set(["eth0", "eth1"]),
  hasProgram: (program) => program.startsWith("/bin/"),
  hasAccount: (user, group) => user === "root" && (group ?? "root") === "root",
};

/** What a text means, what is found as `line code`, and the exit code of -t. */
function read(text: string, host?: HostFacts): {
  readonly config: Config;
  readonly found: readonly string[];
  readonly messages: string;
  readonly exit: number;
} {
  const [config, diagnostics] = readConfig("/x.conf", memoryFiles({ "/x.conf": text }), {
    ...(host && { host }),
  });
  return {
    config,
    found: diagnostics.filter(({ severity }) => severity !== "info")
      .map(({ line, code }) => `${line} ${code}`),
    messages: diagnostics.map(renderDiagnostic).join("\n"),
    exit: exitStatus(diagnostics),
  };
}

/** What the first instance follows. */
function tracksOf({ vrrp }: Config): readonly string[] | undefined {
  return vrrp.instances[0]?.tracks.map(({ tracker: { kind, name }, weight }) =>
    `${kind} ${name} ${weight}`
  );
}

/** An instance whose own lines come first, from line 2 on. */
function instance(
  lines: string,
  options: { readonly global?: string; readonly name?: string } = {},
): string {
  const { global = "", name = "V" } = options;
  return `vrrp_instance ${name} {\n${lines}\n interface eth0\n virtual_router_id 51\n` +
    ` virtual_ipaddress {\n  10.0.0.1/24\n }\n}\nglobal_defs {\n${global}\n}\n`;
}

/** What of an instance is looked at. */
type Fields = Partial<Config["vrrp"]["instances"][number]>;

/** Rule, lines of the instance, global lines, fields expected, findings expected. */
const INSTANCES: readonly (readonly [string, string, string, Fields, readonly string[]])[] = [
  ["defaults", "", "", {
    version: 2,
    priority: 100,
    advertInt: SECOND,
    wantState: "backup",
    nopreempt: false,
    unicastTtl: 255,
    downTimerAdverts: 3,
    accept: true,
  }, []],
  ["priority 255 begins as master", "priority 255", "", { priority: 255, wantState: "master" }, []],
  ["MASTER without priority owns the addresses", "state MASTER", "", {
    priority: 255,
    wantState: "master",
  }, []],
  ["an unknown state is BACKUP", "state FOO", "", { wantState: "backup" }, ["2 not-a-choice"]],
  ["priority 300 is the default", "priority 300", "", { priority: 100 }, ["2 out-of-range"]],
  ["priority 0 is the default", "priority 0", "", { priority: 100 }, ["2 out-of-range"]],
  ["junk after the priority is the default", "priority 90;", "", { priority: 100 }, [
    "2 not-a-number",
  ]],
  ["junk after a delay is cut off", "garp_master_delay 7;", "", {
    garp: {
      masterDelay: 7 * SECOND,
      masterRepeat: 5,
      masterRefresh: 0,
      masterRefreshRepeat: 1,
      lowerPrioDelay: 5 * SECOND,
      lowerPrioRepeat: 5,
    },
  }, ["2 not-a-number"]],
  ["MASTER then BACKUP is MASTER", "state MASTER\nstate BACKUP", "", {
    wantState: "master",
  }, ["3 duplicate-keyword"]],
  ["BACKUP then MASTER is MASTER", "state BACKUP\nstate MASTER", "", {
    wantState: "master",
  }, ["3 duplicate-keyword"]],
  ["a bad priority takes back the one before", "priority 120\npriority x", "", {
    priority: 100,
  }, ["3 duplicate-keyword", "3 not-a-number"]],
  ["preempt takes nopreempt back", "nopreempt\npreempt", "", {
    nopreempt: false,
  }, ["3 duplicate-keyword"]],
  ["two versions, the first one counts", "version 3\nversion 2", "", {
    version: 3,
  }, ["3 duplicate-keyword"]],
  ["what is said twice alike is no matter", "priority 120\npriority 120", "", {
    priority: 120,
  }, []],
  ["timer_expired_backup without nopreempt", "timer_expired_backup", "", {}, ["2 conflict"]],
  ["timer_expired_backup with nopreempt", "timer_expired_backup\nnopreempt", "", {
    timerExpiredBackup: 254,
  }, []],
  ["no_accept drops what is for the addresses", "no_accept", "", { accept: false }, []],
  ["no_accept of the owner is left out", "no_accept\npriority 255", "", { accept: true }, []],
  [
    "use_ipvlan with an address, its mode and no name",
    "use_ipvlan 192.0.2.7/24 private",
    "",
    {
      vmac: {
        name: "vrrp.51",
        ipvlan: { mode: "private", address: { address: "192.0.2.7", prefixLength: 24 } },
        xmitBase: false,
      },
    },
    [],
  ],
  ["owner_ignore_adverts of no owner is off", "owner_ignore_adverts", "", {
    ownerIgnoreAdverts: false,
  }, ["2 conflict"]],
  ["owner_ignore_adverts off of the owner is on", "owner_ignore_adverts off\npriority 255", "", {
    ownerIgnoreAdverts: true,
  }, ["2 conflict"]],
  ["strict: three adverts are missed", "strict_mode\ndown_timer_adverts 5", "", {
    downTimerAdverts: 3,
  }, ["3 strict"]],
  ["strict: weaker masters are not answered", "strict_mode\nlower_prio_no_advert off", "", {
    lowerPrioNoAdvert: true,
  }, ["3 strict"]],
  ["strict: VRRPv2 does not accept", "strict_mode\naccept", "", { accept: false }, ["3 strict"]],
  ["strict: no bursts are none", "strict_mode\ngarp_lower_prio_repeat 0", "", {}, []],
  ["strict: no_virtual_ipaddress", "strict_mode\nno_virtual_ipaddress", "", {}, ["3 strict"]],
  [
    "use_vmac is vrrp.VRID with the MAC address of the VRID (RFC 9568 §7.3)",
    "use_vmac",
    "",
    { vmac: { name: "vrrp.51", mac: "00:00:5e:00:01:33", xmitBase: false } },
    [],
  ],
  [
    "use_vmac with name, five octets and group, and vmac_prefix",
    "use_vmac own 02:01:02:03:04 group 7\nvmac_xmit_base",
    "vmac_prefix v",
    { vmac: { name: "own", mac: "02:01:02:03:04:33", xmitBase: true, group: 7 } },
    [],
  ],
  ["vmac_prefix begins the name", "use_vmac", "vmac_prefix v", {
    vmac: { name: "v.51", mac: "00:00:5e:00:01:33", xmitBase: false },
  }, []],
  [
    "use_vmac and unicast",
    "use_vmac\nunicast_peer {\n10.0.0.8\n}",
    "",
    { vmac: { name: "vrrp.51", mac: "00:00:5e:00:01:33", xmitBase: true } },
    ["2 default-used"],
  ],
  [
    "use_vmac, vmac_xmit_base and unicast",
    "use_vmac\nvmac_xmit_base\nunicast_peer {\n10.0.0.8\n}",
    "",
    {},
    [],
  ],
  [
    "a group beside peers is left out",
    "mcast_dst_ip 224.0.0.77\nunicast_peer {\n10.0.0.8\n}",
    "",
    {},
    ["2 conflict"],
  ],
  [
    "a peer given twice, and one nobody can be",
    "unicast_peer {\n10.0.0.8\n10.0.0.8\n10.0.0.9 min_ttl 5 max_ttl 3\n}",
    "",
    { unicastPeers: [{ address: "10.0.0.8" }, { address: "10.0.0.9", minTtl: 5, maxTtl: 3 }] },
    ["4 conflict", "5 conflict"],
  ],
  [
    "authentication goes on in a second block",
    "authentication {\nauth_type PASS\n}\nauthentication {\nauth_pass secret\n}",
    "",
    { authentication: { kind: "pass", key: new Secret(new TextEncoder().encode("secret\0\0")) } },
    [],
  ],
  ["v2 advert_int is whole seconds", "advert_int 1.6", "", { advertInt: 2 * SECOND }, [
    "2 rounded",
  ]],
  ["v2 advert_int is at least 1 s", "advert_int 0.2", "", { advertInt: SECOND }, ["2 rounded"]],
  ["v3 advert_int has steps of 10 ms", "version 3\nadvert_int 0.255", "", { advertInt: 260_000 }, [
    "3 rounded",
  ]],
  ["v3 advert_int ends at 40.95 s", "version 3\nadvert_int 50", "", { advertInt: 40_950_000 }, [
    "3 out-of-range",
  ]],
  ["advert_int 300 is the default", "advert_int 300", "", { advertInt: SECOND }, [
    "2 out-of-range",
  ]],
  ["the global version counts", "", "vrrp_version 3", { version: 3 }, []],
  ["the own version counts more", "version 2", "vrrp_version 3", { version: 2 }, []],
  ["nopreempt with MASTER is left out", "state MASTER\npriority 100\nnopreempt", "", {
    nopreempt: false,
  }, ["4 conflict"]],
  ["nopreempt with priority 255 is left out", "state BACKUP\npriority 255\nnopreempt", "", {
    nopreempt: false,
  }, ["4 conflict"]],
  ["preempt_delay with MASTER is left out", "state MASTER\npreempt_delay 5", "", {
    preemptDelay: 0,
  }, ["3 conflict"]],
  ["preempt_delay with nopreempt is left out", "nopreempt\npreempt_delay 5", "", {
    preemptDelay: 0,
    nopreempt: true,
  }, ["3 conflict"]],
  ["preempt_delay with BACKUP", "preempt_delay 5.5", "", { preemptDelay: 5_500_000 }, []],
  ["preempt_delay beyond 1000 s", "preempt_delay 1001", "", { preemptDelay: 0 }, [
    "2 out-of-range",
  ]],
  ["skip_check_adv_addr is global", "", "vrrp_skip_check_adv_addr", { skipCheckAdvAddr: true }, []],
  ["skip_check_adv_addr false switches on", "skip_check_adv_addr false", "", {
    skipCheckAdvAddr: true,
  }, ["2 not-a-boolean"]],
  ["a boolean is lower case", "lower_prio_no_advert On", "", { lowerPrioNoAdvert: false }, [
    "2 not-a-boolean",
  ]],
  ["an optional boolean may be off", "lower_prio_no_advert off", "vrrp_lower_prio_no_advert", {
    lowerPrioNoAdvert: false,
  }, []],
  ["peers with TTL limits are checked", "unicast_peer {\n10.0.0.3 min_ttl 250\n}", "", {
    checkUnicastSrc: true,
    unicastPeers: [{ address: "10.0.0.3", minTtl: 250 }],
  }, []],
  ["several peers in one line all count", "unicast_peer { 10.0.0.3 10.0.0.4 }", "", {
    unicastPeers: [{ address: "10.0.0.3" }, { address: "10.0.0.4" }],
  }, ["2 extra-word"]],
  ["a peer of the other family is left out", "unicast_peer {\n2001:db8::3\n10.0.0.3\n}", "", {
    unicastPeers: [{ address: "10.0.0.3" }],
  }, ["3 conflict"]],
  ["unicast without peers is multicast", "unicast_src_ip 10.0.0.9", "", { unicastPeers: [] }, [
    "2 incomplete",
  ]],
  ["a source of the other family is left out", "mcast_src_ip 2001:db8::9", "", {}, ["2 conflict"]],
  ["strict: no authentication", "authentication {\nauth_type PASS\nauth_pass x\n}", "vrrp_strict", {
    strict: true,
  }, ["2 strict"]],
  ["strict: no preempt_delay", "preempt_delay 5", "vrrp_strict", { preemptDelay: 0 }, ["2 strict"]],
  ["strict: MASTER goes with 255", "state MASTER\npriority 100", "vrrp_strict", {
    wantState: "backup",
  }, ["2 strict"]],
  ["strict: 255 goes with MASTER", "state BACKUP\npriority 255", "vrrp_strict", {
    wantState: "master",
  }, ["2 strict"]],
  [
    "strict: quiet towards weaker masters",
    "garp_lower_prio_repeat 3\nhigher_prio_send_advert",
    "vrrp_strict",
    {
      lowerPrioNoAdvert: true,
      higherPrioSendAdvert: false,
      ownerIgnoreAdverts: false,
    },
    ["2 strict", "3 strict"],
  ],
  ["strict: v3 does not accept unless owner", "version 3", "vrrp_strict", { accept: false }, []],
  ["strict_mode off in one instance", "strict_mode off\npreempt_delay 5", "vrrp_strict", {
    strict: false,
    preemptDelay: 5 * SECOND,
  }, []],
  [
    "v3 has no authentication",
    "version 3\nauthentication {\nauth_type PASS\nauth_pass x\n}",
    "",
    {},
    ["3 conflict"],
  ],
  ["PASS without a password", "authentication {\nauth_type PASS\n}", "", {}, ["2 incomplete"]],
  ["a password is padded", "authentication {\nauth_type PASS\nauth_pass ab\n}", "", {
    authentication: { kind: "pass", key: new Secret(Uint8Array.of(97, 98, 0, 0, 0, 0, 0, 0)) },
  }, []],
  [
    "a password in quotes keeps its #",
    'authentication {\nauth_type PASS\nauth_pass "a#b c"\n}',
    "",
    {
      authentication: { kind: "pass", key: new Secret(Uint8Array.of(97, 35, 98, 32, 99, 0, 0, 0)) },
    },
    [],
  ],
  [
    "garp settings: own over global",
    "garp_master_delay 7\ngarp_master_repeat 0",
    "vrrp_garp_master_delay 2\nvrrp_garp_master_refresh 60",
    {
      garp: {
        masterDelay: 7 * SECOND,
        masterRepeat: 1,
        masterRefresh: 60 * SECOND,
        masterRefreshRepeat: 1,
        lowerPrioDelay: 2 * SECOND,
        lowerPrioRepeat: 5,
      },
    },
    ["3 out-of-range"],
  ],
  ["vrrp_min_garp changes what is not written", "", "vrrp_min_garp\nvrrp_garp_master_repeat 3", {
    garp: {
      masterDelay: 0,
      masterRepeat: 3,
      masterRefresh: 0,
      masterRefreshRepeat: 1,
      lowerPrioDelay: 0,
      lowerPrioRepeat: 3,
    },
  }, []],
  ["an unknown script is not tracked", "track_script {\nnope\n}", "", { tracks: [] }, [
    "3 unknown-name",
  ]],
  ["the own interface is tracked anyway", "track_interface {\neth0\neth1 weight -10\n}", "", {
    tracks: [{ tracker: { kind: "interface", name: "eth1" }, weight: -10, reverse: false }],
  }, ["3 conflict"]],
  [
    "interfaces of routes and rules, without those under no_track and of next hops",
    "virtual_routes {\n10.1.0.0/24 via 10.0.0.2 dev eth1\n10.2.0.0/24 dev eth2 no_track\n" +
    "10.3.0.0/24 nexthop via 10.0.0.2 dev eth3\n}\n" +
    "virtual_rules {\nfrom 10.1.0.0/24 iif eth4 oif eth5 table 7 preference 9\n}",
    "",
    { routeInterfaces: ["eth1", "eth4", "eth5"] },
    [],
  ],
  ["a tracker's weight ends at 253", "track_interface {\neth1 weight 254\n}", "", {
    tracks: [{ tracker: { kind: "interface", name: "eth1" }, weight: 253, reverse: false }],
  }, ["3 out-of-range"]],
  ["a notify script given twice", 'notify_master "/bin/a x"\nnotify_master /bin/b', "", {
    notify: { notifyMaster: { argv: ["/bin/a", "x"] } },
  }, ["3 duplicate-keyword"]],
  ["notify with an account", "notify \"/bin/a 'b c'\" user group", "", {
    notify: { notify: { argv: ["/bin/a", "b c"], user: "user", group: "group" } },
  }, []],
  [
    "notify_deleted without a script",
    "notify_deleted",
    "",
    { notify: { notifyDeleted: true } },
    [],
  ],
];

Deno.test("readConfig() two instances with one link of their own, the first keeps the name", () => {
  const other = instance("use_ipvlan vr 10.0.0.9", { name: "W" }).replace("_id 51", "_id 52");
  const { found, messages } = read(instance("use_vmac vr") + other);
  assert.deepEqual(found, ["13 duplicate-name"], messages);
  assert.match(messages, /Cannot use vr in W: vrrp_instance V has it/);
});

/** Names of the links of addresses, each with its MAC address. */
function linksOfAddresses(words: string, addresses: string, excluded: string, globals = "") {
  const { config } = read(
    `global_defs {\n${globals}\n}\n` +
      instance(`${words}\nvirtual_ipaddress_excluded {\n${excluded}\n}`)
        .replace("10.0.0.1/24\n", `10.0.0.1/24\n${addresses}\n`),
  );
  return config.vrrp.instances.flatMap(({ virtualAddresses, excludedAddresses }) =>
    [...virtualAddresses, ...excludedAddresses].map(({ vmac }) =>
      vmac && `${vmac.name} ${vmac.mac}`
    )
  );
}

Deno.test("readConfig() use_vmac of addresses, gives one link to each interface and family that the instance has none for", () => {
  const own = "vrrp.51 00:00:5e:00:01:33";
  const [addresses, six] = [
    "10.0.0.2 use_vmac\n10.0.0.3 dev eth1 use_vmac\n10.0.0.4 dev eth1 use_vmac",
    "2001:db8::7 use_vmac\n2001:db8::8",
  ];
  const others = ["vrrp1.51 00:00:5e:00:01:33", "vrrp1.51 00:00:5e:00:01:33"];
  const last = ["vrrp6.51 00:00:5e:00:02:33", undefined];
  assert.deepEqual(linksOfAddresses("", addresses, six), [undefined, own, ...others, ...last]);
  assert.deepEqual(linksOfAddresses("use_vmac", addresses, six), [
    undefined,
    undefined,
    ...others,
    ...last,
  ]);
});

Deno.test("readConfig() use_vmac_addr, gives links to addresses elsewhere, named by vmac_addr_prefix", () => {
  assert.deepEqual(
    linksOfAddresses("use_vmac_addr", "10.0.0.3 dev eth1", "2001:db8::7", "vmac_addr_prefix v"),
    [undefined, "v.51 00:00:5e:00:01:33", "v6.51 00:00:5e:00:02:33"],
  );
});

Deno.test("readConfig() use_vmac with one VRID on two interfaces, or with a name that is generated, takes the next free name", () => {
  const other = instance("use_vmac", { name: "W" }).replace("interface eth0", "interface eth1");
  const third = instance("use_vmac vrrp1.51", { name: "X" }).replace("_id 51", "_id 52");
  const { config } = read(instance("use_vmac") + other + third);
  assert.deepEqual(config.vrrp.instances.map(({ vmac }) => vmac?.name), [
    "vrrp.51",
    "vrrp2.51",
    "vrrp1.51",
  ]);
});

Deno.test("readConfig() an interface of two garp_groups, is told", () => {
  const group = (name: string) => `garp_group {\ngarp_interval 1\ninterface ${name}\n}\n`;
  assert.deepEqual(read(group("eth0") + group("eth1") + group("eth0")).found, [
    "11 duplicate-name",
  ]);
});

Deno.test("readConfig() what is wrong in an instance that is left out, is told as well", () => {
  const { found, config, messages } = read(
    "vrrp_instance A {\n interface eth0\n strict_mode\n down_timer_adverts 5\n" +
      " track_script {\n nope\n }\n virtual_ipaddress {\n 10.0.0.1/24\n }\n}\n",
  );
  assert.deepEqual(config.vrrp.instances, []);
  assert.deepEqual(found, ["1 incomplete", "4 strict", "6 unknown-name"], messages);
});

/** What is left out, its lines from line 2 on, all findings, exit status. */
const LEFT_OUT: readonly (readonly [string, string, readonly string[], number])[] = [
  [
    "an instance of a name that is taken",
    instance("", { name: "A" }) +
    "vrrp_instance A {\n priority\n virtual_router_id 300\n notify /nope\n" +
    " virtual_ipaddress {\n  10.0.0.400\n }\n}\n",
    [
      "12 duplicate-name",
      "13 missing-word",
      "14 out-of-range",
      "17 not-an-address",
    ],
    5,
  ],
  ["a script without a name", 'vrrp_script {\n interval x\n script "/nope"\n}\n', [
    "1 missing-word",
    "2 not-a-number",
  ], 2],
  [
    "a virtual server with a wrong port",
    "virtual_server 10.0.0.1 x {\n delay_loop 1x\n" +
    " real_server 10.0.0.2 80 {\n  weight 1x\n }\n}\n",
    [
      "1 not-a-number",
      "2 not-a-number",
      "4 not-a-number",
    ],
    5,
  ],
];

for (const [name, text, expected, status] of LEFT_OUT) {
  Deno.test(`readConfig() ${name}, is left out and told what else is wrong in it`, () => {
    const { found, exit, messages } = read(text);
    assert.deepEqual(found, expected, messages);
    assert.equal(exit, status, messages);
  });
}

for (const [name, lines, global, fields, found] of INSTANCES) {
  Deno.test(`readConfig() vrrp_instance: ${name}`, () => {
    const result = read(instance(lines, { global }));
    const got = result.config.vrrp.instances[0];
    assert.ok(got, result.messages);
    for (const [field, value] of Object.entries(fields)) {
      assert.deepEqual(got[field as keyof typeof got], value, field);
      assert.ok(sameValue(got[field as keyof typeof got], value), field); // also secrets
    }
    assert.deepEqual(result.found, found, result.messages);
  });
}

Deno.test("readConfig() a password, never appears in a finding", () => {
  const secrets = [
    "auth_pass supersecret1",
    "auth_pass a supersecret1",
    'auth_pass "supersecret1',
    "auth_pas supersecret1",
    "auth_pass ab\\#supersecret1",
    "auth_pass ${_HASH}supersecret1",
    "~LST({a}, {supersecret1, b}) auth_pass $a",
    "}\nauth_hmac {\nkey supersecret1",
    "}\nauth_hmac {\nkey 300 supersecret1",
  ];
  for (const line of secrets) {
    const { messages } = read(instance(`authentication {\nauth_type PASS\n${line}\n}`));
    assert.ok(messages.length > 0 && !messages.includes("supersecret1"), messages);
  }
});

/** Rule, addresses, what they are, findings. */
const ADDRESSES: readonly (readonly [string, string, readonly unknown[], readonly string[]])[] = [
  ["all options", "10.0.0.5/24 brd + dev eth1 scope link label eth1:0", [{
    address: "10.0.0.5",
    prefixLength: 24,
    dev: "eth1",
    label: "eth1:0",
    scope: 253,
    broadcast: "+",
  }], []],
  ["no length is a host", "10.0.0.5", [{ address: "10.0.0.5", prefixLength: 32 }], []],
  ["a wrong length is that of a host", "10.0.0.5/40", [{ address: "10.0.0.5", prefixLength: 32 }], [
    "4 out-of-range",
  ]],
  ["a label of 16 bytes drops the address", "10.0.0.5 label eth0:12345678901", [], ["4 value-cut"]],
  ["dev without a name drops it", "10.0.0.5 dev", [], ["4 missing-value"]],
  ["no address", "foo", [], ["4 not-an-address"]],
  ["an unknown option is passed over", "10.0.0.5 devv eth1 label l", [{
    address: "10.0.0.5",
    prefixLength: 32,
    label: "l",
  }], ["4 unknown-keyword"]],
  ["the other family is left out", "10.0.0.5\n2001:db8::1", [{
    address: "10.0.0.5",
    prefixLength: 32,
  }], ["5 conflict"]],
  ["twice is used once", "10.0.0.5\n10.0.0.5 dev eth0\n10.0.0.5 dev eth1", [
    { address: "10.0.0.5", prefixLength: 32 },
    { address: "10.0.0.5", prefixLength: 32, dev: "eth1" },
  ], ["5 duplicate-name"]],
  [
    "among the excluded as well is not excluded",
    "10.0.0.5\n}\nvirtual_ipaddress_excluded {\n10.0.0.5\n10.0.0.6",
    [
      { address: "10.0.0.5", prefixLength: 32 },
    ],
    ["7 duplicate-name"],
  ],
];

for (const [name, lines, expected, found] of ADDRESSES) {
  Deno.test(`readConfig() virtual_ipaddress: ${name}`, () => {
    const text =
      `\nvrrp_instance V {\nvirtual_ipaddress {\n${lines}\n}\ninterface eth0\nvirtual_router_id 5\n}\n`;
    const result = read(text);
    assert.deepEqual(result.config.vrrp.instances[0]?.virtualAddresses, expected);
    assert.deepEqual(result.found, found, result.messages);
  });
}

/** Rule, text, names of the instances that run, findings. */
const WHICH: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
  [
    "no virtual_router_id",
    "vrrp_instance V {\ninterface eth0\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n",
    [],
    ["1 incomplete"],
  ],
  [
    "no interface",
    "vrrp_instance V {\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n",
    [],
    ["1 incomplete"],
  ],
  [
    "a loopback",
    "vrrp_instance V {\ninterface lo\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n",
    [],
    ["2 conflict"],
  ],
  ["no address is told", "vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\n}\n", ["V"], [
    "1 incomplete",
  ]],
  [
    "no address on purpose",
    "vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nno_virtual_ipaddress\n}\n",
    ["V"],
    [],
  ],
  [
    "no address in strict mode",
    "vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nstrict_mode\n}\n",
    [],
    ["1 incomplete"],
  ],
  ["the same VRID on one interface", instance("") + instance("", { name: "W" }), ["V"], [
    "15 conflict",
  ]],
  ...[
    "mcast_dst_ip 233.4.5.6",
    "unicast_peer {\n10.0.0.9\n}",
  ].map((lines) =>
    [
      `the same VRID on one interface, one with ${lines}`,
      instance("") + instance(lines, { name: "W" }),
      ["V", "W"],
      [],
    ] as const
  ),
  [
    "the same VRID and source, other peers",
    instance("unicast_peer {\n10.0.0.8\n}") +
    instance("unicast_peer {\n10.0.0.9\n}", { name: "W" }),
    ["V", "W"],
    [],
  ],
  [
    "the same VRID and peer, another source",
    instance("unicast_peer {\n10.0.0.8\n}\nunicast_src_ip 10.0.0.2") +
    instance("unicast_peer {\n10.0.0.8\n}\nunicast_src_ip 10.0.0.3", { name: "W" }),
    ["V", "W"],
    [],
  ],
  [
    "the same VRID, source and peer",
    instance("unicast_peer {\n10.0.0.8\n}") +
    instance("unicast_peer {\n10.0.0.8\n10.0.0.9\n}", { name: "W" }),
    ["V"],
    ["20 conflict"],
  ],
  [
    "unicast and a source, but no interface",
    "vrrp_instance V {\nvirtual_router_id 1\nunicast_src_ip 10.0.0.2\nunicast_peer {\n10.0.0.3\n}\n" +
    "virtual_ipaddress {\n10.0.0.1 dev eth0\n10.0.0.4\n}\n}\n",
    ["V"],
    ["1 incomplete"],
  ],
  [
    "unicast but neither interface nor source",
    "vrrp_instance V {\nvirtual_router_id 1\nunicast_peer {\n10.0.0.3\n}\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n",
    [],
    ["1 incomplete"],
  ],
  ["the same name", instance("") + instance("foo", { name: "V" }), ["V"], [
    "13 unknown-keyword",
    "12 duplicate-name",
  ]],
  ["AH", instance("authentication {\nauth_type AH\nauth_pass x\n}"), ["V"], []],
  [
    "IPv6",
    "vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n2001:db8::1\n}\n}\n",
    ["V"],
    [],
  ],
];

for (const [name, text, names, found] of WHICH) {
  Deno.test(`readConfig() vrrp_instance with ${name}`, () => {
    const result = read(text);
    assert.deepEqual(result.config.vrrp.instances.map((each) => each.name), names);
    assert.deepEqual(result.found.toSorted(), found.toSorted(), result.messages);
  });
}

const TWO = instance("") +
  instance("virtual_router_id 52", { name: "W" }).replace(" virtual_router_id 51\n", "");

/** Rule, group, members, findings. */
const GROUPS:
  readonly (readonly [string, string, readonly (readonly string[])[], readonly string[]])[] = [
    ["two members", "vrrp_sync_group G {\ngroup { V W }\n}\n", [["V", "W"]], []],
    ["an unknown member", "vrrp_sync_group G {\ngroup {\nV\nX\nW\n}\n}\n", [["V", "W"]], [
      "4 unknown-name",
    ]],
    ["one member is odd", "vrrp_sync_group G {\ngroup {\nV\n}\n}\n", [["V"]], ["1 incomplete"]],
    ["no member is no group", "vrrp_sync_group G {\n}\n", [], ["1 incomplete"]],
    [
      "a member of two groups",
      "vrrp_sync_group G {\ngroup { V W }\n}\nvrrp_sync_group H {\ngroup { V W }\n}\n",
      [["V", "W"]],
      ["4 incomplete", "5 unknown-name", "5 unknown-name"],
    ],
  ];

for (const [name, text, members, found] of GROUPS) {
  Deno.test(`readConfig() vrrp_sync_group: ${name}`, () => {
    const result = read(text + TWO);
    assert.deepEqual(result.config.vrrp.groups.map((group) => group.members), members);
    assert.deepEqual(result.found, found, result.messages);
  });
}

Deno.test("readConfig() weights in a sync group, count only where it allows them", () => {
  const tracked = "vrrp_script s {\nscript /bin/true\nweight 5\n}\n" +
    TWO.replace(
      "interface eth0",
      "interface eth0\ntrack_script {\ns\n}\ntrack_interface {\neth1 weight 9\n}",
    );
  const without = read(`vrrp_sync_group G {\ngroup { V W }\n}\n${tracked}`);
  assert.deepEqual(tracksOf(without.config), ["interface eth1 0"]);
  assert.equal(without.exit, 5);
  const allowed = read(
    `vrrp_sync_group G {\nsync_group_tracking_weight\ngroup { V W }\n}\n${tracked}`,
  );
  assert.deepEqual(tracksOf(allowed.config), ["interface eth1 9", "script s 5"]);
});

Deno.test("readConfig() vrrp_script, all fields and the words of an unquoted command", () => {
  const script =
    "vrrp_script s {\nscript /bin/pidof -s x\ninterval 2.5\ntimeout 2\nweight -20 reverse\n" +
    "rise 3\nfall 4\ninit_fail\nuser root\n}\n";
  const { config, found } = read(script + instance("track_script {\ns weight 5\n}"));
  assert.deepEqual(config.track.scripts, [{
    name: "s",
    script: { argv: ["/bin/pidof", "-s", "x"], user: "root" },
    interval: 2_500_000,
    timeout: 2_000_000,
    weight: -20,
    reverse: true,
    rise: 3,
    fall: 4,
    initFail: true,
  }]);
  assert.deepEqual(tracksOf(config), ["script s 5"]);
  assert.deepEqual(found, ["2 extra-word"]);
});

Deno.test("readConfig() with facts of the host, tells what it lacks", () => {
  const missing = read(
    instance("track_interface {\neth9\n}").replace("interface eth0", "interface eth8"),
    HOST,
  );
  assert.deepEqual(missing.found, ["3 interface-missing", "5 interface-missing"]);
  assert.equal(missing.exit, 5);
  const dynamic = read(
    instance("", { global: "dynamic_interfaces" }).replace("interface eth0", "interface eth8"),
    HOST,
  );
  assert.equal(dynamic.exit, 0);
});

/** Rule, script lines, global lines, findings, exit code. */
const SCRIPTS: readonly (readonly [string, string, string, readonly string[], number])[] = [
  ["secured", "script /bin/true", "script_user root\nenable_script_security", [], 0],
  ["without security", "script /bin/true", "", ["2 script-security"], 6],
  ["a missing program", "script /nope", "", ["2 script-missing"], 5],
  ["what only a shell reads is not judged", 'script "</dev/tcp/127.0.0.1/80"', "", [], 0],
  ...["$HOME/check.sh", "`date`", "(true)", "|cat", "&", ";true", ">/tmp/x", "<input"].map((
    command,
  ) => [`${command} is no program`, `script "${command}"`, "", ["2 script-missing"], 5] as const),
  [
    "an unknown account",
    "script /bin/true\nuser nope",
    "script_user root\nenable_script_security",
    ["3 unknown-name"],
    5,
  ],
  [
    "a group with a colon",
    "script /bin/true\nuser root :root",
    "script_user root\nenable_script_security",
    ["3 unknown-name"],
    5,
  ],
  ["an unknown script_user", "script /bin/true", "script_user nope\nenable_script_security", [
    "15 unknown-name",
  ], 5],
  ["an unknown script_user, no security", "script /bin/true", "script_user nope", [
    "15 unknown-name",
  ], 5],
  [
    "an unknown script_user, and an account",
    "script /bin/true\nuser root",
    "script_user nope",
    ["2 script-security", "16 unknown-name"],
    6,
  ],
  ["no account to run it", "script /bin/true", "enable_script_security", ["2 unknown-name"], 5],
  [
    "no account, and no program",
    "script /nope",
    "enable_script_security",
    ["2 script-missing", "2 unknown-name"],
    5,
  ],
];

for (const [name, lines, global, found, exit] of SCRIPTS) {
  Deno.test(`readConfig() scripts of the host: ${name} (grammar §13)`, () => {
    const text = `vrrp_script s {\n${lines}\n}\n` + instance("track_script {\ns\n}", { global });
    const result = read(text, HOST);
    assert.deepEqual(result.found, found, result.messages);
    assert.equal(result.exit, exit);
    const lost = exit === 5;
    assert.deepEqual(tracksOf(result.config), lost ? [] : ["script s 0"]);
  });
}

for (
  const [fault, account, words, exit] of [
    ["missing", "root", "Cannot find /srv/x: the script is not tracked", 5],
    ["folder", "root", "Cannot run /srv/x, a folder: the script is not tracked", 5],
    ["no file", "root", "Cannot run /srv/x, which is no file: the script is not tracked", 5],
    [
      "not executable",
      "root",
      "Cannot run /srv/x as root, who may not execute it: the script is not tracked",
      0,
    ],
  ] as const
) {
  Deno.test(`readConfig() a script whose program is ${fault}, is told at its place in so many words`, () => {
    const asked: (string | undefined)[] = [];
    const programFault: HostFacts["programFault"] = (_program, runner) => {
      asked.push(runner?.user);
      return fault;
    };
    const text = "vrrp_script s {\nscript /srv/x\n}\n" +
      instance("track_script {\ns\n}", {
        global: `script_user ${account}\nenable_script_security`,
      });
    const result = read(text, { ...HOST, programFault });
    assert.equal(result.messages, `/x.conf:2:8: error: ${words}`);
    assert.equal(result.exit, exit);
    assert.deepEqual(new Set(asked), new Set([account]));
    assert.deepEqual(tracksOf(result.config), []);
  });
}

Deno.test("readConfig() commands without an account to run them, are not in the configuration", () => {
  const lines = 'notify_master /bin/true\nnotify_backup "/bin/true" root\nnotify $HOME/x';
  const { config, found, messages } = read(
    instance(lines, { global: "enable_script_security" }),
    HOST,
  );
  const [{ notify } = { notify: {} }] = config.vrrp.instances;
  assert.deepEqual(Object.keys(notify), ["notifyBackup"]);
  assert.deepEqual(found, ["2 unknown-name", "4 script-missing"]);
  assert.match(messages, /Cannot find \$HOME\/x: it never runs, \$HOME is not defined/);
});

Deno.test("readConfig() exit codes of -t and of a start (cli.tsv)", () => {
  const [, missing] = readConfig("/nope", memoryFiles({}));
  assert.deepEqual([exitStatus(missing), startStatus(missing)], [0, 6]);
  const [, word] = readConfig("/x", memoryFiles({ "/x": instance("priority") }));
  assert.deepEqual([exitStatus(word), startStatus(word)], [2, 2]);
  const [, include] = readConfig("/x", memoryFiles({ "/x": "includem /nope\n" }));
  assert.deepEqual([exitStatus(include), startStatus(include)], [6, 6]);
  const [, unknown] = readConfig("/x", memoryFiles({ "/x": instance("foo") }));
  assert.deepEqual([exitStatus(unknown), startStatus(unknown)], [5, 0]);
  const misled = instance("trcak_script {\n}\ntrack_file {\nf\n}");
  const [, follows] = readConfig("/x", memoryFiles({ "/x": misled }));
  assert.deepEqual([exitStatus(follows), startStatus(follows)], [2, 0]);
});

Deno.test("readConfig() global_defs given twice, both count and the later wins", () => {
  const { config } = read(
    "global_defs {\nrouter_id a\nvrrp_strict\n}\nglobal_defs {\nrouter_id b\n}\n",
  );
  assert.deepEqual([config.global.routerId, config.global.vrrpStrict], ["b", true]);
});

const WORDS = [
  "vrrp_instance",
  "virtual_server",
  "real_server",
  "global_defs",
  "authentication",
  "virtual_ipaddress",
  "priority",
  "10.0.0.1",
  "80",
  "{",
  "}",
  "{",
  "}",
  "\n",
  "\n",
  "\n",
  '"',
  "'",
  "\\",
  "#",
  "$A",
  "${A}",
  "\n$A=",
  "\n~SEQ(A, 3)",
  "\n~LST(A, x, y)",
  "\n@id",
  "\ninclude x",
  "script",
  "track_script",
  "HTTP_GET",
  "url",
  "\0",
  "\t",
  "é",
];

Deno.test("readConfig() any words of the language, never throws and finds its places in the text", () => {
  const text = fc.array(fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 8 })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(text, (words) => {
      const source = words.join(" ");
      const lines = source.split("\n");
      const [, found] = readConfig("/x", memoryFiles({ "/x": source }), { host: HOST });
      for (const { line, column } of found) {
        assert.ok(line >= 1 && line <= lines.length, `line ${line} of ${lines.length}`);
        assert.ok(
          column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 1,
          `column ${column} in line ${line}`,
        );
      }
    }),
    { numRuns: 1500 },
  );
});

Deno.test("readConfig() any bytes, never throws", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      readConfig("/x", memoryFiles({ "/x": bytes }), { host: HOST });
    }),
    { numRuns: 1500 },
  );
});

Deno.test("readConfig() one keyword 200,000 times, is read without a throw and its last use counts", () => {
  const text = `~SEQ(n, 1, 200000) global_defs { router_id r$n`;
  const nested = `global_defs {\n~SEQ(n, 1, 200000) vrrp_version 2\nrouter_id last\n}\n`;
  assert.equal(read(nested).config.global.routerId, "last");
  assert.ok(read(text).found.length > 0);
});

Deno.test("readConfig() a mistake in a line that goes round, is told once", () => {
  assert.deepEqual(read("~SEQ(n, 1, 500) szie\n").found, ["1 unknown-keyword"]);
});

Deno.test("readConfig() 32,512 different mistakes that a sequence makes, keeps three and counts the others", () => {
  const text = "vrrp_instance A {\n~SEQ(n, 1, 32512) foo$n\n}\n";
  const [, found] = readConfig("/x", memoryFiles({ "/x": text }));
  const told = toldOf(found).filter(({ code }) => code === "unknown-keyword");
  assert.deepEqual(told.map(({ line, column, more }) => [line, column, more]), [
    [2, 19, undefined],
    [2, 19, undefined],
    [2, 19, 32_509],
  ]);
});

Deno.test("readConfig() a long text that is no configuration, keeps a thousand findings and ends", () => {
  const text = `global_defs {\n}\n${'It "may be said\nthat { this is prose }\n'.repeat(20_000)}`;
  const [, found] = readConfig("/x", memoryFiles({ "/x": text }));
  assert.ok(found.length <= 2_001, `${found.length} findings`);
  const last = found.at(-1);
  assert.equal(last?.code, "too-many-findings");
  assert.ok((last?.more ?? 0) > 20_000, `${last?.more} more`);
});

Deno.test("readConfig() a line several times too long, is one finding", () => {
  const text = `global_defs {\n  router_id "${"a b".repeat(2_000)}"\n}\n`;
  const [, found] = readConfig("/x", memoryFiles({ "/x": text }));
  assert.deepEqual(toldOf(found).map(({ line, code }) => [line, code]), [[2, "line-too-long"]]);
});
