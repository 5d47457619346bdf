/** Translation of PCRE2's syntax. That the translations find what PCRE2 finds is shown in `tests/checkers`. */

import assert from "node:assert/strict";
import { translatePattern } from "./pattern.ts";

/** As written, and in the core's syntax. */
const TRANSLATED: readonly (readonly [string, string])[] = [
  ["ok", "ok"],
  ['{"status":"ok"}', '\\{"status":"ok"\\}'],
  ["a{2,3}b{4}c{", "a{2,3}b{4}c\\{"],
  ["(a|(?<n>b))+?", "(?:a|(?:b))+?"],
  ["(?i:a)(?s)b", "(?i:a)(?s)b"],
  ["[]a-z^-]", "[\\]a-z\\^\\-]"],
  ["[[:digit:]a&&b[]", "[[:digit:]a\\&\\&b\\[]"],
  ["\\Qa.b\\E+", "a\\.b+"],
  ["a\\h\\R\\e\\x41\\x{263a}\\0", "a[ \\t](?:\\r\\n|[\\n\\x0b\\f\\r])\\x1b\\x{41}\\x{263a}\\x{0}"],
  ["\\<b\\>\\/", "<b>/"],
  ["a]b}", "a\\]b\\}"],
  ["(?#no)a", "a"],
];

for (const [written, expected] of TRANSLATED) {
  Deno.test(`translatePattern() of ${written}, is ${expected}`, () => {
    const translated = translatePattern(written, []);
    assert.deepEqual(translated, {
      kind: "pattern",
      pattern: { text: expected, beforeLastLineFeed: true },
    });
  });
}

Deno.test("translatePattern() with options, has their flags once", () => {
  const pattern = (...options: readonly string[]) => {
    const translated = translatePattern("a$", options);
    return translated.kind === "pattern" ? translated.pattern : translated.why;
  };
  assert.deepEqual(pattern("caseless", "utf", "ucp", "auto_callout"), {
    text: "(?iu)a$",
    beforeLastLineFeed: true,
  });
  assert.deepEqual(pattern("dollar_endonly"), { text: "a$", beforeLastLineFeed: false });
});

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["a(?=b)", /look-around/],
  ["(?<!a)b", /look-around/],
  ["(a)\\1", /back reference/],
  ["(?P<n>a)(?P=n)", /back reference/],
  ["(?>a)", /atomic/],
  ["a++", /possessive/],
  ["a{2}+", /possessive/],
  ["(?R)", /recursion/],
  ["(?(1)a|b)", /condition/],
  ["(*ANYCRLF)a", /verb/],
  ["*a", /nothing to repeat/],
  ["(a", /not closed/],
  ["a)", /not opened/],
  ["[a", /bracket is not closed/],
  ["\\Xa", /not understood/],
  ["a\\", /not understood/],
];

for (const [written, why] of REFUSED) {
  Deno.test(`translatePattern() of ${written}, is refused`, () => {
    const translated = translatePattern(written, []);
    assert.match(translated.kind === "fault" ? translated.why : "", why);
  });
}
