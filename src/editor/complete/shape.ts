/** What a row says of its words, taken from their shape: `NAT|DR|TUN [type ipip|gue]`, `<number 1 to 255>`. */

/** One word of a shape. */
export interface Slot {
  /** Words it can be, as they are written. */
  readonly literals: readonly string[];
  /** What else it can be, without its brackets: `number 1 to 255`. */
  readonly placeholder: string | undefined;
  readonly optional: boolean;
}

/** Literal words that fit as the word `index` behind the keyword, which counts from 0. */
export function literalsAt(args: string, index: number): readonly string[] {
  const found = shapesOf(args).flatMap((slots) => {
    if (index > 0) return slots.slice(1).flatMap(({ literals }) => literals);
    const until = slots.findIndex(({ optional }) => !optional);
    return slots.slice(0, until === -1 ? undefined : until + 1).flatMap(({ literals }) => literals);
  });
  return [...new Set(found)];
}

/** The words that must be given, each as its literals or its placeholder. */
export function requiredSlots(args: string): readonly Slot[] {
  return (shapesOf(args)[0] ?? []).filter(({ optional }) => !optional);
}

/** Ways to write the words, each as its slots. */
function shapesOf(args: string): readonly (readonly Slot[])[] {
  const plain = args.replaceAll(
    /\([^)]*\)|\.\.\.| \d+ to \d+/g,
    (found, at: number) => found.startsWith(" ") && inAngles(args, at) ? found : "",
  );
  return plain.split(" | ").map((shape) => slotsOf(shape.trim()));
}

/** Whether an offset of a shape is inside `<...>`. */
function inAngles(args: string, at: number): boolean {
  return args.lastIndexOf("<", at) > args.lastIndexOf(">", at);
}

function slotsOf(shape: string): readonly Slot[] {
  const slots: Slot[] = [];
  let depth = 0;
  for (
    const [token] of shape.matchAll(/(?:<(?:[^<>]|<[^<>]*>)*>|\[(?!:\])|\[:\]|[^\s<>[\]])+|\]+/g)
  ) {
    const opened = token.match(/\[/g)?.length ?? 0;
    const closed = token.match(/\]/g)?.length ?? 0;
    const optional = depth > 0 || token.startsWith("[");
    depth = Math.max(0, depth + opened - closed);
    if (/^[\][]*$/.test(token)) continue;
    slots.push({ ...alternatives(token), optional });
  }
  return slots;
}

const ANGLES = /<((?:[^<>]|<[^<>]*>)*)>/;

function alternatives(token: string): Pick<Slot, "literals" | "placeholder"> {
  const placeholder = ANGLES.exec(token)?.[1];
  const parts = token.replaceAll(new RegExp(ANGLES, "g"), "<").split("|").map((part) =>
    part.replaceAll(/[\][,]/g, "")
  );
  const one = parts.length === 1;
  const literals = parts.filter((part) =>
    /^[-A-Za-z0-9_.]*[A-Za-z][-A-Za-z0-9_.]*$|^\d+(?:\.\d+)?$/.test(part) &&
    !(one && (/^[A-Z]+$/.test(part) || /^\d/.test(part)))
  );
  return { literals, placeholder: placeholder ?? (literals.length === 0 ? "value" : undefined) };
}
