/** Manual pages: text as man(7) macros. */

/** Text of a line of a manual page: nothing in it is a request or an escape. */
export function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^([.'])/gm, "\\&$1");
}

/** First line of a page. `date` is left to the packager: two builds of one source are equal. */
export function title(name: string, section: number, version: string): string {
  return `.TH ${name.toUpperCase()} ${section} "" "holdfast ${version}"\n`;
}

/** A section and what stands in it. */
export function section(heading: string, ...parts: readonly string[]): string {
  return `.SH ${heading.toUpperCase()}\n${parts.join("")}`;
}

/** A paragraph. */
export function paragraph(text: string): string {
  return `.PP\n${roff(text)}\n`;
}

/** A term in bold and what it means. */
export function item(term: string, text: string): string {
  return `.TP\n.B ${quoted(term)}\n${roff(text)}\n`;
}

/** One argument of a macro. */
function quoted(text: string): string {
  return `"${roff(text).replaceAll('"', '""')}"`;
}

/** Lines that stay as they are. */
export function verbatim(lines: string): string {
  return `.PP\n.nf\n.RS 4\n${roff(lines.trimEnd())}\n.RE\n.fi\n`;
}
