import assert from "node:assert/strict";
import { restartQuestion, serviceOf } from "./service_job.ts";

Deno.test("serviceOf(), a process of a service, is its unit; of a session, nothing", () => {
  assert.equal(serviceOf("0::/system.slice/holdfast.service\n"), "holdfast.service");
  assert.equal(serviceOf("0::/system.slice/holdfast@a.service\n"), "holdfast@a.service");
  assert.equal(serviceOf("0::/user.slice/session-1.scope\n"), undefined);
  assert.equal(serviceOf("0::/x.slice/a';reboot;'.service\n"), undefined, "no word of a shell");
});

for (
  const [jobs, code] of [
    ["12 holdfast.service restart running", 0],
    ["12 holdfast.service try-restart running", 0],
    ["12 holdfast.service stop running", 1],
    ["", 1],
  ] as const
) {
  Deno.test(`restartQuestion(), systemd lists "${jobs}", ends with ${code}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const fake = `#!/bin/sh\n[ "$5" = holdfast.service ] && echo '${jobs}'\n`;
      await Deno.writeTextFile(`${folder}/systemctl`, fake, { mode: 0o755 });
      const { argv: [program = "", ...args] } = restartQuestion("holdfast.service");
      const env = { PATH: `${folder}:${Deno.env.get("PATH")}` };
      const { code: found } = await new Deno.Command(program, { args, env }).output();
      assert.equal(found, code);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
