import assert from "node:assert/strict";
import { exitStatus, memoryFiles } from "../../language/mod.ts";
import { readConfig } from "../config.ts";

/** Names told of as `line:column hint`, and the exit code. */
function read(text: string, interfaces?: readonly string[]): readonly [readonly string[], number] {
  const host = { hasProgram: () => true, hasAccount: () => true };
  const [, diagnostics] = readConfig("/x.conf", memoryFiles({ "/x.conf": text }), {
    ...(interfaces && { host: { ...host, interfaces: new Set(interfaces) } }),
  });
  const told = diagnostics.filter(({ code }) => code === "unknown-name");
  return [
    told.map(({ line, column, hint }) => `${line}:${column}${hint ? ` ${hint}` : ""}`),
    exitStatus(diagnostics),
  ];
}

const instance = (ifname: string, lines = "") =>
  `vrrp_instance V {\ninterface ${ifname}\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1\n}\n${lines}\n}\n`;
const auth = (password: string) => `authentication {\nauth_type PASS\nauth_pass ${password}\n}`;
const uplink = "$UPLINK=eth0\n";

/** Case, text, findings. The exit code is 0: keepalived takes them literally. */
const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  ["a name that is defined", uplink + instance("$UPLINK"), []],
  ["a name that resembles it", uplink + instance("$UPLIMK"), ["3:11 did you mean $UPLINK"]],
  ["a name that resembles it, in a script", uplink + instance("eth0", "notify /x $UPLNK"), [
    "8:11 did you mean $UPLINK",
  ]],
  ["a name that is defined below", instance("$UPLINK") + uplink, ["2:11"]],
  ["a name where an interface is wanted", instance("$UPLINK"), ["2:11"]],
  ["a name of another configuration id", `@other ${uplink}` + instance("$UPLINK"), []],
  ["a name like that of another configuration id", `@other ${uplink}` + instance("eth0"), []],
  ["a variable of a shell", uplink + instance("eth0", 'notify "/x $VRRP_STATE"'), []],
  ["a password", uplink + instance("eth0", auth("$ecret")), []],
  ["a short password that resembles a name", "$PW=x\n" + instance("eth0", auth("$PX")), []],
];

for (const [name, text, found] of CASES) {
  Deno.test(`checkNames() ${name} (grammar §5)`, () => {
    assert.deepEqual(read(text), [found, 0]);
  });
}

Deno.test("checkNames() of a line with an error, says nothing more", () => {
  assert.deepEqual(read(instance("$UPLINK"), ["eth0"]), [[], 5]);
});
