/** What a value says that the usual one does not, in the fewest words, and in an order that does not depend on who made it. */

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** By name. */
interface JsonObject {
  readonly [name: string]: Json;
}

/**
 * The difference; `undefined` where there is none. Of objects: what is otherwise, and `null` for what is not there. Of lists of
 * objects: each object's difference from the usual one of its kind, which it names, as the lists in the usual value are examples; none is usual.
 */
export function differenceFrom(usual: Json | undefined, value: Json): Json | undefined {
  if (isList(value)) {
    if (!value.some(isObject) && !(usual !== undefined && isList(usual) && usual.some(isObject))) {
      return JSON.stringify(usual) === JSON.stringify(value) ? undefined : value;
    }
    const examples = usual !== undefined && isList(usual) ? usual : [];
    return value.length === 0 ? undefined : value.map((each) => ({
      ...(isObject(each) && "kind" in each ? { kind: each["kind"] ?? null } : {}),
      ...(differenceFrom(exampleFor(each, examples), each) ?? {}) as JsonObject,
    }));
  }
  if (!isObject(value) || !isObject(usual)) {
    if (value === usual) return undefined;
    return isObject(value) ? differenceFrom({}, value) ?? {} : value;
  }
  const names = [...new Set([...Object.keys(usual), ...Object.keys(value)])].sort();
  const found = names.flatMap((name): readonly (readonly [string, Json])[] => {
    const now = value[name];
    // A list of examples stands for none.
    if (now === undefined) return isList(usual[name] ?? null) ? [] : [[name, null]];
    const difference = differenceFrom(usual[name], now);
    return difference === undefined ? [] : [[name, difference]];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** What says what it is by `kind`, or by being of a kind by itself, is compared with its like. */
function exampleFor(value: Json, examples: readonly Json[]): Json | undefined {
  if (!isObject(value)) return undefined;
  const { kind } = value;
  return examples.find((each) => isObject(each) && each["kind"] === kind);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}
