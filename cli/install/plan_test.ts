import assert from "node:assert/strict";
import type { InstalledFile } from "./files.ts";
import {
  ALIASES,
  FOLDERS,
  planInstall,
  planUninstall,
  PROGRAM,
  type Standing,
  startCommand,
  type Step,
} from "./plan.ts";

const [{ path: ALIAS }, { path: GENHASH }] = ALIASES;
const UNIT: InstalledFile = { path: "/u", mode: 0o644, content: "unit", operators: false };
const SETTINGS: InstalledFile = { path: "/s", mode: 0o644, content: "settings", operators: true };
const FILES = [UNIT, SETTINGS];

const host = (there: Readonly<Record<string, Standing>>) => (path: string): Standing =>
  there[path] ?? { kind: "nothing" };
const file = (content: string): Standing => ({ kind: "file", content });
const names = (steps: readonly Step[] | string) =>
  typeof steps === "string"
    ? steps
    : steps.map((step) => `${step.kind} ${"file" in step ? step.file.path : step.path}`);

const INSTALL = [
  ["an empty host", {}, [
    `program ${PROGRAM}`,
    `link ${ALIAS}`,
    `link ${GENHASH}`,
    "write /u",
    "write /s",
  ]],
  ["all there already", {
    [ALIAS]: { kind: "link", target: "holdfast" },
    [GENHASH]: { kind: "link", target: "../sbin/holdfast" },
    "/u": file("unit"),
    "/s": file("settings"),
  }, [`program ${PROGRAM}`]],
  ["an older unit and changed settings", { "/u": file("old"), "/s": file("mine") }, [
    `program ${PROGRAM}`,
    `link ${ALIAS}`,
    `link ${GENHASH}`,
    "write /u",
    "keep /s",
  ]],
  [
    "another keepalived",
    { [ALIAS]: file("") },
    `Cannot take the name ${ALIAS}: another program is there, remove its package first`,
  ],
  [
    "a link to another keepalived",
    { [ALIAS]: { kind: "link", target: "/opt/keepalived" } },
    `Cannot take the name ${ALIAS}: it is a link to /opt/keepalived`,
  ],
] as const;

for (const [name, there, expected] of INSTALL) {
  Deno.test(`planInstall() ${name}`, () => {
    assert.deepEqual(
      names(planInstall({ files: FILES, asKeepalived: true }, host(there))),
      expected,
    );
  });
}

const UNINSTALL = [
  ["an empty host", {}, []],
  ["what was installed", {
    [PROGRAM]: file(""),
    [ALIAS]: { kind: "link", target: "holdfast" },
    "/u": file("unit"),
    "/s": file("settings"),
    [GENHASH]: { kind: "link", target: "../sbin/holdfast" },
    [FOLDERS[0]]: { kind: "folder" },
    [FOLDERS[1]]: { kind: "folder" },
  }, [
    "remove /u",
    "remove /s",
    `remove ${ALIAS}`,
    `remove ${GENHASH}`,
    `remove ${PROGRAM}`,
    ...FOLDERS.map((folder) => `remove-folder ${folder}`),
  ]],
  ["changed settings and another keepalived", {
    [PROGRAM]: file(""),
    [ALIAS]: file(""),
    "/s": file("mine"),
  }, [
    "keep /s",
    `remove ${PROGRAM}`,
  ]],
] as const;

for (const [name, there, expected] of UNINSTALL) {
  Deno.test(`planUninstall() ${name}`, () => {
    assert.deepEqual(names(planUninstall(FILES, host(there))), expected);
  });
}

Deno.test("startCommand() goes by the service that was installed, not by what runs: nothing does in an image", () => {
  assert.equal(startCommand({ openrc: false }, true), "systemctl enable --now holdfast");
  assert.equal(startCommand({ openrc: false }, false), "systemctl enable holdfast");
  assert.match(startCommand({ openrc: true }, false), /^rc-update add holdfast/);
});
