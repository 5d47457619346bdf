/** What a configuration comes to, as facts that both programs can tell: field by field, object by object. */

/** Fields of one object. */
export type Facts = Readonly<Record<string, string>>;

/** Facts by object: `instance V`, `script chk`, `server 10.0.0.1 80 tcp`. */
export type Values = ReadonlyMap<string, Facts>;

/** One field that differs. */
export interface ValueDifference {
  readonly object: string;
  readonly field: string;
  readonly ours: string | undefined;
  readonly theirs: string | undefined;
}

/** Fields that differ, of objects that keepalived has or holdfast has. */
export function differentValues(ours: Values, theirs: Values): readonly ValueDifference[] {
  const objects = new Set([...ours.keys(), ...theirs.keys()]);
  return [...objects].flatMap((object) => {
    const [own, other] = [ours.get(object), theirs.get(object)];
    if (own === undefined || other === undefined) {
      return [{
        object,
        field: "",
        ours: own && "there",
        theirs: other && "there",
      }];
    }
    const fields = new Set([...Object.keys(own), ...Object.keys(other)]);
    return [...fields].filter((field) => own[field] !== other[field])
      .map((field) => ({ object, field, ours: own[field], theirs: other[field] }));
  });
}

/** How many fields were compared. */
export function countFields(values: Values): number {
  return [...values.values()].reduce((sum, facts) => sum + Object.keys(facts).length, 0);
}
