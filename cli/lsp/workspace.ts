/** The documents of an editor over the files of this machine. */

import { TextDocuments } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { hostFacts, systemFiles } from "../../src/daemon/host/source_files.ts";
import { overlay, type View, viewOf, type ViewOptions } from "../../src/editor/mod.ts";
import { type Places, type Positions, positionsOf } from "./protocol.ts";
import { steadyFiles } from "./steady_files.ts";
import { pathOf, uriOf } from "./uri.ts";

/** What is open, and all that can be read. */
export interface Workspace extends Places {
  readonly documents: TextDocuments<TextDocument>;
  /** Texts of the open documents, by path. */
  readonly texts: () => ReadonlyMap<string, string>;
  /** An open document as it is now; the same view as long as neither documents nor files change. */
  readonly viewOf: (path: string) => View | undefined;
  /** The open document of a path. */
  readonly documentOf: (path: string) => TextDocument | undefined;
}

/** A look at all files, what is in the editor before what is on the disk. */
interface Look {
  readonly options: ViewOptions;
  readonly texts: ReadonlyMap<string, string>;
  /** Whether the disk is still as it was. */
  readonly current: () => boolean;
  readonly views: Map<string, View | undefined>;
}

/** An editor without documents yet. */
export function workspaceOf({ configId }: { readonly configId?: string }): Workspace {
  const documents = new TextDocuments(TextDocument);
  const documentOf = (path: string) =>
    documents.all().find((document) => pathOf(document.uri) === path);
  const texts = () =>
    new Map(documents.all().map((document) => [pathOf(document.uri), document.getText()] as const));
  const positions = new Map<string, { readonly text: string; readonly positions: Positions }>();
  let last: Look | undefined;
  const look = (): Look => {
    const now = texts();
    if (last === undefined || !sameTexts(last.texts, now) || !last.current()) {
      last = lookAt(now, configId);
    }
    return last;
  };
  return {
    documents,
    texts,
    viewOf: (path) => {
      if (documentOf(path) === undefined) return undefined;
      const { views, options } = look();
      if (!views.has(path)) views.set(path, viewOf(path, options));
      return views.get(path);
    },
    documentOf,
    positionsOf: (path) => {
      const document = documentOf(path);
      const text = document?.getText() ?? "";
      const known = positions.get(path);
      if (known?.text === text) return known.positions;
      const found = positionsOf(document);
      if (document === undefined) positions.delete(path);
      else positions.set(path, { text, positions: found });
      return found;
    },
    // As the editor spells it where it has the document open.
    uriOf: (path) => documentOf(path)?.uri ?? uriOf(path),
  };
}

function lookAt(texts: ReadonlyMap<string, string>, configId: string | undefined): Look {
  const { files, current } = steadyFiles(systemFiles(configId === undefined ? {} : { configId }));
  const options = {
    files: overlay(files, texts),
    open: [...texts.keys()],
    interfaces: [...hostFacts().interfaces],
  };
  return { options, texts, current, views: new Map() };
}

/** Whether two sets of texts are the same; an unchanged document gives the same string, which costs nothing to compare. */
function sameTexts(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && a.entries().every(([path, text]) => b.get(path) === text);
}
