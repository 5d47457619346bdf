// deno-lint-ignore-file no-console -- a script talks on the console
/** As many inputs as wanted for the decoders, ten million when nothing is said: deno task fuzz:decoders [INPUTS] [SEED] */

import { fuzz } from "./decoders.ts";

const [inputs = "10000000", seed] = Deno.args;
const begun = Date.now();
fuzz(Number(inputs), seed === undefined ? undefined : Number(seed));
console.log(`${inputs} inputs in ${Math.round((Date.now() - begun) / 1000)} s, nothing thrown`);
