/**
 * Secrets are values: one is planted in every field that is a secret, and looked for in everything that leaves the daemon for people,
 * programs and disks. What goes over the wire and to the core has them, and nothing else.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import { readConfig } from "../document/config.ts";
import { allOfText } from "../document/lint/fixtures.ts";
import { allKeywords } from "../document/table/mod.ts";
import { memoryFiles, renderFinding, renderJson, renderSarif } from "../language/mod.ts";
import { desiredServices } from "../lvs/mod.ts";
import { GOOD } from "../lvs/part/fixtures.ts";
import { fromHex, SECOND, toHex } from "../net/mod.ts";
import { planReload } from "../plan/mod.ts";
import { planText } from "../plan/text.ts";
import { turned } from "../plan/turn.ts";
import { checkDataText, dataText, jsonText, snapshotOf, statsText } from "../status/mod.ts";
import { addressOn, ethernet } from "../vrrp/fixtures.ts";
import {
  claimsText,
  DEFAULT_OPTIONS,
  journalEntries,
  newWorld,
  savedOf,
  successionText,
  type World,
  type WorldConfig,
  type WorldEffect,
  type WorldEvent,
} from "../world/mod.ts";
import { partsOf } from "./reading/load_config.ts";
import { secretsOf } from "./reading/secrets_across.ts";

const FILE = "/etc/keepalived/keepalived.conf";

/** Every keyword whose value is a secret, or is the word for one. What else sounds like one is `PLAIN`. */
const SECRET_KEYWORDS = [
  "SSL/password",
  "vrrp_instance/auth_hmac/key",
  "vrrp_instance/authentication/auth_pass",
];

/** They sound like a secret, and are the path of a file, the number of a key, and no word of it. */
const PLAIN = ["SSL/key", "vrrp_instance/auth_hmac/active_key", "bfd_instance/passive"];

/** What is planted. */
interface Planted {
  readonly pass: string;
  readonly ah: string;
  readonly hmac: string;
  readonly hmacHex: string;
  readonly tls: string;
}

function instance(name: string, vrid: number, lines: readonly string[]): string {
  return `vrrp_instance ${name} {
  interface eth0
  virtual_router_id ${vrid}
  virtual_ipaddress {
    10.0.0.${vrid}/24
  }
${lines.map((line) => `  ${line}\n`).join("")}}
`;
}

function textOf({ pass, ah, hmac, hmacHex, tls }: Planted, weight = 1): string {
  return [
    `SSL {\n  ca /etc/ca.pem\n  certificate /etc/client.pem\n  key /etc/client.key\n  password ${tls}\n}\n`,
    instance("PASS", 1, ["authentication {", "auth_type PASS", `auth_pass ${pass}`, "}"]),
    instance("AH", 2, ["authentication {", "auth_type AH", `auth_pass ${ah}`, "}"]),
    instance("HMAC", 3, [
      "version 3",
      "auth_hmac {",
      `key 1 ${hmac}`,
      `key 2 hex:${hmacHex}`,
      "active_key 1",
      "}",
    ]),
    `virtual_server 10.0.0.9 443 {
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 10.1.0.1 443 {
    weight ${weight}
    SSL_GET {
      url {
        path /
        status_code 200
      }
      connect_timeout 3
    }
  }
}
`,
  ].join("");
}

const LETTERS = [..."abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"];
const word = (length: number) =>
  fc.array(fc.constantFrom(...LETTERS), { minLength: length, maxLength: length })
    .map((letters) => letters.join(""));
const PLANTED: fc.Arbitrary<Planted> = fc.record({
  pass: word(8),
  ah: word(8),
  hmac: word(40),
  hmacHex: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex),
  tls: word(12),
});

/** In whatever form it may be written out. */
function formsOf(planted: Planted): readonly string[] {
  const encoder = new TextEncoder();
  const bytes = Object.entries(planted).map(([kind, text]) =>
    kind === "hmacHex" ? fromHex(text) : encoder.encode(text)
  );
  return bytes.flatMap((each) => [
    String.fromCharCode(...each),
    toHex(each),
    btoa(String.fromCharCode(...each)).replace(/=+$/, ""),
    [...each].join(","),
    [...each].join(", "),
  ]);
}

function assertSilent(outputs: Readonly<Record<string, string>>, planted: Planted): void {
  for (const form of formsOf(planted)) {
    for (const [name, text] of Object.entries(outputs)) {
      assert.ok(!text.includes(form), `${name} holds ${form}: ${excerpt(text, form)}`);
    }
  }
}

function excerpt(text: string, form: string): string {
  const at = text.indexOf(form);
  return text.slice(Math.max(0, at - 120), at + form.length + 20);
}

function read(text: string) {
  return readConfig(FILE, memoryFiles({ [FILE]: text }));
}

/** What comes of a start, until it is master of everything and its servers were found good. */
function lived(config: WorldConfig): { readonly world: World; readonly effects: WorldEffect[] } {
  const fresh = newWorld(config, DEFAULT_OPTIONS, 0);
  const links = [ethernet(2, "eth0")];
  const start = { kind: "start", links, addresses: [addressOn(2, "10.0.0.200")] } as const;
  const began = turned(fresh, [start], { now: 0, table: [] });
  const heard = began.effects.flatMap((effect): WorldEvent[] => {
    if (effect.kind === "watch") {
      return [{ kind: "expired", order: effect.order, seq: effect.seq }];
    }
    if (effect.kind !== "probes") return [];
    return effect.orders.flatMap((order) =>
      order.kind === "probe"
        ? [{ kind: "outcome", order: order.order, seq: order.seq, outcome: GOOD } as const]
        : []
    );
  });
  const table = desiredServices(began.world.lvs);
  const after = turned(began.world, heard, { now: 4 * SECOND, table });
  return { world: after.world, effects: [...began.effects, ...after.effects] };
}

/** Of effects those that people, programs and disks get; orders to the core are not among them. */
const TOLD = new Set([
  "log",
  "tell",
  "write-fifo",
  "mail",
  "claim",
  "run-script",
  "run-check",
  "hook",
]);

Deno.test("every keyword that sounds like a secret, is known as one or as none", () => {
  const sounds = /pass|secret|token|credential|(^|_)key$/;
  const named = allKeywords().map(({ block, name }) => `${block}/${name}`)
    .filter((path) => sounds.test(path.split("/").at(-1) ?? ""));
  assert.deepEqual(named.sort(), [...SECRET_KEYWORDS, ...PLAIN].sort());
});

Deno.test("secrets planted in every field that is one, stand in no output", () => {
  const life = { boot: "b", namespace: "n" };
  const clock = { now: 5 * SECOND, wall: 1795217177524548, utcOffset: 0 };
  fc.assert(
    fc.property(PLANTED, PLANTED, (planted, others) => {
      const [config, findings] = read(textOf(planted));
      assert.deepEqual(findings.filter(({ severity }) => severity === "error"), []);
      // Of each instance one, of HMAC two, of the checker one: all of them are values.
      assert.equal(secretsOf(config).length, 5);
      const { world, effects } = lived(partsOf(config, "both"));
      assert.ok(world.vrrp.instances.every(({ state }) => state.kind === "master"));
      const snapshot = snapshotOf(world, { clock, global: config.global });
      const [other] = read(textOf(others, 2));
      const plan = planReload(world, {
        config: partsOf(other, "both"),
        now: clock.now,
        table: desiredServices(world.lvs),
      });
      assert.ok(JSON.stringify(plan).includes("…"), "a changed secret is told, not shown");
      const outputs = {
        "the configuration as JSON": JSON.stringify(config),
        "the configuration inspected": Deno.inspect(config, WHOLE),
        "the configuration as text": `${Object.values(config.vrrp.instances)}`,
        "the world as JSON": JSON.stringify(world),
        "keepalived.data": dataText(snapshot),
        "keepalived_check.data": checkDataText(snapshot),
        "keepalived.stats": statsText(snapshot),
        "keepalived.json": `${jsonText(snapshot, 1)}${jsonText(snapshot, 2)}`,
        "the plan": JSON.stringify(plan) + planText(plan, { colour: true }),
        "the state file": successionText({ saved: savedOf(world), crashes: [] }, life),
        "the claims": effects.map((each) =>
          each.kind === "claim" ? claimsText(each.claims, life) : ""
        ).join(""),
        "the journal": JSON.stringify(journalEntries(world.journal)),
        "what is told": JSON.stringify(effects.filter(({ kind }) => TOLD.has(kind))),
        "orders to probe inspected": Deno.inspect(
          effects.filter(({ kind }) => kind === "probes"),
          WHOLE,
        ),
      };
      assertSilent(outputs, planted);
      assertSilent(outputs, others);
    }),
    { numRuns: 20 },
  );
});

const WHOLE = { depth: Infinity, iterableLimit: Infinity, strAbbreviateSize: Infinity };

/** One mistake more in a line with a secret. */
const MISTAKES: readonly ((line: string) => string)[] = [
  (line) => `${line} ${line.split(" ").at(-1)}`,
  (line) => line.replace(/(\w+) /, "$1x "),
  (line) => line.replace(/\s(\S+)$/, "\n$1"),
  (line) => `${line}\n${line}`,
  (line) => line.replace(/\s(\S+)$/, ' "$1'),
  (line) => `${line} }`,
  (line) => `${line},`,
  (line) => line.replace(/\s(\S+)$/, " $UNDEFINED$1"),
];

Deno.test("secrets in lines with a mistake, stand in no finding", () => {
  fc.assert(
    fc.property(PLANTED, fc.nat(), fc.constantFrom(...MISTAKES), (planted, nth, mistake) => {
      const lines = textOf(planted).split("\n");
      const secret = Object.values(planted);
      const at = lines.flatMap((line, index) =>
        secret.some((one) => line.includes(one)) ? [index] : []
      );
      const where = at[nth % at.length] ?? 0;
      const text = lines.map((line, index) => index === where ? mistake(line) : line).join("\n");
      const findings = allOfText(text);
      const source = () => text.split("\n");
      const shown = findings.map((each) => renderFinding(each, { lines: source, colour: false }));
      assertSilent({
        "the findings": shown.join("\n"),
        "the findings as JSON": renderJson(findings) + renderSarif(findings, { version: "0" }),
      }, planted);
    }),
    { numRuns: 200 },
  );
});
