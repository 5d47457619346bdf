import assert from "node:assert/strict";
import { withSection } from "./document.ts";

const DOCUMENT = "# T\n\nIntro.\n\n## A\n\na\n\n## B\n\nb\n";

for (
  const [name, section, expected] of [
    ["the last", "## B\n\nnew\n", "# T\n\nIntro.\n\n## A\n\na\n\n## B\n\nnew\n"],
    ["one between", "## A\n\nnew\n", "# T\n\nIntro.\n\n## A\n\nnew\n\n## B\n\nb\n"],
    ["a new one", "## C\n\nc\n", `${DOCUMENT}\n## C\n\nc\n`],
  ] as const
) {
  Deno.test(`withSection(), ${name}, leaves the others as they are`, () => {
    assert.equal(withSection(DOCUMENT, section), expected);
  });
}
