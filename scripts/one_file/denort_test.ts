/** Where denort comes from, with a site of our own in the place of Deno's. */

import assert from "node:assert/strict";

const SCRIPT = new URL("./denort.sh", import.meta.url).pathname;

const NAME = `denort-${Deno.build.arch}-unknown-linux-gnu.zip`;

/** What makes and opens archives. */
const TOOLS = `command -v python3 && { command -v unzip || command -v busybox; }`;
const reason = (await new Deno.Command("sh", { args: ["-c", TOOLS] }).output()).success
  ? undefined
  : "needs python3 and unzip or busybox";

/** An archive with one file, `denort`, as zip stores it. */
async function archive(folder: string): Promise<Uint8Array<ArrayBuffer>> {
  await Deno.mkdir(`${folder}/made`);
  await Deno.writeTextFile(`${folder}/made/denort`, "#!/bin/sh\necho it runs\n");
  const script =
    `import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w").write(sys.argv[2], "denort")`;
  const { success } = await new Deno.Command("python3", {
    args: ["-c", script, `${folder}/made/zip`, `${folder}/made/denort`],
  }).output();
  assert.ok(success);
  return await Deno.readFile(`${folder}/made/zip`);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** What a site has, by path. */
type Site = Readonly<Record<string, BodyInit>>;

interface Found {
  readonly code: number;
  readonly path: string;
  readonly why: string;
}

/** Looks for a denort of version 1.2.3, or $VERSION, with a site and variables. */
async function find(
  folder: string,
  site: Site,
  variables: Readonly<Record<string, string>> = {},
): Promise<Found> {
  const asked = (request: Request) => {
    const body = site[new URL(request.url).pathname];
    return new Response(body ?? null, { status: body === undefined ? 404 : 200 });
  };
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, asked);
  const lines =
    `source "$0"; find_denort "\${VERSION:-1.2.3}" "$1"; echo "$?|\${DENORT_BIN:-}|$denort_why"`;
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", lines, SCRIPT, `${folder}/tools`],
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      DENORT_URL: `http://127.0.0.1:${server.addr.port}/release`,
      HOME: folder,
      ...variables,
    },
  }).output();
  const [code = "", path = "", why = ""] = new TextDecoder().decode(stdout).trim().split("|");
  return { code: Number(code), path, why };
}

function folderTest(name: string, test: (folder: string) => Promise<void>): void {
  if (reason === undefined) Deno.test(name, () => inFolder(test));
  else Deno.test({ name: `${name} [skipped: ${reason}]`, ignore: true, fn() {} });
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "holdfast-denort-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const PATH = `/release/v1.2.3/${NAME}`;

folderTest("find_denort, with its checksum on the site, fetches it once", async (folder) => {
  const zip = await archive(folder);
  const site = { [PATH]: zip, [`${PATH}.sha256sum`]: `${await sha256(zip)}  ${NAME}\n` };
  const first = await find(folder, site);
  assert.deepEqual(first, { code: 0, path: `${folder}/tools/denort-1.2.3/denort`, why: "" });
  const { stdout } = await new Deno.Command(first.path).output();
  assert.equal(new TextDecoder().decode(stdout), "it runs\n");
  assert.deepEqual(await find(folder, {}), first);
});

folderTest(
  "find_denort, another checksum or none or no archive, says so and keeps nothing",
  async (folder) => {
    const zip = await archive(folder);
    const sums = { other: `${await sha256(new Uint8Array(3))}  ${NAME}\n`, none: "not found\n" };
    for (const sum of Object.values(sums)) {
      const found = await find(folder, { [PATH]: zip, [`${PATH}.sha256sum`]: sum });
      assert.equal(found.code, 1);
      assert.match(found.why, /has not the checksum that is told beside it$/);
    }
    for (const site of [{}, { [PATH]: zip }]) {
      const found = await find(folder, site);
      assert.equal(found.code, 1);
      assert.match(found.why, /^cannot get http.*with its \.sha256sum$/);
    }
    const left = [...Deno.readDirSync(`${folder}/tools`)].map(({ name }) => name);
    assert.deepEqual(left, []);
  },
);

folderTest("find_denort, an archive that is none, says so", async (folder) => {
  const text = new TextEncoder().encode("<html>");
  const site = { [PATH]: text, [`${PATH}.sha256sum`]: await sha256(text) };
  const { code, why } = await find(folder, site);
  assert.equal(code, 1);
  assert.match(why, /^cannot unpack denort-/);
});

folderTest("find_denort, in Deno's own cache, asks no site", async (folder) => {
  const cache = `${folder}/.cache/deno/dl/release/v1.2.3`;
  await Deno.mkdir(cache, { recursive: true });
  await Deno.writeFile(`${cache}/${NAME}`, await archive(folder));
  const { code, path } = await find(folder, {});
  assert.deepEqual([code, path], [0, `${folder}/tools/denort-1.2.3/denort`]);
});

folderTest(
  "find_denort, DENORT_BIN, is taken as it is or refused with the reason",
  async (folder) => {
    const fit = `${folder}/fit`;
    const script = `${folder}/script`;
    await Deno.copyFile("/bin/true", fit);
    await Deno.writeTextFile(fit, "1.2.3", { append: true });
    await Deno.writeTextFile(script, "#!/bin/sh\necho 1.2.3\n", { mode: 0o755 });
    const taken = await find(folder, {}, { DENORT_BIN: fit });
    assert.deepEqual(taken, { code: 0, path: fit, why: "" });
    const refused: readonly (readonly [path: string, why: string, version?: string])[] = [
      ["/nonexistent", "no program"],
      [script, "no executable of this system"],
      ["/bin/true", "not of Deno 1.2.3"],
      [Deno.execPath(), "Deno itself: what it makes would be Deno again", Deno.version.deno],
    ];
    for (const [path, wanted, VERSION = "1.2.3"] of refused) {
      const { code, why } = await find(folder, {}, { DENORT_BIN: path, VERSION });
      assert.deepEqual([code, why], [2, `DENORT_BIN names ${path}, which is ${wanted}`]);
    }
  },
);
