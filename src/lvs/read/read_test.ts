import assert from "node:assert/strict";
import {
  bindTable,
  buildTree,
  type Diagnostic,
  diagnosticAt,
  memoryFiles,
  preprocess,
  type Report,
  type Table,
} from "../../language/mod.ts";
import { readGlobal } from "../../global/read.ts";
import { serviceKey } from "../../kernel/ipvs/ipvs.ts";
import { SECOND } from "../../net/micros.ts";
import type { LvsConfig, VirtualServerConfig } from "../config.ts";
import { localAddressGroup, virtualServer, virtualServerGroup } from "../rows/keywords.ts";
import { readLvs } from "./read.ts";

const ROOT = {
  virtual_server: virtualServer,
  virtual_server_group: virtualServerGroup,
  local_address_group: localAddressGroup,
} satisfies Table;

/** Virtual servers of a text, and findings as `line code`. */
function read(
  text: string,
): { readonly config: LvsConfig; readonly found: readonly string[]; readonly messages: string } {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (place, length, finding) =>
    diagnostics.push(diagnosticAt(place, length, finding));
  const lines = preprocess(memoryFiles({ "/x": text }), { path: "/x", allConfig: false, report });
  const root = bindTable(buildTree(lines, ROOT, report), ROOT, { report });
  const config = readLvs({
    groups: root.virtual_server_group ?? [],
    servers: root.virtual_server ?? [],
    localAddressGroups: root.local_address_group ?? [],
  }, readGlobal({}));
  const told = diagnostics.filter(({ severity }) => severity !== "info");
  return {
    config,
    found: told.map(({ line, code }) => `${line} ${code}`),
    messages: diagnostics.map(({ line, message }) => `${line} ${message}`).join("\n"),
  };
}

/** A virtual server whose own lines come first, from line 2 on. */
function server(
  lines: string,
  options: { readonly head?: string; readonly base?: string; readonly real?: string } = {},
): string {
  const {
    head = "10.0.0.1 80",
    base = "lb_algo rr\nlb_kind NAT\nprotocol TCP",
    real = "real_server 192.168.1.1 8080 {\n}",
  } = options;
  return `virtual_server ${head} {\n${lines}\n${base}\n${real}\n}\n`;
}

/** Rule, text, fields of the only virtual server, findings. */
const SERVERS:
  readonly (readonly [string, string, Partial<VirtualServerConfig>, readonly string[]])[] = [
    ["defaults", server(""), {
      scheduler: "rr",
      flags: 0,
      persistenceGranularity: 32,
      quorum: 1,
      hysteresis: 0,
      alpha: false,
      omega: false,
    }, []],
    ["nothing said is told", server("", { base: "" }), {
      scheduler: "wlc",
      name: { kind: "address", protocol: "udp", address: "10.0.0.1", port: 80 },
    }, ["1 default-used", "1 default-used", "1 default-used"]],
    ["protocol in any case", server("protocol sctp", { base: "lb_algo rr\nlb_kind NAT" }), {
      name: { kind: "address", protocol: "sctp", address: "10.0.0.1", port: 80 },
    }, []],
    [
      "a mark has no protocol",
      server("", { head: "fwmark 7", real: "real_server 192.168.1.1 {\n}" }),
      {
        services: [{ kind: "fwmark", family: "inet", mark: 7 }],
      },
      ["5 conflict"],
    ],
    ["persistence_timeout without a number", server("persistence_timeout"), {
      persistenceTimeout: 360,
    }, []],
    [
      "every port needs persistence",
      server("", { head: "10.0.0.1" }),
      { persistenceTimeout: 360 },
      ["1 default-used"],
    ],
    [
      "persistence_granularity",
      server("persistence_timeout 50\npersistence_granularity 255.255.255.0"),
      {
        persistenceTimeout: 50,
        persistenceGranularity: 24,
      },
      [],
    ],
    ["a netmask with holes", server("persistence_granularity 255.0.255.0"), {
      persistenceGranularity: 32,
    }, ["2 malformed-value"]],
    [
      "an unknown scheduler",
      server("", { base: "lb_algo loadbalance\nlb_kind NAT\nprotocol TCP" }),
      { scheduler: "wlc" },
      ["3 not-a-choice"],
    ],
    ["ops goes with UDP", server("ops"), { flags: 0 }, ["2 conflict"]],
    [
      "flags of the scheduler",
      server("sh-port\nsh-fallback", { base: "lb_algo sh\nlb_kind NAT\nprotocol TCP" }),
      { flags: 0x18 },
      [],
    ],
    ["flags of another scheduler", server("mh-port"), { flags: 0 }, ["2 conflict"]],
    ["a quorum beyond the weights is theirs", server("quorum 5"), { quorum: 1 }, [
      "2 out-of-range",
    ]],
    [
      "a hysteresis not below the quorum is one less",
      server("quorum 2\nhysteresis 2", {
        real: "real_server 192.168.1.1 80 {\nweight 3\n}",
      }),
      { quorum: 2, hysteresis: 1 },
      ["3 out-of-range"],
    ],
    [
      "alpha, omega, quorum commands",
      server('alpha\nomega\nquorum_up "/bin/a b;c"\nquorum_down /bin/d user'),
      {
        alpha: true,
        omega: true,
        quorumUp: { argv: ["/bin/a", "b;c"] },
        quorumDown: { argv: ["/bin/d"], user: "user" },
      },
      [],
    ],
    [
      "aliases of 1.x",
      server("lvs_sched wrr\nlvs_method DR", {
        base: "protocol TCP",
        real: "real_server 192.168.1.1 80 {\n}",
      }),
      { scheduler: "wrr" },
      [],
    ],
  ];

for (const [name, text, fields, found] of SERVERS) {
  Deno.test(`readLvs() virtual_server: ${name}`, () => {
    const result = read(text);
    const got = result.config.virtualServers[0];
    assert.ok(got, result.messages);
    for (const [field, value] of Object.entries(fields)) {
      assert.deepEqual(got[field as keyof typeof got], value, field);
    }
    assert.deepEqual(result.found, found, result.messages);
  });
}

/** Rule, text, findings: no virtual server is left. */
const REFUSED: readonly (readonly [string, string, readonly string[]])[] = [
  ["without real servers", server("", { real: "" }), ["1 incomplete"]],
  ["with a group that does not exist", server("", { head: "group g" }), ["1 unknown-name"]],
  ["with a name for an address", server("", { head: "localhost 80" }), ["1 not-an-address"]],
  ["with a port beyond 65535", server("", { head: "10.0.0.1 70000" }), ["1 out-of-range"]],
  [
    "with FNAT and a mark",
    server("lb_kind FNAT", { head: "fwmark 1", base: "lb_algo rr" }),
    ["2 conflict"],
  ],
  [
    "with FNAT and a server of DR",
    server("lb_kind FNAT", {
      base: "lb_algo rr\nprotocol TCP",
      real: "real_server 192.168.1.1 80 {\nlvs_method DR\n}",
    }),
    ["6 conflict"],
  ],
  [
    "with FNAT and a local_address_group that does not exist",
    server("lb_kind FNAT\nladdr_group_name g", { base: "lb_algo rr\nprotocol TCP" }),
    ["3 unknown-name"],
  ],
  [
    "with FNAT and a local_address_group of the other family",
    server("lb_kind FNAT\nladdr_group_name g", { base: "lb_algo rr\nprotocol TCP" }) +
    "local_address_group g {\n2001:db8::1\n}\n",
    ["3 conflict"],
  ],
];

for (const [name, text, found] of REFUSED) {
  Deno.test(`readLvs() virtual_server ${name}, is left out`, () => {
    const result = read(text);
    assert.deepEqual(result.config.virtualServers, []);
    assert.deepEqual(result.found, found, result.messages);
  });
}

Deno.test("readLvs() a group, stands for all its addresses; marks included", () => {
  const group = "virtual_server_group g {\n1.1.1.1 80 #vip1\n1.1.2.1-2 80\nfwmark 9\n}\n";
  const { config, found, messages } = read(server("", { head: "group g" }) + group);
  assert.deepEqual(config.virtualServers[0]?.services.map(serviceKey), [
    "tcp [1.1.1.1]:80",
    "tcp [1.1.2.1]:80",
    "tcp [1.1.2.2]:80",
    "fwmark 9 inet",
  ]);
  assert.deepEqual(found, [], messages);
});

Deno.test("readLvs() two virtual servers of one address and port, the first one counts", () => {
  const { config, found } = read(server("") + server(""));
  assert.equal(config.virtualServers.length, 1);
  assert.deepEqual(found, ["9 duplicate-name"]);
});

Deno.test("readLvs() real servers: weight, forwarding, thresholds and commands are inherited or their own", () => {
  const real =
    "real_server 192.168.1.1 8080 {\n}\nreal_server 192.168.1.2 8081 {\nweight 0\nuthreshold 9\n" +
    'lthreshold 3\ninhibit_on_failure off\nnotify_up /bin/u\nnotify_down "/bin/d x"\n}';
  const { config, messages } = read(server("weight 4\ninhibit_on_failure", { real }));
  const [first, second] = config.virtualServers[0]?.realServers ?? [];
  assert.deepEqual(
    [first?.weight, first?.inhibitOnFailure, first?.port],
    [4, true, 8080],
    messages,
  );
  assert.deepEqual(second, {
    address: "192.168.1.2",
    port: 8081,
    smtpAlert: true,
    weight: 0,
    forwarding: { method: "nat" },
    inhibitOnFailure: false,
    upperThreshold: 9,
    lowerThreshold: 3,
    notifyUp: { argv: ["/bin/u"] },
    notifyDown: { argv: ["/bin/d", "x"] },
    checkers: [],
  });
});

Deno.test("readLvs() ports: only NAT changes them, none written is the service's", () => {
  const port = (text: string) => {
    const { config, found } = read(text);
    return [config.virtualServers[0]?.realServers[0]?.port, found];
  };
  assert.deepEqual(port(server("", { real: "real_server 192.168.1.1 {\n}" })), [80, []]);
  const dr = { base: "lb_algo rr\nlb_kind DR\nprotocol TCP" };
  assert.deepEqual(port(server("", dr)), [80, ["6 conflict"]]);
  const mark = { head: "fwmark 1", base: "lb_algo rr\nlb_kind NAT" };
  assert.deepEqual(port(server("", mark)), [8080, []]);
  assert.deepEqual(port(server("", { ...mark, base: "lb_algo rr\nlb_kind DR" })), [0, [
    "5 conflict",
  ]]);
});

Deno.test("readLvs() tunnels have a type, a port with gue alone, and a checksum kind", () => {
  const forwarding = (words: string) => {
    const { config, found } = read(server(`lb_kind TUN ${words}`, {
      base: "lb_algo rr\nprotocol TCP",
      real: "real_server 192.168.1.1 80 {\n}",
    }));
    return [config.virtualServers[0]?.realServers[0]?.forwarding, found];
  };
  assert.deepEqual(forwarding(""), [{ method: "tunnel", tunnelType: 0, port: 0, flags: 0 }, []]);
  assert.deepEqual(forwarding("type gue port 6080 csum"), [
    { method: "tunnel", tunnelType: 1, port: 6080, flags: 1 },
    [],
  ]);
  assert.deepEqual(forwarding("type gue")[1], ["2 malformed-value"]);
  assert.deepEqual(forwarding("type foo")[1], ["2 not-a-choice"]);
});

Deno.test("readLvs() a real server twice or of the other family, is left out", () => {
  const real =
    "real_server 192.168.1.1 80 {\n}\nreal_server 192.168.1.1 80 {\n}\nreal_server 2001:db8::1 80 {\n}";
  const { config, found } = read(server("", { real }));
  assert.equal(config.virtualServers[0]?.realServers.length, 1);
  assert.deepEqual(found, ["8 duplicate-name", "10 conflict"]);
});

Deno.test("readLvs() checkers take what they do not say from real server, virtual server, defaults", () => {
  const real = "real_server 192.168.1.1 8080 {\nretry 4\nTCP_CHECK {\n}\n" +
    "HTTP_GET {\nurl {\npath /a\nstatus_code 200 302-303\ndigest ABCDEF0123456789abcdef0123456789\n}\n" +
    "url {\npath /b\nvirtualhost b.example\n}\nnb_get_retry 2\nconnect_port 81\nbindto 192.168.1.9\nhttp_protocol 1.1\n}\n" +
    'MISC_CHECK {\nmisc_path "/bin/c x"\nmisc_timeout 7\nmisc_dynamic\nuser u\n}\n}';
  const { config, messages } = read(
    server("delay_loop 6\nconnect_timeout 2\nalpha\nvirtualhost v.example", { real }),
  );
  const timing = { delayLoop: 6 * SECOND, warmup: 6 * SECOND, alpha: true, logAllFailures: false };
  const [tcp, http, misc] = config.virtualServers[0]?.realServers[0]?.checkers ?? [];
  assert.deepEqual(tcp, {
    kind: "tcp",
    timing: { ...timing, retry: 4, delayBeforeRetry: SECOND },
    connect: { address: "192.168.1.1", port: 8080, timeout: 2 * SECOND },
  }, messages);
  assert.deepEqual(http, {
    kind: "http",
    timing: { ...timing, retry: 2, delayBeforeRetry: 3 * SECOND },
    connect: { address: "192.168.1.1", port: 81, bindAddress: "192.168.1.9", timeout: 2 * SECOND },
    httpProtocol: "1.1",
    urls: [
      {
        path: "/a",
        statusCodes: [[200, 200], [302, 303]],
        digest: "abcdef0123456789abcdef0123456789",
        virtualhost: "v.example",
      },
      { path: "/b", statusCodes: [[200, 299]], virtualhost: "b.example" },
    ],
  });
  assert.deepEqual(misc, {
    kind: "misc",
    timing: { ...timing, retry: 4, delayBeforeRetry: SECOND },
    command: { argv: ["/bin/c", "x"], user: "u" },
    timeout: 7 * SECOND,
    dynamic: true,
  });
});

Deno.test("readLvs() a checker of a fwmark service, connects to the port written", () => {
  const { config } = read(server("", {
    head: "fwmark 100",
    base: "lb_algo wrr\nlb_kind DR",
    real: "real_server 172.27.0.30 80 {\nTCP_CHECK {\n}\n}",
  }));
  const [real] = config.virtualServers[0]?.realServers ?? [];
  assert.equal(real?.port, 0);
  const [checker] = real?.checkers ?? [];
  assert.ok(checker?.kind === "tcp");
  assert.equal(checker.connect.port, 80);
});

Deno.test("readLvs() checkers that cannot be used, are left out with a finding", () => {
  const real =
    "real_server 192.168.1.1 80 {\nHTTP_GET {\n}\nHTTP_GET {\nurl {\nstatus_code 900\n}\n}\nMISC_CHECK {\n}\n" +
    "TCP_CHECK {\nbindto 2001:db8::1\nconnect_timeout 0\n}\n}";
  const { config, found, messages } = read(server("", { real }));
  const checkers = config.virtualServers[0]?.realServers[0]?.checkers ?? [];
  assert.deepEqual(checkers.map(({ kind }) => kind), ["tcp"]);
  assert.deepEqual(found.toSorted(), [
    "10 incomplete",
    "11 out-of-range",
    "14 incomplete",
    "17 conflict",
    "18 out-of-range",
    "7 incomplete",
  ], messages);
});

Deno.test("readLvs() local_address_group of the fork, is that of full NAT, without real servers", () => {
  assert.deepEqual(
    read("local_address_group g {\n192.168.100.0/24\nfoo\n10.0.0.1 via\n}\n").found,
    [
      "2 out-of-range",
      "3 not-an-address",
      "4 malformed-value",
    ],
  );
  const group =
    "local_address_group g {\n192.168.1.5-6 dev eth1\n192.168.1.1\n2001:db8::1\n192.168.1.4\n}\n";
  const text = server("lb_kind FNAT\nladdr_group_name g\nsyn_proxy", {
    base: "lb_algo rr\nprotocol TCP",
  });
  const { config, found, messages } = read(text + group);
  const [virtualServer] = config.virtualServers;
  assert.deepEqual(virtualServer?.fullNat, {
    localAddresses: [
      { address: "192.168.1.4" },
      { address: "192.168.1.5", dev: "eth1" },
      { address: "192.168.1.6", dev: "eth1" },
    ],
  });
  assert.equal(virtualServer?.synProxy, true);
  assert.deepEqual(virtualServer?.realServers[0]?.forwarding, { method: "nat" });
  assert.deepEqual(found, ["3 conflict"], messages);
});

Deno.test("readLvs() FNAT without local addresses, is said to use that of the interface", () => {
  const { config, found } = read(server("lb_kind FNAT", { base: "lb_algo rr\nprotocol TCP" }));
  assert.deepEqual(config.virtualServers[0]?.fullNat, { localAddresses: [] });
  assert.deepEqual(found, ["2 default-used"]);
});

Deno.test("readLvs() syn_proxy, is refused where answers do not come by, with UDP and with marks", () => {
  for (
    const [head, base] of [
      ["10.0.0.1 80", "lb_algo rr\nlb_kind DR\nprotocol TCP"],
      ["10.0.0.1 80", "lb_algo rr\nlb_kind TUN\nprotocol TCP"],
      ["10.0.0.1 80", "lb_algo rr\nlb_kind NAT\nprotocol UDP"],
      ["fwmark 3", "lb_algo rr\nlb_kind NAT"],
    ] as const
  ) {
    const { config, found, messages } = read(
      server("syn_proxy", { head, base, real: "real_server 192.168.1.1 80 {\n}" }),
    );
    assert.deepEqual(found, ["2 conflict"], messages);
    assert.equal(config.virtualServers.length, 1);
    assert.equal(config.virtualServers[0]?.synProxy, undefined);
  }
});

Deno.test("readLvs() sorry_server_lvs_method, decides whether the sorry server keeps its port", () => {
  const sorry = (method: string) =>
    read(server(
      `sorry_server 10.0.0.9 8888\nsorry_server_lvs_method ${method}`,
      { base: "lb_algo rr\nlb_kind DR\nprotocol TCP" },
    )).config.virtualServers[0]?.sorryServer;
  assert.deepEqual([sorry("NAT")?.port, sorry("NAT")?.forwarding], [8888, { method: "nat" }]);
  assert.deepEqual([sorry("DR")?.port, sorry("DR")?.forwarding], [80, { method: "dr" }]);
});

Deno.test("readLvs() jitter slow_start drain_timeout, are inherited and told where they cannot be had", () => {
  const text = (server: string, checker: string) =>
    `virtual_server 10.0.0.1 80 {
  delay_loop 6
  jitter 2
  slow_start 30
  drain_timeout 60
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 10.0.0.2 80 {
    ${server}
    TCP_CHECK {
      ${checker}
      connect_timeout 3
    }
  }
}
`;
  const { config, messages } = read(text("weight 10", ""));
  assert.equal(messages, "");
  const [virtual] = config.virtualServers;
  const [real] = virtual?.realServers ?? [];
  assert.deepEqual([virtual?.drainTimeout, real?.slowStart, real?.checkers[0]?.timing.jitter], [
    60 * SECOND,
    30 * SECOND,
    2 * SECOND,
  ]);
  const told = (server: string, checker: string) => {
    const { config, messages } = read(text(server, checker));
    const timing = config.virtualServers[0]?.realServers[0]?.checkers[0]?.timing;
    return [timing?.jitter, messages];
  };
  const late = (line: number, seconds: number) =>
    `${line} Cannot use jitter ${seconds}: it must be below the delay_loop, 6 s, nearly all of which is used`;
  assert.deepEqual(told("weight 10\n jitter 7", ""), [6 * SECOND - 1, late(11, 7)]);
  assert.deepEqual(told("weight 10\n jitter 3", "jitter 9"), [6 * SECOND - 1, late(13, 9)]);
  assert.deepEqual(told("weight 10\n jitter 0", ""), [undefined, ""]);
  assert.equal(
    told("weight 1", "")[1],
    "4 Cannot start a server of weight 1 slowly in virtual_server 10.0.0.1 80: give it a weight it can climb to, such as 100",
  );
});
