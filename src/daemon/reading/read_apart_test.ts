import assert from "node:assert/strict";
import { instanceText } from "../../document/lint/fixtures.ts";
import { readApart } from "./read_apart.ts";
import { type LoadOptions, readFile } from "./reading.ts";

const PASS = ["authentication {", "  auth_type PASS", "  auth_pass hunter2", "}"];

Deno.test("readApart() reads as readFile() does, with secrets, findings and the judgement", async () => {
  const file = await Deno.makeTempFile({ suffix: ".conf" });
  try {
    await Deno.writeTextFile(file, instanceText([...PASS, "pririty 3"]));
    const options: LoadOptions = { file, allConfig: false, parts: "both" };
    const running = readFile(options).config;
    await Deno.writeTextFile(file, instanceText(PASS).replace("interface", "interfcae"));
    const logged: string[] = [];
    const apart = await readApart(options, running, ({ text }) => void logged.push(text));
    assert.deepEqual(logged, []);
    assert.deepEqual(apart, readFile(options, running));
    assert.equal(apart.refusal?.why, "by its errors it lacks what runs: vrrp_instance VI_1");
  } finally {
    await Deno.remove(file);
  }
});
