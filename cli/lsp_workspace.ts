/** The documents of an editor over the files of this machine. */

import { TextDocuments } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { hostFacts, systemFiles } from "../src/daemon/source_files.ts";
import { overlay, type ViewOptions } from "../src/editor/mod.ts";
import { type Places, positionsOf } from "./lsp_protocol.ts";
import { pathOf, uriOf } from "./lsp_uri.ts";

/** What is open, and all that can be read. */
export interface Workspace extends Places {
  readonly documents: TextDocuments<TextDocument>;
  /** Files as they are now, what is in the editor before what is on the disk. */
  readonly look: () => Required<ViewOptions>;
  /** The open document of a path. */
  readonly documentOf: (path: string) => TextDocument | undefined;
}

/** An editor without documents yet. */
export function workspaceOf({ configId }: { readonly configId?: string }): Workspace {
  const documents = new TextDocuments(TextDocument);
  const documentOf = (path: string) =>
    documents.all().find((document) => pathOf(document.uri) === path);
  return {
    documents,
    look: () => {
      const texts = new Map(
        documents.all().map((document) => [pathOf(document.uri), document.getText()] as const),
      );
      const disk = systemFiles(configId === undefined ? {} : { configId });
      return {
        // The same number every time: findings must not change while nobody types.
        files: overlay({ ...disk, randomSeed: 1 }, texts),
        open: [...texts.keys()],
        interfaces: [...hostFacts().interfaces],
      };
    },
    documentOf,
    positionsOf: (path) => positionsOf(documentOf(path)),
    // As the editor spells it where it has the document open.
    uriOf: (path) => documentOf(path)?.uri ?? uriOf(path),
  };
}
