import assert from "node:assert/strict";
import { holdfast, PROGRAM, RUN } from "./process_fixture.ts";
const GOOD = `vrrp_instance VI_1 {
  state BACKUP
  interface eth0
  virtual_router_id 51
  priority 90
  virtual_ipaddress {
    10.0.0.1/24
  }
}
`;

/** A lint warning, and nothing that keepalived tells. */
const WARNING = GOOD.replace(
  "virtual_ipaddress {",
  "unicast_src_ip 10.0.0.2\n  unicast_peer {\n    10.0.0.2\n  }\n  virtual_ipaddress {",
);

const ERROR = GOOD.replace("priority 90", "prioriti 90");

/** Runs `holdfast check --no-host` in a folder with these files. */
function check(
  files: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Result> {
  return checkHere(files, "--no-host", ...args);
}

/** What came of a run. */
interface Result {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** The same with what this machine has. */
async function checkHere(
  files: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Result> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const { code, stdout, stderr } = await new Deno.Command(PROGRAM, {
      args: [...RUN, "check", ...args],
      cwd: folder,
      env: { NO_COLOR: "" },
    }).output();
    const decoder = new TextDecoder();
    return { code, out: decoder.decode(stdout), errors: decoder.decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("check of a good file, prints the count and exits with 0, strict or not", async () => {
  const result = await check({ "a.conf": GOOD }, "--strict", "a.conf");
  assert.deepEqual(result, { code: 0, out: "no findings in 1 file\n", errors: "" });
});

Deno.test("check of an error, shows it and exits as -t does", async () => {
  const { code, out } = await check({ "a.conf": ERROR }, "a.conf");
  assert.equal(
    out,
    [
      'a.conf:5:3: error: Cannot use keyword "prioriti" in vrrp_instance: unknown',
      "   5 |   prioriti 90",
      "     |   ^^^^^^^^ unknown-keyword",
      "     = hint: did you mean priority",
      "",
      "1 error in 1 file",
      "",
    ].join("\n"),
  );
  assert.equal(code, 5);
});

Deno.test("check of a lint warning, exits with 0, with --strict as other findings do", async () => {
  const plain = await check({ "a.conf": WARNING }, "a.conf");
  assert.match(plain.out, /^a\.conf:8:5: warning: Cannot have 10\.0\.0\.2 as peer of VI_1/);
  assert.equal(plain.code, 0);
  const strict = await check({ "a.conf": WARNING }, "--strict", "a.conf");
  assert.equal(strict.code, 5);
  const off = await check({ "a.conf": WARNING }, "--strict", "--off", "unicast-own-peer", "a.conf");
  assert.deepEqual([off.code, off.out], [0, "no findings in 1 file\n"]);
});

const server = (of: string, checker: string) =>
  `virtual_server ${of} {
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 10.1.0.1 80 {
    ${checker}
  }
}
`;

/** What keepalived takes without a word, and nobody can mean. */
const REFUSED: Readonly<Record<string, string>> = {
  "arguments taken for an account": GOOD.replace("priority 90", "notify_master /bin/true -x"),
  "a group that is not defined": server("group web", "TCP_CHECK {\n    }"),
  "a check whose program is not there": server(
    "10.0.0.1 80",
    'MISC_CHECK {\n      misc_path "/no/such/program"\n    }',
  ),
};

for (const [name, text] of Object.entries(REFUSED)) {
  Deno.test(`check of ${name}, is an error and exits with 5, whatever -t gives`, async () => {
    const run = name.includes("program") ? checkHere : check;
    const { code, out } = await run({ "a.conf": text }, "--format", "json", "a.conf");
    const errors = JSON.parse(out).filter(({ severity }: { severity: string }) =>
      severity === "error"
    );
    assert.equal(errors.length, 1, out);
    assert.equal(errors[0].status, null, "keepalived accepts it");
    assert.equal(code, 5);
  });
}

Deno.test("check -, reads standard input and names it", async () => {
  const { code, stdout } = await holdfast(["check", "--no-host", "-"], ERROR);
  assert.match(
    stdout,
    /^\(standard input\):5:3: error: .*\n {3}5 \| {3}prioriti 90\n/,
  );
  assert.equal(code, 5);
  const good = await holdfast(["check", "--no-host", "-", "--peer", "-"], GOOD);
  assert.match(good.stdout, /pair-priority/);
});

Deno.test("check of several files with a peer, compares each with it", async () => {
  const files = { "a.conf": GOOD, "b.conf": GOOD, "c.conf": GOOD.replace("51", "52") };
  const { out } = await check(files, "a.conf", "b.conf", "--peer", "c.conf", "--format", "json");
  assert.deepEqual(
    JSON.parse(out).map(({ file, rule }: { file: string; rule: string }) => [file, rule]),
    [["a.conf", "pair-vrid"], ["b.conf", "pair-vrid"]],
  );
});

Deno.test("check --format sarif, writes a log of this tool", async () => {
  const { code, out } = await check({ "a.conf": ERROR }, "--format", "sarif", "a.conf");
  const log = JSON.parse(out);
  assert.equal(log.runs[0].tool.driver.name, "holdfast");
  assert.equal(log.runs[0].results[0].ruleId, "unknown-keyword");
  assert.equal(code, 5);
});

Deno.test("check of a file for this machine, looks for its interfaces", async () => {
  const files = { "a.conf": GOOD.replace("eth0", "no-such-if0") };
  assert.match((await checkHere(files, "a.conf")).out, /interface-missing/);
  assert.equal((await check(files, "a.conf")).code, 0);
});

Deno.test("check of an included file, reads @ lines for the id given and shows the include", async () => {
  const files = {
    "a.conf": `@b include b.conf\n${GOOD}`,
    "b.conf": "vrrp_instanc X {\n}\n",
  };
  assert.equal((await check(files, "--config-id", "c", "a.conf")).code, 0);
  const { code, out } = await check(files, "-i", "b", "a.conf");
  assert.equal(code, 5);
  assert.match(
    out,
    /b\.conf:1:1: error: .*\n.*\n.*unknown-keyword\n.*\n {5}= included at: a\.conf:1:4\n/,
  );
});

Deno.test("check of a definition that another file uses as a password, hides its value", async () => {
  const files = {
    "a.conf": `$AUTH="s3cret\ninclude b.conf\n`,
    "b.conf": GOOD.replace("priority 90", "authentication {\n auth_pass $AUTH\n }"),
  };
  const { out } = await check(files, "a.conf");
  assert.match(out, /^a\.conf:1:7: error: .*\n {3}1 \| \$AUTH=\*{8}\n/);
  assert.ok(!out.includes("s3cret"), out);
});

Deno.test("check of a missing file or peer, exits with 6", async () => {
  const missing = await check({}, "a.conf");
  assert.match(missing.out, /^a\.conf:1:1: error: Cannot read a\.conf: it is not there\n/);
  assert.equal(missing.code, 6);
  const { code, out } = await check({ "a.conf": GOOD }, "a.conf", "--peer", "b.conf");
  assert.match(out, /^b\.conf:1:1: error: Cannot read b\.conf/);
  assert.equal(code, 6);
});

Deno.test("check --off with a rule that does not exist, says which one is meant and exits with 1", async () => {
  const { code, errors } = await check({ "a.conf": GOOD }, "--off", "no-cheker", "a.conf");
  assert.match(errors, /There is no rule no-cheker, did you mean no-checker\?/);
  assert.equal(code, 1);
});

Deno.test("check --coverage, lists every keyword and the sum", async () => {
  const text = await check({}, "--coverage");
  assert.match(text.out, /^vrrp_instance +virtual_router_id +yes +VRID, unique on one link/m);
  assert.match(text.out, /^vrrp_instance +lvs_sync_daemon_inteface +unknown /m);
  const [, acts, known] = /acts on (\d+) of (\d+) keywords/.exec(text.out) ?? [];
  const json = JSON.parse((await check({}, "--coverage", "--format", "json")).out);
  assert.equal(json.filter((row: { acts: boolean }) => row.acts).length, Number(acts));
  assert.equal(
    json.filter((row: { kind: string }) => row.kind !== "unknown").length,
    Number(known),
  );
});
