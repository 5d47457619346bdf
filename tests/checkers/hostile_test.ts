/** Servers that mean harm: whatever they say, a probe ends in time, with a failure or a bounded look, and costs bounded memory. */

import assert from "node:assert/strict";
import { probeCall } from "../../src/daemon/core/wire_calls.ts";
import type { Outcome, Probe } from "../../src/check/mod.ts";
import { type Micros, MILLISECOND, SECOND } from "../../src/net/micros.ts";
import { openCore } from "../../src/native/mod.ts";
import { Program, until } from "../lab/mod.ts";

/** Most that all of them together may add to the resident memory of this process, MiB: kept bodies have 64, the rest are buffers. */
const MOST_GROWTH = 160;

/** Probes of each server at the same time. */
const AT_ONCE = 8;

const LIMIT: Micros = 3 * SECOND;

/** A question for the address of a.example (RFC 1035 §4.1). */
const QUESTION = "00000100000100000000000001610765786d706c650000010001";

function probes(port: number, overUdp: boolean): readonly Probe[] {
  const to = { address: "127.0.0.1", port, timeout: 500 * MILLISECOND } as const;
  if (overUdp) {
    return [
      { ...to, exchange: { kind: "dns", hex: QUESTION } },
      { ...to, exchange: { kind: "datagram", hex: "00" } },
    ];
  }
  const pattern = { text: "(a|b)*c$", beforeLastLineFeed: true, from: 0 };
  const get = { head: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", pattern };
  return [
    { ...to, exchange: { kind: "http", requests: [get], limit: LIMIT } },
    { ...to, exchange: { kind: "http", requests: [get], limit: LIMIT, tls: { verify: false } } },
    { ...to, exchange: { kind: "smtp", hello: "HELO x\r\n", limit: LIMIT } },
  ];
}

Deno.test({
  name: "probes of hostile servers end in time, find nothing good, and cost bounded memory",
  async fn() {
    using core = openCore();
    const outcomes = new Map<number, Outcome>();
    core.listen({
      event: (event) =>
        void (event.event === "outcome" && outcomes.set(event.order, event.outcome)),
      packet: () => {},
      failed: (error) => assert.fail(error.message),
    });
    const before = Deno.memoryUsage().rss;
    let peak = before;
    const asked = new Map<number, string>();
    const servers = new URL("hostile_servers.ts", import.meta.url).pathname;
    await using program = new Program("hostile servers", [
      ...[Deno.execPath(), "run", "--allow-net", "--unstable-net", "--no-check", "--cached-only"],
      servers,
    ]);
    await program.seen(/TLS alerts/);
    for (const { text } of program.lines) {
      const [, port, name] = /^(\d+) (.*)$/.exec(text) ?? [];
      for (const probe of probes(Number(port), /^UDP /.test(name ?? ""))) {
        for (let time = 0; time < AT_ONCE; time += 1) {
          const order = asked.size + 1;
          asked.set(order, `${probe.exchange.kind} to ${name}`);
          const once = { kind: "probe", order, seq: 1, probe, delay: 0, interval: 0 } as const;
          core.tell({ call: "probes", ops: [probeCall(once)] });
        }
      }
    }
    assert.ok(asked.size > 300, `${asked.size} probes`);
    await until("every probe has ended", () => {
      peak = Math.max(peak, Deno.memoryUsage().rss);
      return outcomes.size === asked.size;
    }, {
      limit: 60_000,
      explain: () =>
        [...asked].filter(([order]) => !outcomes.has(order)).map(([, name]) => name).join(", "),
    });
    for (const [order, name] of asked) {
      const outcome = outcomes.get(order);
      const found = outcome?.kind === "responses" &&
        outcome.responses.some(({ matched }) => matched);
      const whole = outcome?.kind === "replies" && outcome.codes.length > 1;
      const answered = outcome?.kind === "answer";
      assert.ok(!found && !whole && !answered, `${name}: ${JSON.stringify(outcome)}`);
    }
    const growth = (peak - before) / 2 ** 20;
    assert.ok(growth < MOST_GROWTH, `${growth.toFixed(0)} MiB more`);
  },
});
