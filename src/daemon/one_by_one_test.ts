import assert from "node:assert/strict";
import { oneByOne } from "./one_by_one.ts";

Deno.test("oneByOne() requests while it runs, lead to one more run, also after a failure", async () => {
  const failures: unknown[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const request = oneByOne(() => {
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    return gate.promise;
  }, (error) => void failures.push(error));
  const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
  for (let times = 0; times < 50; times++) request();
  assert.equal(gates.length, 1);
  gates[0]?.reject("broken");
  await settled();
  assert.deepEqual(failures, ["broken"]);
  assert.equal(gates.length, 2);
  gates[1]?.resolve();
  await settled();
  assert.equal(gates.length, 2);
  request();
  assert.equal(gates.length, 3);
});
