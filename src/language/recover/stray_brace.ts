/** A `{` where no block can begin: what it may be of. */

import type { Finding } from "../findings/diagnostic.ts";
import { type Line, type Place, placeAt } from "../findings/place.ts";

/** What is said of a `{`, and where. */
export interface StrayBrace {
  readonly place: Place;
  readonly length: number;
  readonly finding: Finding;
}

/** Judges the `{` in a line, which stands at `index` of all. */
export function strayBrace(line: Line, lines: readonly Line[], index: number): StrayBrace {
  return ofReference(lines, index) ?? {
    place: placeAt(line, 0),
    length: 1,
    finding: {
      severity: "error",
      code: "unexpected-open-brace",
      message: 'Cannot begin a block with this "{": no keyword with a block stands before it',
      status: "unexpected-open-brace",
      ...(isOfTemplate(lines, index) && {
        hint: "it is of a template that was not filled in",
        about: { kind: "line" },
      }),
    },
  };
}

/** One of `${NAME}`: what is not defined stays, and its braces split the line. */
function ofReference(lines: readonly Line[], index: number): StrayBrace | undefined {
  const before = lines[index - 1];
  if (before === undefined || !before.text.endsWith("$")) return undefined;
  const inside = lines[index + 1]?.text ?? "";
  const [, name, more = ""] = /^([A-Za-z_]\w*)((?:[:#%/^,@?=+-].*)?)$/.exec(inside) ?? [];
  const isWhole = name !== undefined && lines[index + 2]?.text === "}";
  return {
    place: placeAt(before, before.text.length - 1),
    length: isWhole ? inside.length + 3 : 2,
    finding: {
      severity: "error",
      code: "unknown-name",
      ...(isWhole ? ofName(name, more) : {
        message: 'Cannot expand this "${": it needs a name and a "}"',
      }),
      status: "unexpected-open-brace",
      about: { kind: "line" },
    },
  };
}

/** What is said of `${NAME}`, or of a shell's `${NAME:-DEFAULT}`. */
function ofName(name: string, more: string): Pick<Finding, "message" | "hint"> {
  if (more === "") {
    return {
      message: `Cannot expand \${${name}}: it is not defined before this line`,
      hint: `the variable of the environment is \${_ENV ${name}}`,
    };
  }
  const [, value] = /^:?[-=](.*)$/.exec(more) ?? [];
  return {
    message: `Cannot expand \${${name}${more}}: only a shell knows what follows the name`,
    hint: value === undefined
      ? `write \${${name}}`
      : `write $${name}=${value} in a line above, and \${${name}} here`,
  };
}

/** One of `{{ name }}` or `{% statement %}`. */
function isOfTemplate(lines: readonly Line[], index: number): boolean {
  const next = lines[index + 1]?.text ?? "";
  return (next === "{" && lines[index + 3]?.text === "}") || next.startsWith("%");
}
