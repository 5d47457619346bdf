import assert from "node:assert/strict";
import { memoryFiles } from "../../src/language/mod.ts";
import { readConfig } from "../../src/document/config.ts";
import { hostInterfaces } from "./network.ts";
import { type ExampleKind, EXAMPLES, exampleText } from "./text.ts";

const HOSTS = {
  "no interface": {},
  "one interface": { front: { name: "ens3", address: "10.1.2.3", prefixLength: 24 } },
  "two interfaces": {
    front: { name: "ens3", address: "10.1.2.3", prefixLength: 16 },
    back: { name: "ens4", address: "192.168.7.250", prefixLength: 24 },
  },
  "a network without room": { front: { name: "p2p", address: "10.0.0.1", prefixLength: 30 } },
} as const;

for (const kind of Object.keys(EXAMPLES) as ExampleKind[]) {
  for (const [name, host] of Object.entries(HOSTS)) {
    Deno.test(`exampleText() ${kind} with ${name}, is read without a mistake`, () => {
      const text = exampleText(kind, host);
      const [, diagnostics] = readConfig("/k.conf", memoryFiles({ "/k.conf": text }));
      const wrong = diagnostics.filter(({ severity, message }) =>
        severity !== "info" && !(kind === "fnat" && / yet: /.test(message))
      );
      assert.deepEqual(wrong.map(({ message }) => message), []);
      const vips = text.match(/^ {8}\d+\.\d+\.\d+\.\d+\//gm) ?? [];
      assert.equal(new Set(vips).size, vips.length);
      assert.ok(
        vips.length > 0 && vips.every((vip) => !vip.includes(" 10.0.0.")),
        `${vips}`,
      );
    });
  }
}

Deno.test("hostInterfaces() keeps the first IPv4 address of each interface that others reach", () => {
  const of = (name: string, family: "IPv4" | "IPv6", cidr: string) => ({
    name,
    family,
    address: cidr.split("/")[0] ?? "",
    cidr,
  });
  assert.deepEqual(
    hostInterfaces([
      of("lo", "IPv4", "127.0.0.1/8"),
      of("eth0", "IPv6", "fe80::1/64"),
      of("eth0", "IPv4", "10.0.0.1/24"),
      of("eth0", "IPv4", "10.0.0.2/32"),
      of("eth1", "IPv4", "169.254.1.1/16"),
    ]),
    [{ name: "eth0", address: "10.0.0.1", prefixLength: 24 }],
  );
});
