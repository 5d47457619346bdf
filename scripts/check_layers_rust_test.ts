import assert from "node:assert/strict";
import { circles } from "./check_layers.ts";
import { usesOfCore } from "./check_layers_rust.ts";

/** What the files use, paths without the folder of the crate. */
function uses(files: Readonly<Record<string, string>>): unknown {
  const sources = Object.entries(files).map(([path, text]) => ({
    path: `core-rs/src/${path}`,
    text,
  }));
  const short = (path: string): string => path.replace("core-rs/src/", "");
  const found = [...usesOfCore(sources)].map(([path, used]) => [short(path), used.map(short)]);
  return Object.fromEntries(found);
}

Deno.test("usesOfCore() paths of a use, lead to the files of the longest module in them", () => {
  assert.deepEqual(
    uses({
      "lib.rs": "pub mod a;\npub mod wire;",
      "a/mod.rs": "mod b;\nmod c;\npub use b::Thing;",
      "a/b.rs": "use super::c::{self, One as Other, Two};\nuse std::io;",
      "a/c.rs": "use crate::wire::{Tag,\n    Key};",
      "wire.rs": "fn f() { crate::a::b::g() }\n// crate::a::c",
    }),
    {
      "lib.rs": [],
      "a/mod.rs": ["a/b.rs"],
      "a/b.rs": ["a/c.rs"],
      "a/c.rs": ["wire.rs"],
      "wire.rs": ["a/b.rs"],
    },
  );
});

Deno.test("usesOfCore() tests, are not counted", () => {
  assert.deepEqual(
    uses({
      "a.rs": "fn f() {}\n\n#[cfg(test)]\n#[allow(x)]\npub mod tests {\n    use crate::b::g;\n}",
      "b.rs": "use crate::a::f;",
      "a_test.rs": "use super::*;",
    }),
    { "a.rs": [], "b.rs": ["a.rs"] },
  );
});

Deno.test("usesOfCore() a file of the other program, is no name of the face that declares it", () => {
  assert.deepEqual(
    uses({
      "g/mod.rs": '#[path = "../../guardian/message.rs"]\nmod message;\npub use tell::tell;',
      "g/tell.rs": "use super::message::Message;",
    }),
    { "g/mod.rs": ["g/tell.rs"], "g/tell.rs": ["core-rs/guardian/message.rs"] },
  );
});

Deno.test("circles() files of the core that use one another, are one", () => {
  const sources = [
    { path: "core-rs/src/a.rs", text: "use crate::b::B;" },
    { path: "core-rs/src/b.rs", text: "use super::a::A;" },
  ];
  assert.deepEqual(circles(usesOfCore(sources)), [
    "Import cycle: core-rs/src/a.rs → core-rs/src/b.rs → core-rs/src/a.rs",
  ]);
});
