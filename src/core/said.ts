/** Calls of the core as effects say them: whoever decides repeats no field of what is carried out as it is. */

import type { Call } from "./protocol.ts";

/** What a call says beside its name. */
export type Said<K extends Call["call"]> = Omit<Extract<Call, { readonly call: K }>, "call">;
