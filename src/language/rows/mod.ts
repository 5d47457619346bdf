/**
 * Rows of keyword tables: what a row is (`table.ts`), makers of the usual ones (`rows.ts`), values, and the fields that rows own (`fields.ts`).
 */

export * from "./args.ts";
export * from "./complain.ts";
export * from "./fields.ts";
export * from "./options.ts";
export * from "./rows.ts";
export * from "./script.ts";
export * from "./secret.ts";
export * from "./table.ts";
export * from "./values.ts";
