/** The image: unpacked, it runs with nothing but what is in it. */

import assert from "node:assert/strict";
import { DIST } from "./machine.ts";

function reasonNot(): string | undefined {
  if (Deno.uid() !== 0) return "needs root";
  const { success } = new Deno.Command("sh", { args: ["-c", "command -v umoci"] }).outputSync();
  if (!success) return "needs umoci (scripts/setup labs)";
  try {
    Deno.statSync(`${DIST}/oci/index.json`);
    return undefined;
  } catch {
    return "needs dist/oci (scripts/package oci)";
  }
}

const reason = reasonNot();
const name = "the image, unpacked, tests and checks a configuration with nothing but itself";

Deno.test({
  name: reason === undefined ? name : `${name} [skipped: ${reason}]`,
  ignore: reason !== undefined,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      await output("umoci", ["unpack", "--image", `${DIST}/oci:latest`, `${folder}/bundle`]);
      const root = `${folder}/bundle/rootfs`;
      await Deno.writeTextFile(`${root}/etc/keepalived/keepalived.conf`, "vrrp_instance A {\n}\n");
      const inside = (line: string) =>
        output("unshare", [
          ...["--mount", "--net", "sh", "-c"],
          ...[`mount -t proc proc ${root}/proc && exec chroot ${root} ${line}`],
        ]);
      assert.match((await inside("/usr/sbin/keepalived -v")).text, /^holdfast v/);
      const checked = await inside("/usr/sbin/holdfast check");
      assert.notEqual(checked.code, 0);
      assert.match(checked.text, /virtual_router_id/);
      const config: unknown = JSON.parse(await Deno.readTextFile(`${folder}/bundle/config.json`));
      assert.match(JSON.stringify(config), /"\/usr\/sbin\/holdfast","--dont-fork","--log-console"/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function output(
  program: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  const decoder = new TextDecoder();
  return { code, text: `${decoder.decode(stdout)}${decoder.decode(stderr)}` };
}
