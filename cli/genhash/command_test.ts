import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { holdfast } from "../process_fixture.ts";

const PAGE = "<h1>Backend RS1</h1>\n";
const DIGEST = createHash("md5").update(PAGE).digest("hex");

/** Of www.example.org, signed by itself. */
const CERTIFICATE = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBjDCCATGgAwIBAgIUOL3bGsRkqn8y6nXUktkJVdRXp/swCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPd3d3LmV4YW1wbGUub3JnMCAXDTI2MTEyNzE3MTc0MloYDzIx
MjYxMTAzMTcxNzQyWjAaMRgwFgYDVQQDDA93d3cuZXhhbXBsZS5vcmcwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAARKCR26OZnBexmO+MDVpYMpri+tCmnfmovkA/Tz
P8JwdMOTTBqbCr+eAzmZGdTr2/3XG9HbFkDbfV8LX0EtXnTDo1MwUTAdBgNVHQ4E
FgQU4+j31FChqhLMfiLKSbhuqYh3KDQwHwYDVR0jBBgwFoAU4+j31FChqhLMfiLK
SbhuqYh3KDQwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAuM16
KHQDoFKhyl/giKH9L6YfPZr4RESRHUlt3SDwjOQCIQD9PtJDFFv9KFKjbXoe4bY5
C4LcG4z4xzAjZY5DOIMkEg==
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgYb6F/eOZ0RGmyMyU
vMukTjn1g9gHJwkFolvAgPk1jVahRANCAARKCR26OZnBexmO+MDVpYMpri+tCmnf
movkA/TzP8JwdMOTTBqbCr+eAzmZGdTr2/3XG9HbFkDbfV8LX0EtXnTD
-----END PRIVATE KEY-----
`,
};

/** Serves the page at /index.html of a virtual host, and runs with its port. */
async function serving(
  run: (port: number, hosts: readonly string[]) => Promise<void>,
  certificate: { readonly cert: string; readonly key: string } | Record<never, never> = {},
): Promise<void> {
  const hosts: string[] = [];
  const at = { hostname: "127.0.0.1", port: 0, onListen: () => {}, ...certificate };
  const server = Deno.serve(at, (request) => {
    hosts.push(request.headers.get("host") ?? "");
    const found = new URL(request.url).pathname === "/index.html";
    return new Response(found ? PAGE : "none", { status: found ? 200 : 404 });
  });
  try {
    await run(server.addr.port, hosts);
  } finally {
    await server.shutdown();
  }
}

for (const first of ["genhash", "--genhash", "-T"]) {
  Deno.test(`genhash called as ${first}, prints the digest of the body (cli.tsv)`, () =>
    serving(async (port, hosts) => {
      const page = [
        "-s",
        "127.0.0.1",
        "-p",
        `${port}`,
        "-u",
        "/index.html",
        "-V",
        "www.example.org",
      ];
      const { code, stdout, stderr } = await holdfast([first, ...page]);
      assert.deepEqual([code, stdout, stderr], [0, `${DIGEST}\n`, ""]);
      assert.deepEqual(hosts, ["www.example.org"]);
    }));
}

Deno.test("genhash -S -I, fetches by TLS under the virtual host's name", () =>
  serving(async (port, hosts) => {
    const where = ["-s", "127.0.0.1", "-p", `${port}`, "-u", "/index.html"];
    const { code, stdout, stderr } = await holdfast(
      ["genhash", ...where, "-V", "www.example.org", "-S", "-I"],
    );
    assert.deepEqual([code, stdout, stderr], [0, `${DIGEST}\n`, ""]);
    assert.deepEqual(hosts, ["www.example.org"]);
  }, CERTIFICATE));

Deno.test("genhash of a server that is not there, says so and ends with 1", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, stdout, stderr } = await holdfast([
    "genhash",
    "-s",
    "127.0.0.1",
    "-p",
    `${port}`,
    "-u",
    "/",
  ]);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^Cannot fetch \/: /);
});

for (
  const [name, args, message] of [
    [
      "a name for a server",
      ["-s", "localhost", "-p", "80", "-u", "/"],
      /Cannot fetch from localhost/,
    ],
    ["a port that is none", ["-s", "127.0.0.1", "-p", "0", "-u", "/"], /must be 1 to 65535/],
    [
      "a server's name without TLS",
      ["-s", "127.0.0.1", "-p", "80", "-u", "/", "-I"],
      /needs --use-ssl and --use-virtualhost/,
    ],
    ["no path", ["-s", "127.0.0.1", "-p", "80"], /--url/],
  ] as const
) {
  Deno.test(`genhash with ${name}, is refused`, async () => {
    const { code, stdout, stderr } = await holdfast(["genhash", ...args]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, message);
  });
}
