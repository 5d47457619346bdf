import assert from "node:assert/strict";
import { routeNamesOf } from "./route_names.ts";

const FILES: Readonly<Record<string, string>> = {
  "/usr/share/iproute2/rt_tables": "254 main\n7 old # of the package\n#8 none\n",
  "/etc/iproute2/rt_tables": "9\told\n",
  "/etc/iproute2/rt_tables.d/a.conf": "100 isp\n",
  "/etc/iproute2/rt_tables.d/a.txt": "101 other\n",
  "/etc/iproute2/rt_dsfield": "0xb8 EF\n",
  "/etc/protocols": "# names\ntcp 6 TCP\t# transmission\nudp\t17 UDP\n",
  "/opt/rt_tables": "5 mine\n",
};

const files = {
  text: (path: string) => FILES[path] ?? "",
  list: (folder: string) =>
    folder === "/etc/iproute2/rt_tables.d" ? ["a.conf", "a.txt"] : undefined,
};

Deno.test("routeNamesOf() takes the package's names, and local ones over them", () => {
  const names = routeNamesOf(files, {});
  const found = ["main", "old", "isp", "other", "none"].map((name) => names("rt_tables", name));
  assert.deepEqual(found, [254, 9, 100, undefined, undefined]);
  assert.equal(names("rt_dsfield", "EF"), 0xb8);
});

Deno.test("routeNamesOf() protocols, by name and alias", () => {
  const names = routeNamesOf(files, {});
  assert.deepEqual(["tcp", "TCP", "udp", "#"].map((name) => names("protocols", name)), [
    6,
    6,
    17,
    undefined,
  ]);
});

Deno.test("routeNamesOf() other folders, iproute_usr_dir and iproute_etc_dir", () => {
  const names = routeNamesOf(files, { usr: "/opt", etc: "/nowhere" });
  assert.deepEqual(["mine", "main", "old"].map((name) => names("rt_tables", name)), [
    5,
    undefined,
    undefined,
  ]);
});
