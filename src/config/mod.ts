/**
 * The language of `keepalived.conf`: from files to typed values with findings. Nothing here knows what a
 * keyword means; the rows are in the `keywords*.ts` of the parts.
 */

export * from "./args.ts";
export * from "./bind.ts";
export * from "./complain.ts";
export * from "./diagnostic.ts";
export * from "./lint_rules.ts";
export * from "./options.ts";
export * from "./preprocess.ts";
export * from "./render.ts";
export * from "./render_json.ts";
export * from "./render_sarif.ts";
export * from "./rows.ts";
export * from "./rules.ts";
export * from "./script.ts";
export * from "./source.ts";
export * from "./suggest.ts";
export * from "./table.ts";
export * from "./tree.ts";
export * from "./values.ts";
export { splitShell, splitWords, type Word } from "./words.ts";
