/** The editor's answers (src/editor/) in the words of the Language Server Protocol 3.17. */

import {
  type CodeAction,
  CodeActionKind,
  type CompletionItem,
  CompletionItemKind,
  CompletionItemTag,
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type DocumentSymbol as ProtocolSymbol,
  type Hover as ProtocolHover,
  type InitializeParams,
  InsertTextFormat,
  type Location,
  type LocationLink,
  type MarkupContent,
  MarkupKind,
  type Position as ProtocolPosition,
  type Range as ProtocolRange,
  SymbolKind,
  type TextEdit as ProtocolEdit,
  type WorkspaceEdit,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type {
  Action,
  Completion,
  DocumentSymbol,
  EditorDiagnostic,
  Hover,
  Position,
  Range,
  TextEdit,
} from "../../src/editor/mod.ts";

/** What the client can show. */
export interface ClientAbilities {
  readonly snippets: boolean;
  readonly markdown: boolean;
  readonly relatedInformation: boolean;
  readonly watchedFiles: boolean;
  readonly links: boolean;
  readonly actions: boolean;
}

/** Before the client has said anything. */
export const NO_ABILITIES: ClientAbilities = {
  snippets: false,
  markdown: false,
  relatedInformation: false,
  watchedFiles: false,
  links: false,
  actions: false,
};

/** What the client says of itself. */
export function abilitiesOf({ capabilities }: InitializeParams): ClientAbilities {
  const { textDocument, workspace } = capabilities;
  return {
    snippets: textDocument?.completion?.completionItem?.snippetSupport ?? false,
    markdown: textDocument?.hover?.contentFormat?.includes("markdown") ?? false,
    relatedInformation: textDocument?.publishDiagnostics?.relatedInformation ?? false,
    watchedFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
    links: textDocument?.definition?.linkSupport ?? false,
    actions: textDocument?.codeAction?.codeActionLiteralSupport !== undefined,
  };
}

/** Positions of one document, from and to the protocol's. */
export interface Positions {
  readonly fromClient: (at: ProtocolPosition) => Position;
  readonly range: (range: Range) => ProtocolRange;
}

/** How the client names files and places in them. */
export interface Places {
  readonly positionsOf: (path: string) => Positions;
  readonly uriOf: (path: string) => string;
}

/** The protocol ends a line at a lone CR as well, keepalived does not: only then the two differ. */
export function positionsOf(document: TextDocument | undefined): Positions {
  const text = document?.getText() ?? "";
  if (document === undefined || !/\r(?!\n)/.test(text)) {
    return { fromClient: (at) => at, range: (range) => range };
  }
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const toClient = ({ line, character }: Position) =>
    document.positionAt((starts[line] ?? text.length) + character);
  return {
    fromClient: (at) => {
      const offset = document.offsetAt(at);
      const line = starts.findLastIndex((start) => start <= offset);
      return { line, character: offset - (starts[line] ?? 0) };
    },
    range: ({ start, end }) => ({ start: toClient(start), end: toClient(end) }),
  };
}

const SEVERITY = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const;

const LOOK = {
  deprecated: DiagnosticTag.Deprecated,
  unnecessary: DiagnosticTag.Unnecessary,
} as const;

/** A finding of a file. */
export function toDiagnostic(
  { range, severity, code, message, look, related }: EditorDiagnostic,
  { path, places, abilities }: {
    readonly path: string;
    readonly places: Places;
    readonly abilities: ClientAbilities;
  },
): Diagnostic {
  return {
    range: places.positionsOf(path).range(range),
    severity: SEVERITY[severity],
    code,
    source: "holdfast",
    message,
    ...(look && { tags: [LOOK[look]] }),
    ...(abilities.relatedInformation && related.length > 0 && {
      relatedInformation: related.map(({ location, message }) => ({
        location: {
          uri: places.uriOf(location.path),
          range: places.positionsOf(location.path).range(location.range),
        },
        message,
      })),
    }),
  };
}

const COMPLETION_KIND = {
  block: CompletionItemKind.Struct,
  keyword: CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  name: CompletionItemKind.Reference,
  interface: CompletionItemKind.Interface,
  variable: CompletionItemKind.Variable,
  file: CompletionItemKind.File,
  folder: CompletionItemKind.Folder,
} as const;

/** A completion. */
export function toCompletion(
  completion: Completion,
  { range }: Positions,
  { snippets, markdown }: ClientAbilities,
): CompletionItem {
  const { label, kind, detail, documentation, snippet, rank, late, deprecated } = completion;
  const useSnippet = snippets && snippet !== undefined;
  return {
    label,
    kind: COMPLETION_KIND[kind],
    // Editors sort by it as text.
    sortText: `${late ? 1 : 0}${String(rank).padStart(3, "0")}${label}`,
    filterText: label,
    ...(detail !== undefined && { detail }),
    ...(documentation.length > 0 && { documentation: markup(documentation, markdown) }),
    ...(deprecated && { tags: [CompletionItemTag.Deprecated] }),
    insertTextFormat: useSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range: range(completion.range), newText: useSnippet ? snippet : label },
  };
}

/** What to say of a word. */
export function toHover(
  { range, title, facts }: Hover,
  positions: Positions,
  { markdown }: ClientAbilities,
): ProtocolHover {
  const head = markdown ? `\`\`\`keepalived\n${title}\n\`\`\`` : title;
  const { kind, value } = markup(facts, markdown);
  return { range: positions.range(range), contents: { kind, value: `${head}\n\n${value}` } };
}

function markup(sentences: readonly string[], markdown: boolean): MarkupContent {
  return markdown
    ? { kind: MarkupKind.Markdown, value: sentences.map(escapeMarkdown).join("  \n") }
    : { kind: MarkupKind.PlainText, value: sentences.join("\n") };
}

function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>()#+!|~$-]/g, "\\$&");
}

/** A place to go to, with the words that lead there. */
export function toLink({ uri, range }: Location, from: ProtocolRange): LocationLink {
  return {
    originSelectionRange: from,
    targetUri: uri,
    targetRange: range,
    targetSelectionRange: range,
  };
}

const SYMBOL_KIND = {
  block: SymbolKind.Struct,
  include: SymbolKind.Module,
  definition: SymbolKind.Variable,
} as const;

/** An outline. */
export function toSymbol(symbol: DocumentSymbol, positions: Positions): ProtocolSymbol {
  const { name, kind, range, selection, children } = symbol;
  return {
    name,
    kind: SYMBOL_KIND[kind],
    range: positions.range(range),
    selectionRange: positions.range(selection),
    children: children.map((child) => toSymbol(child, positions)),
  };
}

/** Edits of one document. */
export function toEdits(edits: readonly TextEdit[], { range }: Positions): ProtocolEdit[] {
  return edits.map((edit) => ({ range: range(edit.range), newText: edit.text }));
}

/** Edits of several files. */
export function toWorkspaceEdit(
  edits: ReadonlyMap<string, readonly TextEdit[]>,
  places: Places,
): WorkspaceEdit {
  const changes = Array.from(
    edits,
    ([path, own]) => [places.uriOf(path), toEdits(own, places.positionsOf(path))] as const,
  );
  return { changes: Object.fromEntries(changes) };
}

/** What can be done about a finding of a file. */
export function toCodeAction(
  { title, finding, edits, mends }: Action,
  context: {
    readonly path: string;
    readonly places: Places;
    readonly abilities: ClientAbilities;
  },
): CodeAction {
  return {
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [toDiagnostic(finding, context)],
    ...(mends && { isPreferred: true }),
    edit: toWorkspaceEdit(new Map([[context.path, edits]]), context.places),
  };
}
