import assert from "node:assert/strict";
import { MAIN, marked } from "../fixture.ts";
import { renamableAt, renameAt } from "./rename.ts";

const FOLDER = "/etc/keepalived/conf.d";

/** The texts of all files after the mark's name became `name`, or why not. */
function renamed(
  text: string,
  name: string,
  others: Readonly<Record<string, string>> = {},
  path: string = MAIN,
): Readonly<Record<string, string>> | string {
  const { view, at } = marked(text, others, path);
  const renaming = renameAt(view, at, name);
  if (renaming.kind === "refused") return renaming.why;
  const texts: Record<string, string> = {};
  for (const [file, edits] of renaming.edits) {
    const lines = (view.project.texts().get(file) ?? "").split("\n");
    for (const { range, text } of edits.toReversed()) {
      const line = lines[range.start.line] ?? "";
      lines[range.start.line] = line.slice(0, range.start.character) + text +
        line.slice(range.end.character);
    }
    texts[file] = lines.join("\n");
  }
  return texts;
}

const SCRIPT = "vrrp_script chk {\n  script /x\n}\n";
const TRACKED = "vrrp_instance chk {\n  track_script {\n    chk weight 2\n  }\n}\n";

Deno.test("renameAt() a script, where it is declared or tracked, renames both and nothing of its name else", () => {
  const after = {
    [MAIN]: `${SCRIPT}${TRACKED}# chk\n`.replace("script chk", "script web").replace(
      "    chk",
      "    web",
    ),
  };
  assert.deepEqual(renamed(`${SCRIPT.replace("chk", "c|hk")}${TRACKED}# chk\n`, "web"), after);
  assert.deepEqual(
    renamed(`${SCRIPT}${TRACKED.replace("    chk", "    chk|")}# chk\n`, "web"),
    after,
  );
});

Deno.test("renameAt() an instance across includes, also inside a block, renames it in every file", () => {
  const others = {
    [`${FOLDER}/a.conf`]: "vrrp_instance A {\n}\n",
    [`${FOLDER}/b.conf`]: "A B\n",
    [`${FOLDER}/c.conf`]: "vrrp_instance B {\n}\n",
  };
  const text =
    "include conf.d/a.conf\ninclude conf.d/c.conf\nvrrp_sync_group G {\n  group {\n    include conf.d/b.conf\n    A|\n  }\n}\n";
  const after = {
    [MAIN]: text.replace("A|", "first"),
    [`${FOLDER}/a.conf`]: "vrrp_instance first {\n}\n",
    [`${FOLDER}/b.conf`]: "first B\n",
  };
  assert.deepEqual(renamed(text, "first", others), after);
  // From the included file as well.
  const { [`${FOLDER}/a.conf`]: _, ...rest } = others;
  const from = renamed(
    "vrrp_instance |A {\n}\n",
    "first",
    { ...rest, [MAIN]: text.replace("|", "") },
    `${FOLDER}/a.conf`,
  );
  assert.deepEqual(from, after);
});

for (
  const [what, before, after] of [
    ["a sync group", "vrrp_sync_group G| {\n}\n", "vrrp_sync_group new {\n}\n"],
    [
      "a group of addresses",
      "virtual_server_group G| {\n}\nvirtual_server group G {\n}\n",
      "virtual_server_group new {\n}\nvirtual_server group new {\n}\n",
    ],
    [
      "a name in quotes",
      'vrrp_script "G|" {\n}\nvrrp_instance A {\n  track_script {\n    G\n  }\n}\n',
      'vrrp_script "new" {\n}\nvrrp_instance A {\n  track_script {\n    new\n  }\n}\n',
    ],
    [
      "a definition",
      "$G=1\n# $G\nvrrp_instance A {\n  priority $G\n  advert_int ${G|}\n}\n",
      "$new=1\n# $G\nvrrp_instance A {\n  priority $new\n  advert_int ${new}\n}\n",
    ],
    [
      "a name of a sequence",
      "~SEQ(G|, 1, 3) static_ipaddress { 10.0.0.$G }\n",
      "~SEQ(new, 1, 3) static_ipaddress { 10.0.0.$new }\n",
    ],
  ] as const
) {
  Deno.test(`renameAt() ${what}, renames its uses`, () => {
    assert.deepEqual(renamed(before, "new"), { [MAIN]: after });
  });
}

for (
  const [what, text, name, why] of [
    [
      "to a name that is there",
      `${SCRIPT}vrrp_script o|ther {\n}\n`,
      "chk",
      "Cannot name it chk: vrrp_script chk is there already",
    ],
    ["to two words", "vrrp_script c|hk {\n}\n", "a b", "Cannot name it a b: a name is one word"],
    ["to a brace", "vrrp_script c|hk {\n}\n", "a{", "Cannot name it a{: a name is one word"],
    ["of a keyword", "vrrp_|script chk {\n}\n", "x", "Cannot rename this: it is no name"],
    [
      "of an interface",
      "vrrp_instance A {\n  interface et|h0\n}\n",
      "x",
      "Cannot rename this: it is no name",
    ],
    [
      "of what a sequence makes",
      "$I=vrrp_instance A1 \\\n{ \\\n}\n\n$I\nvrrp_sync_group G {\n  group {\n    A1|\n  }\n}\n",
      "x",
      "Cannot rename A1: a definition or a sequence makes it",
    ],
    [
      "of a built-in definition",
      "global_defs {\n  router_id ${_INST|ANCE}\n}\n",
      "x",
      "Cannot rename _INSTANCE: keepalived defines it",
    ],
    [
      "of a definition to one that is there",
      "$A=1\n$B|=2\n",
      "A",
      "Cannot name it A: $A is defined already",
    ],
  ] as const
) {
  Deno.test(`renameAt() ${what}, is refused`, () => assert.equal(renamed(text, name), why));
}

Deno.test("renamableAt() marks the name alone, and nothing where there is none", () => {
  const at = (text: string) => {
    const { view, at } = marked(text);
    const found = renamableAt(view, at);
    return found && [found.name, found.range.start.character, found.range.end.character];
  };
  assert.deepEqual(at("$VIP=1\nglobal_defs {\n  router_id ${V|IP}\n}\n"), ["VIP", 14, 17]);
  assert.deepEqual(at("vrrp_script ch|k {\n}\n"), ["chk", 12, 15]);
  assert.equal(at("vrrp_scr|ipt chk {\n}\n"), undefined);
  assert.equal(at("# vrrp_script ch|k\n"), undefined);
});
