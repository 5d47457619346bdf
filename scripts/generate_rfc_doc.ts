// deno-lint-ignore-file no-console -- a script talks on the console
/**
 * Builds docs/RFC.md from the names of tests: which rule of which document is proved where. `deno task docs` writes it.
 */

/** A test and the rule its name gives. */
export interface Proof {
  /** Document, for example `RFC 9568`. */
  readonly document: string;
  /** Section with its sign, for example `§6.4.2`. */
  readonly section: string;
  readonly test: string;
  readonly file: string;
}

/** Where the page is. */
export const RFC_PAGE = new URL("../docs/RFC.md", import.meta.url);

/** A string literal with a rule in it; `${…}` parts are shown as an ellipsis. */
const NAMED = /(["`])((?:(?!\1|\n).)*?\bRFC \d+ §[\d.]*\d(?:(?!\1|\n).)*)\1/g;

/** A document, and its sections: `RFC 9568 §7.1, §5.2.8`. */
const CITED = /\b(RFC \d+) (§[\d.]*\d(?:, §[\d.]*\d)*)/g;

/** The proofs one test file holds, in its order: one for each section a name cites. */
export function proofsIn(file: string, text: string): readonly Proof[] {
  return [...text.matchAll(NAMED)].flatMap(([, , name = ""]) =>
    [...name.matchAll(CITED)].flatMap(([, document = "", sections = ""]) =>
      sections.split(", ").map((section) => ({
        document,
        section,
        test: name.replaceAll(/\$\{[^}]*\}/g, "…"),
        file,
      }))
    )
  );
}

/** The page. */
export function rfcPage(proofs: readonly Proof[]): string {
  const documents = [...new Set(proofs.map((proof) => proof.document))].sort();
  const parts = documents.map((document) => {
    const rows = proofs.filter((proof) => proof.document === document).sort(bySection);
    const lines = rows.map(({ section, test, file }) => `- ${section} ${test} (\`${file}\`)`);
    return `## ${document}\n\n${lines.join("\n")}\n`;
  });
  const about =
    "Built from the names of tests by `deno task docs`: do not edit. RFC 5798 has the " +
    "sections of RFC 9568 with the same numbers and requirements; what is proved of the one is proved of the other.";
  return `# Rules and where they are proved\n\n${about}\n\n${parts.join("\n")}`;
}

function bySection(a: Proof, b: Proof): number {
  const key = ({ section, file, test }: Proof) =>
    `${section.slice(1).split(".").map((part) => part.padStart(4, "0")).join(".")} ${file} ${test}`;
  return key(a) < key(b) ? -1 : 1;
}

/** The proofs of every test file below `src`, `cli` and `tests`. */
export async function allProofs(root: URL): Promise<readonly Proof[]> {
  const proofs: Proof[] = [];
  for (const folder of ["src", "cli", "tests"]) {
    for await (const file of testFiles(`${folder}/`, root)) {
      proofs.push(...proofsIn(file, await Deno.readTextFile(new URL(file, root))));
    }
  }
  return proofs;
}

async function* testFiles(folder: string, root: URL): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(folder, root))) {
    if (entry.isDirectory) yield* testFiles(`${folder}${entry.name}/`, root);
    else if (entry.name.endsWith("_test.ts")) yield `${folder}${entry.name}`;
  }
}

/** The page as the gate wants it. */
export async function formatted(text: string): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "--line-width", "100", "-"],
    stdin: "piped",
    stdout: "piped",
  });
  const child = command.spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout);
}

if (import.meta.main) {
  const proofs = await allProofs(new URL("..", import.meta.url));
  await Deno.writeTextFile(RFC_PAGE, await formatted(rfcPage(proofs)));
  console.log(`docs/RFC.md: ${proofs.length} rules`);
}
