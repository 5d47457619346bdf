import assert from "node:assert/strict";
import { explain, explainable } from "./explain.ts";
import { explainText } from "./explain_text.ts";
import { allKeywords } from "../table/keyword_list.ts";

Deno.test("explain() a keyword, gives shape, range, default with unit, blocks and what acts on it", () => {
  assert.equal(
    explainText(explain("lthreshold")),
    [
      "lthreshold <number 0 or more>",
      "  Connections below which it is used again",
      "  in          virtual_server/real_server",
      "  range       0 or more",
      "  default     0, no limit",
      "  source      keepalived",
      "  holdfast    acts on it",
      "",
    ].join("\n"),
  );
  assert.match(explainText(explain("advert_int")), /range +0\.01 to 255 s\n +default +1 s\n/);
});

Deno.test("explain() a keyword with several meanings, gives each once with its blocks", () => {
  const answer = explain("weight");
  assert.equal(answer.kind, "found");
  const blocks = answer.kind === "found" ? answer.explanations.map((each) => each.blocks) : [];
  assert.ok(blocks.some((each) => each.includes("vrrp_instance/track_script")));
  assert.ok(blocks.some((each) => each.includes("virtual_server/real_server")));
  assert.equal(new Set(blocks.flat()).size, blocks.flat().length);
});

Deno.test("explain() a keyword in a block, gives that meaning only", () => {
  for (const block of ["real_server", "virtual_server/real_server"]) {
    const answer = explain("weight", block);
    assert.ok(answer.kind === "found");
    assert.deepEqual(answer.explanations.map(({ blocks }) => blocks), [
      ["virtual_server/real_server"],
    ]);
  }
});

Deno.test("explain() another spelling, says of what, and what to write", () => {
  const text = explainText(explain("gw"));
  assert.match(text, /^gw \[inet\|inet6\] <address>\n/);
  assert.match(text, /same as +via\n +deprecated +write via\n/);
  assert.match(explainText(explain("via")), /also +gw\n/);
});

Deno.test("explain() a block, lists its keywords, those not acted on apart", () => {
  const answer = explain("vrrp_instance");
  assert.ok(answer.kind === "found");
  const fact = (label: string) =>
    answer.explanations[0]?.facts.find((each) => each.label === label)?.text.split(", ") ?? [];
  assert.ok(fact("keywords").includes("priority"));
  assert.ok(!fact("not yet").includes("priority"));
  const all = allKeywords().filter(({ block, row }) =>
    block === "vrrp_instance" && row.kind !== "unknown" && row.deprecated === undefined
  );
  const told = [...fact("keywords"), ...fact("not yet")];
  assert.deepEqual(told.toSorted(), all.map(({ name }) => name).toSorted());
});

Deno.test("explain() a word keepalived does not know either, says so", () => {
  assert.match(explainText(explain("nat_mask")), /does not know it, nor does keepalived/);
});

Deno.test("explain() a rule of findings, gives its meaning", () => {
  assert.match(explainText(explain("duplicate-name")), /^duplicate-name\n {2}Two blocks/);
});

const WRONG: readonly (readonly [string, string | undefined, string])[] = [
  ["priorty", undefined, 'There is no keyword "priorty"; did you mean priority\n'],
  ["state", "HTTP_GET", 'There is no keyword "state" in HTTP_GET; it stands in vrrp_instance\n'],
  ["state", "vrrp_instanc", 'There is no block "vrrp_instanc"; did you mean vrrp_instance\n'],
  ["qqqqqqq", undefined, 'There is no keyword "qqqqqqq"\n'],
  [
    "auth_",
    undefined,
    'There is no keyword "auth_"; like it: auth_hmac, auth_pass, auth_type\n',
  ],
];

for (const [word, block, text] of WRONG) {
  Deno.test(`explain() "${word}" in ${block ?? "any block"}, says what is near`, () => {
    const answer = explain(word, block);
    assert.equal(answer.kind, "unknown");
    assert.equal(explainText(answer), text);
  });
}

Deno.test("explain() every keyword and rule, has an answer that fits a terminal", () => {
  for (const word of explainable()) {
    const answer = explain(word);
    assert.notEqual(answer.kind, "unknown", word);
    const [, ...lines] = explainText(answer).split("\n");
    assert.ok(explainText(answer).length < 20_000);
    for (const line of lines.filter((each) => /^ {14}/.test(each))) {
      assert.ok(line.length <= 90, `${word}: ${line}`);
    }
  }
});
