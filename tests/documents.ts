/**
 * The configurations that the documents of `shared/seeds` quote, character for character. Copies
 * are kept under tests/golden, so that a clone elsewhere has them; `documents_test.ts` compares
 * them with the documents where those are.
 */

const ROOT = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

/**
 * Where each configuration stands in its document: the nth match, whose first group is the text.
 */
const PLACES = {
  seed000_instance: {
    document: "000",
    pattern: /```bash {2}\n(vrrp_instance[^]*?)```/g,
    nth: 0,
  },
  seed000_unicast: {
    document: "000",
    pattern: /```bash {2}\n(vrrp_instance[^]*?)```/g,
    nth: 1,
  },
  seed000_fwmark: {
    document: "000",
    pattern: /```bash {2}\n(virtual_server fwmark 100[^]*?)```/g,
    nth: 0,
  },
  seed002_first: { document: "002", pattern: /<<EOF\n([^]*?)EOF\n/g, nth: 0 },
  seed002_second: { document: "002", pattern: /<<EOF\n([^]*?)EOF\n/g, nth: 1 },
  seed003: { document: "003", pattern: /<<EOF [^\n]*\n([^]*?)EOF\n/g, nth: 0 },
  seed004_nat_master: { document: "004", pattern: /```bash\n(! Configuration[^]*?)```/g, nth: 0 },
  seed004_dr_master: { document: "004", pattern: /```bash\n(! Configuration[^]*?)```/g, nth: 1 },
} as const;

/** A quoted configuration, by the golden case that is its copy. */
export type Quoted = keyof typeof PLACES;

export const QUOTED = Object.keys(PLACES) as readonly Quoted[];

/** The text from the document itself, or `undefined` where the documents are not at hand. */
export function fromDocument(name: Quoted): string | undefined {
  const { document, pattern, nth } = PLACES[name];
  const folder = `${ROOT}/../shared/seeds`;
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const file = entries.find((entry) => entry.name.startsWith(`${document}_`));
  if (file === undefined) return undefined;
  const text = Deno.readTextFileSync(`${folder}/${file.name}`);
  return [...text.matchAll(pattern)][nth]?.[1];
}

/** The configuration: from the document where it is at hand, else our copy of it. */
export function quoted(name: Quoted): string {
  return fromDocument(name) ?? copy(name);
}

/** Our copy. */
export function copy(name: Quoted): string {
  return Deno.readTextFileSync(`${ROOT}/tests/golden/${name}/input.conf`);
}

/** The other node's configuration: BACKUP wherever it says MASTER, and that priority. */
export function asBackup(config: string, priority: number): string {
  return config.replace(/state MASTER/g, "state BACKUP")
    .replace(/priority \d+/g, `priority ${priority}`);
}
