// deno-lint-ignore-file no-console -- a script talks on the console
/**
 * Proves that every section a comment cites exists: `grammar.md §4`, `cli.tsv "notify at exit"`, `docs/CHECK.md`; and every file that
 * a document names: `daemon/loop.ts`. What RFCs say stands elsewhere and is not looked at. Ends with 1 and one line per citation of nothing.
 *
 * Run with `deno task citations`.
 */

/** A file and its text. */
export interface CitedText {
  /** Path from the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Where cited documents stand. */
const FOLDERS = ["docs/spec/", "docs/", ""] as const;

/** Folders whose comments cite. */
const SOURCES = ["src", "cli", "core-rs", "pack-rs", "tests", "scripts", "docs"] as const;

/** A document's name as comments write it, and the part of it that is meant. */
const CITATION =
  /\b((?:docs\/(?:spec\/)?)?[\w-]+\.(?:md|tsv))\b(?:\)?,? (§)([\d.]*\d)((?:(?:,| and) §?[\d.]*\d)*)| "([^"]+)")?/g;

/** Citations of what does not exist, as `path:line: message`. */
export function deadCitations(
  { path, text }: CitedText,
  documents: ReadonlyMap<string, string>,
): readonly string[] {
  return text.split("\n").flatMap((line, index) =>
    [...line.matchAll(CITATION)].flatMap(([, name = "", , section, more = "", entry]) => {
      const document = found(name, documents);
      const at = `${path}:${index + 1}`;
      if (document === undefined) {
        return isDocument(name) ? [`${at}: Cannot cite ${name}: there is no such file`] : [];
      }
      const sections = [section ?? "", ...more.match(/[\d.]*\d/g) ?? []].filter((each) => each);
      return [
        ...sections.filter((each) => !hasSection(document, each))
          .map((each) => `${at}: Cannot cite ${name} §${each}: it has no such section`),
        ...entry !== undefined && name.endsWith(".tsv") && !hasEntry(document, entry)
          ? [`${at}: Cannot cite ${name} "${entry}": it has no such entry`]
          : [],
      ];
    })
  );
}

/** A file of the source as documents name it, by the end of its path. */
const FILE = /`([\w./-]+\.(?:ts|rs))`/g;

/** Files of the source that a document names and that do not exist, as `path:line: message`. */
export function deadFiles({ path, text }: CitedText, sources: Iterable<string>): readonly string[] {
  const paths = [...sources].map((each) => `/${each}`);
  return text.split("\n").flatMap((line, index) =>
    [...line.matchAll(FILE)].map(([, name = ""]) => name)
      .filter((name) => !paths.some((each) => each.endsWith(`/${name}`)))
      .map((name) => `${path}:${index + 1}: Cannot name ${name}: there is no such file`)
  );
}

/** The text of a document cited by its path or its bare name. */
function found(name: string, documents: ReadonlyMap<string, string>): string | undefined {
  return FOLDERS.map((folder) => documents.get(`${folder}${name}`)).find((text) => text);
}

/** Only names in the documents' folders or of our tables are citations: `notes.md` in an example is none. */
function isDocument(name: string): boolean {
  return name.startsWith("docs/") || /^[A-Z]+\.md$/.test(name);
}

/** `## 4. Definitions` or `### 4.1 Prometheus`. */
function hasSection(document: string, section: string): boolean {
  return new RegExp(`^#+ ${section.replaceAll(".", "\\.")}\\.?(?: |$)`, "m").test(document);
}

/** An entry of a table: its second column, or both first ones as a phrase such as "notify at exit". */
function hasEntry(document: string, entry: string): boolean {
  return document.split("\n").some((row) => {
    const [kind = "", name = ""] = row.split("\t");
    return name === entry || `${kind} ${name}` === entry;
  });
}

async function* textFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* textFiles(path);
    else if (/\.(ts|rs|md|tsv)$/.test(entry.name)) yield path;
  }
}

if (import.meta.main) {
  const texts = new Map<string, string>();
  for (const folder of SOURCES) {
    for await (const path of textFiles(folder)) texts.set(path, await Deno.readTextFile(path));
  }
  for await (const { name } of Deno.readDir(".")) {
    if (name.endsWith(".md")) texts.set(name, await Deno.readTextFile(name));
  }
  // The facts cite their own sources, and the test of this script what does not exist.
  const cited = [...texts].filter(([path]) =>
    !path.startsWith("docs/spec/") && path !== "scripts/check_citations_test.ts"
  );
  const documents = cited.filter(([path]) => path.endsWith(".md") && path !== "CHANGELOG.md");
  const dead = [
    ...cited.flatMap(([path, text]) => deadCitations({ path, text }, texts)),
    ...documents.flatMap(([path, text]) => deadFiles({ path, text }, texts.keys())),
  ];
  for (const line of dead) console.error(line);
  if (dead.length > 0) Deno.exit(1);
  console.log(`citations: ${cited.length} files, none of nothing`);
}
