/** Which findings only follow from another one, told by what an error took from the file. */

export { oneOfEach } from "./consequences.ts";
export { type Damage, damageOf, spotsOf } from "./damage.ts";
export { hasForeignQuote, nameHabits } from "./habits.ts";
export { nodesAt } from "./node_places.ts";
