import assert from "node:assert/strict";
import { memoryFiles } from "../language/source/source.ts";
import { diagnose, type Diagnosis } from "./diagnostics.ts";

const MAIN = "/etc/keepalived/keepalived.conf";
const PART = "/etc/keepalived/a.conf";

Deno.test("diagnose() mistake in an included file, stands there and names the include", () => {
  const files = memoryFiles({ [MAIN]: "\ninclude a.conf\n", [PART]: "  nonsense\n" });
  const found = diagnose(MAIN, files).findings;
  assert.deepEqual(found.get(MAIN), []);
  const [finding, ...others] = found.get(PART) ?? [];
  assert.deepEqual(others, []);
  assert.equal(finding?.code, "unknown-keyword");
  assert.equal(finding?.severity, "error");
  assert.deepEqual(finding?.range, {
    start: { line: 0, character: 2 },
    end: { line: 0, character: 10 },
  });
  assert.equal(finding?.related[0]?.location.path, MAIN);
  assert.deepEqual(finding?.related[0]?.location.range.start, { line: 1, character: 0 });
});

Deno.test("diagnose() file without mistakes, is there with none", () =>
  assert.deepEqual(diagnose(MAIN, memoryFiles({ [MAIN]: "\n" })).findings, new Map([[MAIN, []]])));

Deno.test("diagnose() deprecated word and words too much, look so", () => {
  const files = memoryFiles({
    [MAIN]: "vrrp_instance A {\n  vmac_garp_intvl 1\n  accept nonsense\n}\n",
  });
  const looks = (diagnose(MAIN, files).findings.get(MAIN) ?? []).map((
    { code, look },
  ) => [code, look]);
  assert(looks.some(([code, look]) => code === "deprecated" && look === "deprecated"));
  assert(looks.some(([code, look]) => code === "extra-word" && look === "unnecessary"));
});

Deno.test("diagnose() state MASTER with nopreempt, is found by lint and switched off by a comment", () => {
  const codes = (line: string) => {
    const text = `vrrp_instance A {\n  state MASTER\n  ${line}\n}\n`;
    return diagnose(MAIN, memoryFiles({ [MAIN]: text })).findings.get(MAIN)
      ?.map(({ code }) => code) ?? [];
  };
  assert(codes("nopreempt").includes("master-nopreempt"));
  assert(!codes("nopreempt # holdfast: off master-nopreempt").includes("master-nopreempt"));
});

Deno.test("diagnose() for a machine, misses its interfaces and names the programs", () => {
  const files = memoryFiles({
    [MAIN]:
      "vrrp_script s {\n  script /bin/chk\n}\nvrrp_instance A {\n  interface eth7\n  virtual_router_id 1\n}\n",
  });
  const machine = {
    facts: { interfaces: new Set(["eth0"]), hasProgram: () => true, hasAccount: () => true },
    addresses: [],
    scripts: new Map(),
  };
  const missing = (found: Diagnosis) =>
    found.findings.get(MAIN)?.some(({ code }) => code === "interface-missing");
  assert.equal(missing(diagnose(MAIN, files, machine)), true);
  assert.equal(missing(diagnose(MAIN, files)), false);
  assert.deepEqual(diagnose(MAIN, files).programs, ["/bin/chk"]);
});
