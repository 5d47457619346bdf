import assert from "node:assert/strict";
import { type Claims, NO_CLAIMS } from "../../world/mod.ts";
import { type ClaimsFile, claimsPath, openClaimsFile } from "./claims_file.ts";
import type { Log } from "../log.ts";
import type { Core } from "../../native/mod.ts";
import { coreTest } from "../../../tests/data/core.ts";

const ADDRESS = { interface: "eth0", address: "10.0.0.99", prefixLength: 24 };
const SERVICE = { kind: "fwmark", family: "inet", mark: 7 } as const;
const LINK = {
  kind: "own-link",
  value: { name: "vrrp.51", mac: "00:00:5e:00:01:33" },
} as const;
const CLAIMS: Claims = { things: [LINK], addresses: [ADDRESS], services: [SERVICE] };
const BOTH = { vrrp: true, check: true };

/** Where a daemon has its files. */
interface Place {
  readonly core: Core;
  readonly pidFile: string;
  readonly path: string;
}

function folderTest(name: string, body: (place: Place) => Promise<void>): void {
  coreTest(name, {}, async (core) => {
    const folder = await Deno.makeTempDir();
    try {
      await body({ core, pidFile: `${folder}/node.pid`, path: `${folder}/node.claims` });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** What is left, and what was said about it. */
function opened({ core, pidFile }: Place, parts = BOTH) {
  const lines: Parameters<Log>[0][] = [];
  const file = openClaimsFile({ core, pidFile, parts, log: (line) => void lines.push(line) });
  return { file, said: lines.map(({ level, text }) => `${level} ${text}`).join("\n") };
}

function kept(file: ClaimsFile, claims: Claims): Promise<void> {
  file.keep(claims);
  return file.kept();
}

Deno.test("claimsPath() is beside the pid file", () => {
  assert.equal(claimsPath("/run/keepalived.pid"), "/run/keepalived.claims");
  assert.equal(claimsPath("/run/x"), "/run/x.claims");
});

folderTest(
  "openClaimsFile() what one run keeps, is left to the next, and gone when nothing is kept",
  async (place) => {
    const { path } = place;
    const first = opened(place);
    assert.deepEqual(first.file.left, NO_CLAIMS);
    await kept(first.file, CLAIMS);
    assert.equal((Deno.lstatSync(path).mode ?? 0) & 0o777, 0o600);
    const second = opened(place);
    assert.deepEqual(second.file.left, CLAIMS);
    await kept(second.file, NO_CLAIMS);
    assert.throws(() => Deno.lstatSync(path), Deno.errors.NotFound);
    await kept(second.file, NO_CLAIMS);
    assert.equal(second.said, "");
  },
);

folderTest(
  "openClaimsFile() of a part that does not run, keeps what the other has claimed",
  async (place) => {
    await kept(opened(place).file, CLAIMS);
    const vrrp = opened(place, { vrrp: true, check: false });
    assert.deepEqual(vrrp.file.left, { things: [LINK], addresses: [ADDRESS], services: [] });
    await kept(vrrp.file, NO_CLAIMS);
    assert.deepEqual(opened(place).file.left, { addresses: [], services: [SERVICE] });
  },
);

folderTest(
  "openClaimsFile() settings that are other than they were, are left to the part that has changed them",
  async (place) => {
    const vrrp = {
      kind: "sysctl",
      name: "net/ipv4/conf/eth0/arp_ignore",
      was: "2",
      is: "1",
    } as const;
    const lvs = { kind: "sysctl", name: "net/ipv4/vs/conntrack", was: "0", is: "1" } as const;
    await kept(opened(place).file, { ...NO_CLAIMS, settings: [vrrp, lvs] });
    const { file } = opened(place, { vrrp: true, check: false });
    assert.deepEqual(file.left, { ...NO_CLAIMS, settings: [vrrp] });
    await kept(file, NO_CLAIMS);
    assert.deepEqual(opened(place).file.left, { ...NO_CLAIMS, settings: [lvs] });
  },
);

for (
  const [what, spoil] of [
    ["others may write", (path: string) => Deno.chmodSync(path, 0o622)],
    ["is a link", (path: string) => {
      Deno.renameSync(path, `${path}.1`);
      Deno.symlinkSync(`${path}.1`, path);
    }],
    ["is a folder", (path: string) => {
      Deno.removeSync(path);
      Deno.mkdirSync(path);
    }],
    ["is cut off", (path: string) => Deno.truncateSync(path, 50)],
  ] as const
) {
  folderTest(
    `openClaimsFile() a file that ${what}, is not believed, and said so`,
    async (place) => {
      const { path } = place;
      await kept(opened(place).file, CLAIMS);
      spoil(path);
      const { file, said } = opened(place);
      assert.deepEqual(file.left, NO_CLAIMS);
      assert.match(said, /^warning Cannot believe .*node\.claims: /);
    },
  );
}

folderTest(
  "openClaimsFile() in a folder where others may write, reads and writes nothing, and says so",
  async (place) => {
    const { path } = place;
    await kept(opened(place).file, CLAIMS);
    const folder = path.slice(0, path.lastIndexOf("/"));
    Deno.chmodSync(folder, 0o1777);
    const { file, said } = opened(place);
    assert.deepEqual(file.left, NO_CLAIMS);
    assert.match(said, /^info Cannot keep .*: others may write in its folder/);
    Deno.removeSync(path);
    await kept(file, CLAIMS);
    assert.throws(() => Deno.lstatSync(path), Deno.errors.NotFound);
  },
);

folderTest("openClaimsFile() what cannot be written, is said once", async (place) => {
  const { core, pidFile, path } = place;
  const lines: string[] = [];
  const log: Log = ({ text }) => void lines.push(text);
  const file = openClaimsFile({ core, pidFile, parts: BOTH, log });
  Deno.mkdirSync(path);
  await kept(file, CLAIMS);
  await kept(file, CLAIMS);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /^Cannot write .*node\.claims: /);
});

folderTest("openClaimsFile() told faster than it can write, keeps the last", async (place) => {
  const { file } = opened(place);
  for (let mark = 1; mark <= 100; mark++) {
    file.keep({ addresses: [], services: [{ ...SERVICE, mark }] });
  }
  await file.kept();
  assert.deepEqual(opened(place).file.left.services, [{ ...SERVICE, mark: 100 }]);
});
