/** The configuration as text, for `-d`: every field with its value after defaults. Secrets are masked. */

/** Fields whose value is never shown. */
const SECRET = /^(key|authPass)$/;

/** One line per field, nested fields indented by two blanks. */
export function configDump(value: unknown, indent = ""): readonly string[] {
  if (!isRecord(value)) return [`${indent}${scalar(value)}`];
  return Object.entries(value).flatMap(([name, field]) => {
    if (SECRET.test(name)) return [`${indent}${name} = ********`];
    if (Array.isArray(field)) return listDump(name, field, indent);
    if (isRecord(field)) return [`${indent}${name}`, ...configDump(field, `${indent}  `)];
    return [`${indent}${name} = ${scalar(field)}`];
  });
}

function listDump(name: string, list: readonly unknown[], indent: string): readonly string[] {
  if (list.length === 0) return [];
  if (!list.some(isRecord)) return [`${indent}${name} = ${list.map(scalar).join(" ")}`];
  return list.flatMap((item) => [`${indent}${name}`, ...configDump(item, `${indent}  `)]);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Uint8Array);
}

function scalar(value: unknown): string {
  return typeof value === "string"
    ? value
    : value instanceof Uint8Array
    ? "********"
    : JSON.stringify(value);
}
