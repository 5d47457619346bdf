import assert from "node:assert/strict";
import fc from "fast-check";
import type { Diagnostic } from "./diagnostic.ts";
import { countsText, renderFinding } from "./render.ts";
import { MASK, maskSecrets } from "./render_mask.ts";
import { showLine } from "./render_width.ts";

const FINDING: Diagnostic = {
  file: "keepalived.conf",
  line: 2,
  column: 16,
  length: 3,
  severity: "error",
  code: "out-of-range",
  message: "Cannot set advert_int to 300: must be 0.01 to 255",
  status: "invalid-number",
  via: [],
};

function rendered(source: string, part: Partial<Diagnostic> = {}, colour = false): string {
  const lines = () => ["vrrp_instance VI_1 {", source];
  return renderFinding({ ...FINDING, ...part }, { lines, colour });
}

Deno.test("renderFinding() shows place, source and mark", () => {
  assert.equal(
    rendered("    advert_int 300"),
    [
      "keepalived.conf:2:16: error: Cannot set advert_int to 300: must be 0.01 to 255",
      "   2 |     advert_int 300",
      "     |                ^^^ out-of-range",
      "",
    ].join("\n"),
  );
});

Deno.test("renderFinding() with hint, include and use, notes each", () => {
  const text = renderFinding({
    ...FINDING,
    severity: "info",
    hint: "write 3",
    via: [{ file: "a.conf", line: 1, column: 3 }, { file: "b.conf", line: 1, column: 1 }],
  }, {
    lines: (file) =>
      file === "a.conf" ? ["  include x.conf"] : file === "b.conf" ? ["$X"] : undefined,
    colour: false,
  });
  assert.equal(
    text,
    [
      "keepalived.conf:2:16: info: Cannot set advert_int to 300: must be 0.01 to 255",
      "     = rule: out-of-range",
      "     = hint: write 3",
      "     = included at: a.conf:1:3",
      "     = used at: b.conf:1:1",
      "",
    ].join("\n"),
  );
});

Deno.test("renderFinding() after tabs and wide characters, the mark stands below the words", () => {
  const source = "\t# 当前 300";
  const column = source.indexOf("300") + 1;
  assert.deepEqual(rendered(source, { column }).split("\n").slice(1, 3), [
    "   2 |     # 当前 300",
    "     |            ^^^ out-of-range",
  ]);
  const wide = rendered(source, { column: source.indexOf("当") + 1, length: 2 });
  assert.equal(wide.split("\n")[2], "     |       ^^^^ out-of-range");
});

Deno.test("renderFinding() of a place after the end of the line, marks one cell", () => {
  assert.equal(
    rendered("    advert_int", { column: 15, length: 1 }).split("\n")[2],
    "     |               ^ out-of-range",
  );
});

Deno.test("renderFinding() of what is missing before a tab, marks one cell", () => {
  assert.equal(
    rendered("\tdebug\t\t# level", { column: 7, length: 1 }).split("\n")[2],
    "     |          ^ out-of-range",
  );
});

Deno.test("renderFinding() of a long line, shows the part around the mark", () => {
  const source = `${"x".repeat(200)} 300 ${"y".repeat(200)}`;
  const [, shown = "", mark = ""] = rendered(source, { column: 202 }).split("\n");
  assert.ok(shown.length < 140);
  assert.equal(mark.indexOf("^^^"), shown.indexOf("300"));
});

Deno.test("renderFinding() with colour, wraps the same text in SGR sequences", () => {
  const plain = rendered("    advert_int 300");
  const coloured = rendered("    advert_int 300", {}, true);
  assert.ok(coloured.includes("\x1b[1;31merror:\x1b[0m"));
  // deno-lint-ignore no-control-regex -- these sequences begin with ESC
  assert.equal(coloured.replaceAll(/\x1b\[[\d;]*m/g, ""), plain);
});

Deno.test("renderFinding() prints no control characters of the file", () => {
  const text = rendered("    advert_int \x1b[2J\u202e300", { message: "Cannot use \x1b]0;x\x07" });
  assert.ok(!/[\p{Cc}\u202e]/u.test(text.replaceAll("\n", "")), JSON.stringify(text));
});

for (
  const [source, shown] of [
    ["    auth_pass s3cret", `    auth_pass ${MASK}`],
    ['auth_pass "s3 cret" # old: s3cret', `auth_pass "${MASK}`],
    ["# auth_pass s3cret", `# auth_pass ${MASK}`],
    ["auth_pas s3cret", `auth_pas ${MASK}`],
    ["auth_psas s3cret", `auth_psas ${MASK}`],
    ["auth_pass=s3cret", `auth_pass=${MASK}`],
    [
      "authentication { auth_type PASS auth_pass s3cret }",
      `authentication { auth_type PASS ${MASK}`,
    ],
    ["auth_type PASS s3cret", `auth_type PASS ${MASK}`],
    ["auth_type PASS", "auth_type PASS"],
    ["auth_type PASS }", "auth_type PASS }"],
    ["auth_type PASS # simple", "auth_type PASS # simple"],
    ["auth_type AH", "auth_type AH"],
    ["key 1 s3crets3crets3crets3crets3cret", `key ${MASK}`],
    ["$PASSWORD=s3cret", `$PASSWORD=${MASK}`],
    ["password s3cret", `password ${MASK}`],
    ["~LST(pass, s3cret) auth_pass $pass", `~LST(pass, ${MASK}`],
    ["auth_type pass", "auth_type pass"],
    ["  auth_type pass # as on lvs2", "  auth_type pass # as on lvs2"],
    ['auth_type "PASS"', 'auth_type "PASS"'],
    ["auth_type password", "auth_type password"],
    ["auth_type PASSWD s3cret", `auth_type PASSWD ${MASK}`],
    ["auth_type none", "auth_type none"],
    ["auth_type md5", "auth_type md5"],
    ["auth_type s3cret", `auth_type ${MASK}`],
    ["active_key 2", "active_key 2"],
    ["passive on", "passive on"],
    ["$PWD=s3cret", `$PWD=${MASK}`],
    ['misc_path "/x --pwd s3cret"', `misc_path "/x --pwd ${MASK}`],
    [
      "script \"curl -H 'Authorization: Basic s3cret' x\"",
      `script "curl -H 'Authorization:${MASK}`,
    ],
    [
      'script "curl http://admin:s3cret@10.0.0.1/x" # y',
      `script "curl http://admin:${MASK}`,
    ],
    ['script "curl http://10.0.0.1:80/x"', 'script "curl http://10.0.0.1:80/x"'],
    ["~LST({N, P}, {1, s3cret}) auth_pass $P", `~LST({N,${MASK}`],
    ["~SEQ(x, 1, 9) 10.0.0.$x", "~SEQ(x, 1, 9) 10.0.0.$x"],
    ["virtual_router_id 51", "virtual_router_id 51"],
    ["auth_pass", "auth_pass"],
    ["priority 100", "priority 100"],
  ] as const
) {
  Deno.test(`maskSecrets() of "${source}", hides what is secret`, () => {
    assert.equal(maskSecrets(source).text, shown);
  });
}

Deno.test("renderFinding() of a secret, marks the mask and never shows it, wherever the mark is", () => {
  fc.assert(fc.property(fc.nat(60), fc.nat(60), (column, length) => {
    const text = rendered("        auth_pass s3cret # was s3cret too", {
      column: column + 1,
      length: length + 1,
    });
    assert.ok(!text.includes("s3cret"), text);
    assert.match(text, /\^ out-of-range\n$/);
  }));
});

Deno.test("showLine() gives every UTF-16 unit a cell, never decreasing", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (line) => {
    const { cells } = showLine(line);
    assert.equal(cells.length, line.length + 1);
    assert.ok(cells.every((cell, index) => index === 0 || cell >= (cells[index - 1] ?? 0)));
  }));
});

Deno.test("countsText() counts what is not listed as well", () => {
  const all = [
    { ...FINDING, more: 40 },
    FINDING,
    { ...FINDING, severity: "warning", code: "too-many-findings", more: 7 },
  ] as const;
  assert.equal(countsText(all, 1), "42 errors and 7 warnings in 1 file");
});

Deno.test("countsText() counts by severity", () => {
  const of = (...severities: Diagnostic["severity"][]) =>
    severities.map((severity) => ({ ...FINDING, severity }));
  assert.equal(countsText([], 1), "no findings in 1 file");
  assert.equal(countsText(of("error"), 1), "1 error in 1 file");
  assert.equal(
    countsText(of("error", "warning", "warning", "info"), 2),
    "1 error, 2 warnings and 1 note in 2 files",
  );
});

Deno.test("renderFinding() of a definition whose name stands for a password, hides its value", () => {
  const source = ["$AUTH=s3cret", "$OTHER=shown", "auth_pass ${AUTH}", "router_id $OTHER"];
  const at = (line: number) =>
    renderFinding({ ...FINDING, line, column: 7, length: 3 }, {
      lines: () => source,
      colour: false,
    });
  assert.match(at(1), /\$AUTH=\*{8}\n/);
  assert.match(at(2), /\$OTHER=shown\n/);
});

Deno.test("renderFinding() of a line that is a whole file, shows its beginning and ends", () => {
  const line = `auth_pass s3cret ${"x y ".repeat(2_000_000)}`;
  const text = renderFinding({ ...FINDING, line: 1, column: 1, length: line.length }, {
    lines: () => [line],
    colour: false,
  });
  assert.match(text, /auth_pass \*{8}\n/);
  assert.ok(text.length < 1_000 && !text.includes("s3cret"), text);
});
