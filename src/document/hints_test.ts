/** What people write who know other programs, or are new: one finding at the word that is wrong, which says what to write. */

import assert from "node:assert/strict";
import { type Diagnostic, memoryFiles, toldOf } from "../language/mod.ts";
import { readBound } from "./config.ts";
import { instanceText, lintText } from "./lint/fixtures.ts";
import { GOOD_HOST } from "../../tests/data/good_files.ts";

const HOST = {
  ...GOOD_HOST.host,
  hasProgram: (program: string) => program === "/usr/bin/logger" || program === "/bin/true",
  hasAccount: (user: string) => user === "root" || user === "nobody",
};

/** Findings as `line:marked words | hint`; those of scripts without security are left out. */
function shown(text: string, found: readonly Diagnostic[]): readonly string[] {
  const lines = text.split("\n");
  return found.filter(({ severity, code }) => severity !== "info" && code !== "script-security")
    .map(({ line, column, length, hint }) =>
      `${line}:${lines[line - 1]?.slice(column - 1, column - 1 + length)} | ${hint ?? ""}`
    );
}

/** What -t and the log tell of a text on the machine it is for. */
function told(text: string): readonly string[] {
  const files = memoryFiles({ "/own.conf": text });
  return shown(text, toldOf(readBound("own.conf", files, { host: HOST }).diagnostics));
}

/** What `check` tells. */
function checked(text: string, where: "here" | "anywhere" = "here"): readonly string[] {
  const { addresses } = GOOD_HOST;
  const options = where === "here" ? { host: HOST, addresses } : {};
  return shown(text, lintText(text, { ...options, off: ["address-nowhere", "no-checker"] }));
}

const server = (line: string) =>
  `virtual_server 10.0.0.1 80 {\n  lb_algo rr\n  lb_kind NAT\n  protocol TCP\n  real_server 10.1.0.1 80 {\n    TCP_CHECK {\n    }\n  }\n}\n`
    .replace(new RegExp(`  ${line.split(" ")[0]} .*`), `  ${line}`);

const TRACKED = instanceText(["track_script {", "  chk", "}"]);
const script = (line: string) => `vrrp_script chk {\n  script ${line}\n}\n${TRACKED}`;

/** Name, text, what is told by -t and by check alike. */
const HINTS: readonly (readonly [string, string, string])[] = [
  [
    "arguments without quotes, taken for an account",
    instanceText(["notify_master /usr/bin/logger master"]),
    '7:master | arguments go into quotes with their command: "/usr/bin/logger master"',
  ],
  [
    "options without quotes",
    instanceText(["notify_master /usr/bin/logger -t vrrp master"]),
    '7:-t | arguments go into quotes with their command: "/usr/bin/logger -t vrrp master"',
  ],
  [
    "an account that is not there, behind a command in quotes",
    instanceText(['notify_master "/usr/bin/logger master" nobdy']),
    "7:nobdy | ",
  ],
  [
    "more words than an account has",
    instanceText(["notify_master /usr/bin/logger root root now"]),
    "7:now | put the whole command in double quotes",
  ],
  [
    "arguments of a tracked script without quotes",
    script("/bin/true -0 haproxy"),
    "2:-0 haproxy | put the whole command in double quotes",
  ],
  [
    "typographic quotes",
    script("\u201c/bin/true\u201d"),
    '2:\u201c/bin/true\u201d | write plain quotes: "',
  ],
  [
    "other typographic quotes",
    script("\u00ab/bin/true\u00bb"),
    '2:\u00ab/bin/true\u00bb | write plain quotes: "',
  ],
  [
    "typographic quotes around several words",
    script("\u201c/bin/true -x\u201d"),
    '2:\u201c/bin/true | write plain quotes: "',
  ],
  [
    "an interface with letters swapped",
    instanceText([]).replace("eth0", "eht0"),
    "2:eht0 | did you mean eth0",
  ],
  [
    "an interface that only another machine has",
    instanceText([]).replace("eth0", "eth7"),
    "2:eth7 | the instance is in fault until it exists",
  ],
  [
    "an alias for an interface",
    instanceText([]).replace("eth0", "eth0:1"),
    "2:eth0:1 | write eth0",
  ],
  [
    "an alias for the interface of an address",
    instanceText([]).replace("/24", "/24 dev eth1:0"),
    "5:eth1:0 | write eth1",
  ],
  [
    "a tracked interface with letters swapped",
    instanceText(["track_interface {", "  etj1", "}"]),
    "8:etj1 | did you mean eth1",
  ],
  [
    "a tracked script with letters swapped",
    `vrrp_script check {\n  script "/bin/true"\n}\n${
      instanceText(["track_script {", "  chekc", "}"])
    }`,
    "11:chekc | did you mean check",
  ],
  ["state SLAVE", instanceText(["state SLAVE"]), "7:SLAVE | did you mean BACKUP"],
  ["state primary", instanceText(["state primary"]), "7:primary | did you mean MASTER"],
  ["state Master", instanceText(["state Master"]), "7:Master | did you mean MASTER"],
  ["lb_algo roundrobin", server("lb_algo roundrobin"), "2:roundrobin | did you mean rr"],
  ["lb_algo round_robin", server("lb_algo round_robin"), "2:round_robin | did you mean rr"],
  ["lb_algo leastconn", server("lb_algo leastconn"), "2:leastconn | did you mean lc"],
  ["lb_kind MASQ", server("lb_kind MASQ"), "3:MASQ | did you mean NAT"],
  ["lb_kind TUNNEL", server("lb_kind TUNNEL"), "3:TUNNEL | did you mean TUN"],
  ["protocol HTTP", server("protocol HTTP"), "4:HTTP | did you mean TCP"],
  [
    "auth_type password",
    instanceText(["authentication {", "  auth_type password", "  auth_pass x", "}"]),
    "8:password | did you mean PASS",
  ],
  [
    "a default of a shell",
    instanceText([]).replace("51", "${VRID:-51}"),
    "3:${VRID:-51} | write $VRID=51 in a line above, and ${VRID} here",
  ],
  [
    "an expansion of a shell",
    instanceText([]).replace("51", "${VRID%%.*}"),
    "3:${VRID%%.*} | write ${VRID}",
  ],
  [
    "a variable of the environment",
    instanceText([]).replace("51", "${VRID}"),
    "3:${VRID} | the variable of the environment is ${_ENV VRID}",
  ],
  [
    "members without their list",
    `vrrp_sync_group G {\n  VI_1\n  VI_2\n  notify "/bin/true"\n}\n${instanceText([])}${
      instanceText([], "VI_2").replace("51", "52").replace("10.0.0.1", "10.0.0.2")
    }`,
    "2:VI_1 | write group { VI_1 VI_2 }",
  ],
  [
    "addresses without their list",
    instanceText(["10.0.0.5/24", "10.0.0.6/24"]),
    "7:10.0.0.5/24 | write virtual_ipaddress { 10.0.0.5/24 10.0.0.6/24 }",
  ],
  [
    "an address of mail without its list",
    "global_defs {\n  root@example.org\n}\n",
    "2:root@example.org | write notification_email { root@example.org }",
  ],
  [
    "keywords of a server in its group",
    `virtual_server_group web {\n  10.0.0.1 80\n  lb_algo rr\n  delay_loop 5\n  real_server 10.1.0.1 80 {\n    TCP_CHECK {\n    }\n  }\n}\n${
      server("lb_algo rr").replace("10.0.0.1 80", "group web")
    }`,
    "3:lb_algo | it belongs to virtual_server",
  ],
  [
    "a group that is misspelt",
    `virtual_server_group website {\n  10.0.0.1 80\n}\n${
      server("lb_algo rr").replace("10.0.0.1 80", "group webiste")
    }`,
    "4:webiste | did you mean website",
  ],
];

for (const [name, text, found] of HINTS) {
  Deno.test(`readBound() and lint() of ${name}, tell one thing and mark the word`, () => {
    assert.deepEqual(told(text), [found]);
    assert.deepEqual(checked(text), [found]);
  });
}

Deno.test("lint() of typographic quotes where nobody else minds, tells of them once a line", () => {
  const text =
    `global_defs {\n  router_id \u201clvs 1\u201d\n  smtp_helo_name "\u201cquoted\u201d"\n}\n${
      instanceText([
        "notify \u201c/usr/bin/logger x\u201d",
        "authentication {",
        "  auth_pass \u201dx",
        "}",
      ])
    }`;
  assert.deepEqual(checked(text, "anywhere"), [
    '2:\u201clvs | write plain quotes: "',
    '11:x\u201d | write plain quotes: "', // an account, and no word can be one that ends so
  ]);
});

Deno.test("lint() of an alias where an interface is wanted, tells without a machine as well", () => {
  const text = instanceText(["track_interface {", "  eth1:1 weight 2", "}"])
    .replace("interface eth0\n", "interface eth0:1\n").replace(
      "/24",
      "/24 dev eth1:0 label eth1:0",
    );
  assert.deepEqual(checked(text, "anywhere"), ["2:eth0:1 | write eth0", "5:eth1:0 | write eth1"]);
  assert.deepEqual(checked(instanceText([]).replace("/24", "/24 label eth0:1"), "anywhere"), []);
  assert.deepEqual(
    checked("static_ipaddress {\n  fe80::1 dev eth0\n}\n", "anywhere"),
    [],
  );
});

Deno.test("lint() of a shell's substitution in a value, tells that nobody expands it; in commands and passwords it is none", () => {
  const text =
    `global_defs {\n  router_id $(hostname)\n}\nvrrp_script c {\n  script "/bin/sh -c 'test $(id -u) = 0'"\n}\n${
      instanceText([
        "track_script {",
        "  c",
        "}",
        "authentication {",
        "  auth_type PASS",
        "  auth_pass `a`",
        "}",
      ])
    }`;
  const hint =
    "${_INSTANCE} is the host name up to the first dot, ${_ENV NAME} a variable of the environment";
  assert.deepEqual(checked(text, "anywhere"), [`2:$(hostname) | ${hint}`]);
  assert.deepEqual(checked("global_defs {\n  router_id `hostname`\n}\n", "anywhere"), [
    `2:\`hostname\` | ${hint}`,
  ]);
});

Deno.test("readBound() without a machine, tells of words that can be no account", () => {
  const text = instanceText([
    "notify_master /x -t vrrp",
    "notify_backup /x somebody",
    "notify /x $USER",
  ]);
  assert.deepEqual(checked(text, "anywhere"), [
    '7:-t | arguments go into quotes with their command: "/x -t vrrp"',
  ]);
});

Deno.test("readBound() of an executable file, main or included, and of an included folder, says what to do", () => {
  const bytes = new TextEncoder().encode("global_defs {\n}\n");
  const files = memoryFiles({ "/etc/k.conf": "include d/a.conf\ninclude e\n", "/etc/e/x": "" }, {
    directory: "/etc",
  });
  const executable = {
    ...files,
    read: (path: string) =>
      path === "/etc/d/a.conf" || path === "/etc/x.conf"
        ? { kind: "text", bytes, executable: true } as const
        : files.read(path),
    list: (path: string) =>
      path === "/etc/d" ? ["a.conf"] : path === "/etc" ? ["d", "e"] : undefined,
  };
  const hints = (path: string) =>
    readBound(path, executable).diagnostics.map(({ message, hint }) => `${message} | ${hint}`);
  assert.deepEqual(hints("x.conf"), ["Cannot read x.conf: it is executable | chmod a-x x.conf"]);
  assert.deepEqual(hints("k.conf"), [
    "Cannot include /etc/d/a.conf: it is executable | chmod a-x /etc/d/a.conf",
    "Cannot include /etc/e: it is a directory | write include /etc/e/*.conf",
  ]);
});
