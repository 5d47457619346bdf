import assert from "node:assert/strict";
import { type ControlAnswer, type ControlRequest, requestText } from "../../control/mod.ts";
import { openControl } from "./socket.ts";

const CONFIRMED: ControlAnswer = { answer: "confirmed" };

/** A socket in a folder of its own, and what was asked and said there. */
function served(
  answer: (request: ControlRequest) => Promise<ControlAnswer> = () => Promise.resolve(CONFIRMED),
) {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/x.control`;
  const said: string[] = [];
  const asked: ControlRequest[] = [];
  const open = () =>
    openControl({
      path,
      log: ({ text }) => void said.push(text),
      answer: (request) => {
        asked.push(request);
        return answer(request);
      },
    });
  const control = open();
  return {
    path,
    said,
    asked,
    open,
    [Symbol.dispose]: () => {
      control[Symbol.dispose]();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

/** Everything that is answered to some bytes. */
async function answered(path: string, text: string): Promise<string> {
  using conn = await Deno.connect({ transport: "unix", path });
  // Whoever is not let in may be gone already.
  await conn.write(new TextEncoder().encode(text)).catch(() => {});
  return await new Response(conn.readable).text().catch(() => "");
}

Deno.test("openControl() a request, is answered by one line; only its owner may connect", async () => {
  using it = served();
  assert.equal((Deno.statSync(it.path).mode ?? 0) & 0o777, 0o600);
  const text = await answered(it.path, requestText({ request: "plan", file: "/etc/x" }));
  assert.equal(text, '{"holdfast":1,"answer":"confirmed"}\n');
  assert.deepEqual(it.asked, [{ request: "plan", file: "/etc/x" }]);
});

Deno.test("openControl() what is no request, is refused with its reason; what has no end, is not answered", async () => {
  using it = served();
  assert.match(
    await answered(it.path, "hello\n"),
    /"refused","why":\["Cannot read the request: it is no JSON"\]/,
  );
  assert.equal(await answered(it.path, "x".repeat(100_000)), "");
  assert.deepEqual(it.asked, []);
});

Deno.test("openControl() more at once than may be, the rest is not let in and the others go on", async () => {
  const all = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<ControlAnswer>();
  using it = served(() => {
    if (it.asked.length === 4) all.resolve();
    return goOn.promise;
  });
  const text = requestText({ request: "confirm" });
  const first = Array.from({ length: 4 }, () => answered(it.path, text));
  await all.promise;
  assert.equal(await answered(it.path, text), "");
  goOn.resolve(CONFIRMED);
  assert.deepEqual(
    new Set(await Promise.all(first)),
    new Set(['{"holdfast":1,"answer":"confirmed"}\n']),
  );
});

Deno.test("openControl() a socket that was left there, is replaced; a file is not, and that is said", () => {
  using it = served();
  using _again = it.open();
  assert.deepEqual(it.said, []);
  const file = `${it.path}.file`;
  Deno.writeTextFileSync(file, "mine");
  const said: string[] = [];
  const answer = () => Promise.resolve(CONFIRMED);
  using _ = openControl({ path: file, log: ({ text }) => void said.push(text), answer });
  assert.equal(Deno.readTextFileSync(file), "mine");
  assert.match(said.join(), /Cannot be asked by a socket/);
});

Deno.test("openControl() a path no socket can have, is said and nothing else", () => {
  const said: string[] = [];
  const path = `/tmp/${"x".repeat(120)}.control`;
  const answer = () => Promise.resolve(CONFIRMED);
  using _ = openControl({ path, log: ({ text }) => void said.push(text), answer });
  assert.match(said.join(), /longer than 107 bytes/);
});
