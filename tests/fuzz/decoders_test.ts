import { fuzz } from "./decoders.ts";

Deno.test("decoders: 7,000 inputs, good ones changed and others, throw nothing they do not say", () => {
  fuzz(7_000);
});
