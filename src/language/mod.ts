/**
 * The language of `keepalived.conf`: from files to typed values with findings. Nothing here knows what a
 * keyword means; the rows are in the `keywords*.ts` of the parts.
 */

export * from "./rows/args.ts";
export * from "./tree/bind.ts";
export * from "./rows/complain.ts";
export * from "./rows/fields.ts";
export * from "./findings/diagnostic.ts";
export * from "./findings/lint_rules.ts";
export * from "./rows/options.ts";
export * from "./source/preprocess.ts";
export * from "./findings/render.ts";
export * from "./findings/render_json.ts";
export * from "./findings/render_sarif.ts";
export * from "./rows/rows.ts";
export * from "./findings/rules.ts";
export * from "./rows/script.ts";
export * from "./rows/secret.ts";
export * from "./source/source.ts";
export * from "./findings/suggest.ts";
export * from "./rows/table.ts";
export * from "./tree/tree.ts";
export * from "./rows/values.ts";
export { splitShell, splitWords, type Word } from "./source/words.ts";
