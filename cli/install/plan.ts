/** What installing and uninstalling do to a host, decided from what stands there. */

import type { InstalledFile } from "./files.ts";

/** The program's place. */
export const PROGRAM = "/usr/sbin/holdfast";

/** Names by which scripts and exporters call keepalived and its genhash, with what the links lead to. */
export const ALIASES = [
  { path: "/usr/sbin/keepalived", target: "holdfast" },
  { path: "/usr/bin/genhash", target: "../sbin/holdfast" },
] as const;

/** Folders that only we have, the inner ones first. */
export const FOLDERS = ["/usr/share/doc/holdfast/examples", "/usr/share/doc/holdfast"] as const;

/** What stands at a path. */
export type Standing =
  | { readonly kind: "nothing" }
  | { readonly kind: "file"; readonly content: string }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "folder" }
  | { readonly kind: "other" };

/** One step, in order. */
export type Step =
  | { readonly kind: "program"; readonly path: string }
  | { readonly kind: "write"; readonly file: InstalledFile }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  | { readonly kind: "remove"; readonly path: string }
  /** Removes a folder, unless something is in it. */
  | { readonly kind: "remove-folder"; readonly path: string }
  | { readonly kind: "keep"; readonly path: string; readonly why: string };

/** What shall be installed. */
export interface Installation {
  readonly files: readonly InstalledFile[];
  /** Also answer to the name keepalived. */
  readonly asKeepalived: boolean;
}

/** Steps of an installation, or why there can be none. What is right already is left out. */
export function planInstall(
  { files, asKeepalived }: Installation,
  at: (path: string) => Standing,
): readonly Step[] | string {
  const aliases = (asKeepalived ? ALIASES : []).map((alias) => aliasSteps(alias, at(alias.path)));
  const why = aliases.find((steps) => typeof steps === "string");
  if (typeof why === "string") return why;
  return [
    { kind: "program", path: PROGRAM },
    ...aliases.flatMap((steps) => typeof steps === "string" ? [] : steps),
    ...files.flatMap((file) => writeStep(file, at(file.path))),
  ];
}

/** A name for the program. */
type Alias = typeof ALIASES[number];

function aliasSteps({ path, target }: Alias, standing: Standing): readonly Step[] | string {
  switch (standing.kind) {
    case "nothing":
      return [{ kind: "link", path, target }];
    case "link":
      if (isOurs(standing)) return [];
      return `Cannot take the name ${path}: it is a link to ${standing.target}`;
    case "file":
    case "folder":
    case "other":
      return `Cannot take the name ${path}: another program is there, remove its package first`;
  }
}

function isOurs(standing: Standing): boolean {
  return standing.kind === "link" &&
    /^(?:(?:\.\.|\/usr)\/sbin\/)?holdfast$/.test(standing.target);
}

function writeStep(file: InstalledFile, standing: Standing): readonly Step[] {
  if (standing.kind === "file" && standing.content === file.content) return [];
  if (standing.kind !== "nothing" && file.operators) {
    return [{ kind: "keep", path: file.path, why: "it was changed here" }];
  }
  return [{ kind: "write", file }];
}

/** Steps that take away what {@linkcode planInstall} put there. The configuration is the operator's and stays. */
export function planUninstall(
  files: readonly InstalledFile[],
  at: (path: string) => Standing,
): readonly Step[] {
  const written = files.flatMap((file): readonly Step[] => {
    const standing = at(file.path);
    if (standing.kind === "nothing") return [];
    const unchanged = standing.kind === "file" && standing.content === file.content;
    return file.operators && !unchanged
      ? [{ kind: "keep", path: file.path, why: "it was changed here" }]
      : [{ kind: "remove", path: file.path }];
  });
  const aliases = ALIASES.filter(({ path }) => isOurs(at(path)));
  return [
    ...written,
    ...aliases.map(({ path }): Step => ({ kind: "remove", path })),
    ...at(PROGRAM).kind === "nothing" ? [] : [{ kind: "remove", path: PROGRAM } as const],
    ...FOLDERS.filter((path) => at(path).kind === "folder")
      .map((path): Step => ({ kind: "remove-folder", path })),
  ];
}

/** What starts the service, by the files that were written. In an image that is being made no systemd runs: there it is only enabled. */
export function startCommand({ openrc }: { readonly openrc: boolean }, runs: boolean): string {
  if (openrc) return "rc-update add holdfast && rc-service holdfast start";
  return `systemctl enable ${runs ? "--now " : ""}holdfast`;
}
