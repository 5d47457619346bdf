import assert from "node:assert/strict";
import { instanceConfig, vrrpConfig } from "../fixtures.ts";
import type { VrrpInstanceConfig } from "../config.ts";
import {
  type LocalEffect,
  localRouters,
  type Locals,
  localTexts,
  NO_LOCALS,
  parseLocalText,
  stepLocals,
} from "./mod.ts";

function routers(...instances: readonly Partial<VrrpInstanceConfig>[]) {
  return localRouters(vrrpConfig(instances.map((each) => instanceConfig(each))));
}

const OWN = routers({ name: "A", virtualRouterId: 51 }, { name: "B", virtualRouterId: 52 });

/** A daemon with these instances, and what it said and logged since it was asked last. */
class Daemon {
  #self: Locals = NO_LOCALS;
  #effects: LocalEffect[] = [];
  constructor(own = OWN) {
    this.feed({ kind: "configured", routers: own });
  }
  feed(event: Parameters<typeof stepLocals>[1]): void {
    const [next, effects] = stepLocals(this.#self, event);
    this.#self = next;
    this.#effects.push(...effects);
  }
  hear(texts: readonly string[], name = "other", pid = 7): void {
    for (const text of texts) this.feed({ kind: "said", name, pid, text });
  }
  said(): readonly { readonly texts: readonly string[]; readonly to?: string }[] {
    return this.#effects.flatMap((each) => each.kind === "say" ? [each] : []);
  }
  /** Takes the lines. */
  lines(): readonly string[] {
    const lines = this.#effects.flatMap((each) => each.kind === "log" ? [each.text] : []);
    this.#effects = [];
    return lines;
  }
}

const SHARED = "(A) Another daemon of this host (process 7) runs the same virtual router as " +
  "vrrp_instance X: neither hears the other, and both may be master";
const OVER = "(A) The other daemon of this host (process 7) does not run the same virtual router " +
  "as vrrp_instance X any more";

Deno.test("stepLocals() two daemons with one virtual router, both say so once, and once when it is over", () => {
  const [one, two] = [new Daemon(), new Daemon(routers({ name: "X", virtualRouterId: 51 }))];
  const [hello] = two.said();
  one.hear(hello?.texts ?? []);
  const answer = one.said().at(-1);
  assert.equal(answer?.to, "other");
  two.hear(answer?.texts ?? [], "one", 6);
  assert.deepEqual(one.lines(), [SHARED]);
  assert.deepEqual(two.lines(), [
    "(X) Another daemon of this host (process 6) runs the same virtual router as vrrp_instance A: " +
    "neither hears the other, and both may be master",
  ]);
  one.hear(hello?.texts ?? []);
  assert.deepEqual(one.lines(), [], "known");
  one.feed({ kind: "gone", name: "other" });
  assert.deepEqual(one.lines(), [OVER]);
  one.feed({ kind: "gone", name: "other" });
  assert.deepEqual(one.lines(), []);
});

Deno.test("stepLocals() an answer, is not answered", () => {
  const it = new Daemon();
  const before = it.said().length;
  it.hear(localTexts(OWN, false));
  assert.equal(it.said().length, before);
});

for (
  const [what, other, is] of [
    ["another VRID", { virtualRouterId: 53 }, false],
    ["another interface", { interface: "eth9" }, false],
    ["the other family", { family: "inet6" }, false],
    ["another group", { mcastDstIp: "224.0.0.99" }, false],
    ["unicast", { unicastPeers: [{ address: "10.0.0.9" }] }, false],
    ["another name", { name: "Y" }, true],
  ] as const
) {
  Deno.test(`stepLocals() another daemon with ${what}, ${is ? "is" : "is not"} the same virtual router`, () => {
    const it = new Daemon(routers({ name: "A", virtualRouterId: 51 }));
    const config = { name: "X", virtualRouterId: 51, ...other };
    it.hear(localTexts(routers(config as Partial<VrrpInstanceConfig>), false));
    assert.equal(it.lines().length, is ? 1 : 0);
  });
}

Deno.test("stepLocals() unicast from one source, is the same virtual router with a peer in common", () => {
  const by = (...addresses: readonly string[]) =>
    routers({
      name: "A",
      unicastSrcIp: "10.0.0.1",
      unicastPeers: addresses.map((address) => ({ address })) as VrrpInstanceConfig["unicastPeers"],
    });
  const it = new Daemon(by("10.0.0.2", "10.0.0.3"));
  it.hear(localTexts(by("10.0.0.4"), false));
  assert.equal(it.lines().length, 0);
  it.hear(localTexts(by("10.0.0.3", "10.0.0.4"), false));
  assert.equal(it.lines().length, 1);
});

Deno.test("stepLocals() a reload on either side, begins and ends it", () => {
  const it = new Daemon();
  const its = routers({ name: "X", virtualRouterId: 51 });
  it.hear(localTexts(its, false));
  assert.deepEqual(it.lines(), [SHARED]);
  it.hear(localTexts([], false));
  assert.deepEqual(it.lines(), [OVER]);
  it.hear(localTexts(its, false));
  assert.deepEqual(it.lines(), [SHARED]);
  it.feed({ kind: "configured", routers: OWN.slice(1) });
  assert.deepEqual(it.lines(), [OVER]);
  assert.equal(it.said().length, 0, "said with the lines above");
  it.feed({ kind: "configured", routers: OWN });
  assert.deepEqual(it.said().map(({ to }) => to), [undefined], "told to all");
  assert.deepEqual(it.lines(), [SHARED]);
});

Deno.test("stepLocals() the same configuration again, and none at all, say nothing", () => {
  const it = new Daemon();
  it.lines();
  it.feed({ kind: "configured", routers: OWN });
  assert.deepEqual(it.said(), []);
  assert.deepEqual(new Daemon([]).said(), []);
});

Deno.test("stepLocals() a list in pieces, counts when it is complete, and leaves what was shared meanwhile", () => {
  const it = new Daemon();
  const many = [
    ...routers({ name: "X", virtualRouterId: 51 }),
    ...Array.from(
      { length: 4000 },
      (_, index) =>
        routers({ name: `VI_${index}`, interface: `eth${index}`, virtualRouterId: 1 })[0],
    ),
  ].filter((each) => each !== undefined);
  const texts = localTexts(many, true);
  assert.ok(texts.length > 5 && texts.every((each) => each.length < 65_000), `${texts.length}`);
  it.hear(texts.slice(0, -1));
  assert.deepEqual(it.lines(), []);
  it.hear(texts.slice(-1));
  assert.deepEqual(it.lines(), [SHARED]);
  it.hear(texts);
  assert.deepEqual(it.lines(), []);
});

Deno.test("parseLocalText() of localTexts(), is what was told; what is none is said once and changes nothing", () => {
  const [text = ""] = localTexts(OWN, true);
  assert.deepEqual(parseLocalText(text), { first: true, last: true, asks: true, routers: OWN });
  const later = JSON.stringify({ ...JSON.parse(text), more: 1 });
  assert.deepEqual(parseLocalText(later), parseLocalText(text));
  const it = new Daemon();
  it.lines();
  for (
    const bad of [
      "",
      "[]",
      "{}",
      text.slice(0, 40),
      text.replace('"holdfast":1', '"holdfast":2'),
      text.replace('"first":true', '"first":1'),
      text.replace('"family":"inet"', '"family":"ipx"'),
      text.replace('"name":"A"', '"name":"A\\n"'),
      text.replace('"interface":"', '"interface":"a/'),
      text.replace("224.0.0.18", "there"),
    ]
  ) {
    assert.equal(typeof parseLocalText(bad), "string", bad);
    it.hear([bad]);
  }
  assert.equal(it.lines().length, 1);
});
