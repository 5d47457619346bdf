import assert from "node:assert/strict";
import { readCommandLine } from "./command_line.ts";
import { DEFAULTS, OPTIONS, type RunOptions } from "./options.ts";

/** What differs from the defaults. */
function set(...args: readonly string[]): Partial<RunOptions> {
  const { request, complaints } = readCommandLine(args, () => false);
  assert.deepEqual(complaints, []);
  if (request.kind !== "run") throw new TypeError(`${args} is ${request.kind}`);
  const defaults: Readonly<Record<string, unknown>> = { ...DEFAULTS };
  return Object.fromEntries(
    Object.entries(request.options).filter(([name, value]) => defaults[name] !== value),
  );
}

const CASES: readonly (readonly [readonly string[], Partial<RunOptions>])[] = [
  [[], {}],
  [["-f", "/x"], { file: "/x" }],
  [["-f", "/x", "--use-file=/y"], { file: "/y" }],
  [["-P"], { vrrpOnly: true }],
  [["--check"], { checkOnly: true }],
  [["-PC"], { vrrpOnly: true, checkOnly: true }],
  [["-l"], { logConsole: true }],
  [["-D"], { logDetail: 1 }],
  [["-DD", "--log-detail"], { logDetail: 3 }],
  [["-S", "6"], { logFacility: 22 }],
  [["-Slocal3"], { logFacility: 19 }],
  [["-S", "user"], { logFacility: 1 }],
  [["-g/x.log"], { logFile: "/x.log" }],
  [["-G"], { noSyslog: true }],
  [["-X"], { releaseVips: true }],
  [["-V"], { keepAddresses: true }],
  [["-I"], { keepServices: true }],
  [["-n"], { foreground: true }],
  [["-d"], { dumpConf: true }],
  [["-p", "/x.pid"], { pidFile: "/x.pid" }],
  [["-i", "node7"], { configId: "node7" }],
  [["-e"], { allConfig: true }],
  [["-u", "022"], { umask: 0o22 }],
  [["-u", "18"], { umask: 0o22 }],
  [["-u", "0x12"], { umask: 0o22 }],
  [["-u", "0"], { umask: 0 }],
  [["-u", "0o177"], { umask: 0o177 }],
  [["-t"], { configTest: true }],
  [["-t/x.log"], { configTest: "/x.log" }],
  [["--config-test=/x.log", "-t"], { configTest: "/x.log" }],
  [["--config-test="], { configTest: true }],
  [["--ignore-sigint"], { ignoreSigint: true }],
  [["--lease=2.5"], { lease: 2_500_000 }],
];

for (const [args, fields] of CASES) {
  Deno.test(`options "${args.join(" ")}", set ${JSON.stringify(fields)}`, () => {
    assert.deepEqual(set(...args), fields);
  });
}

Deno.test("options of the seeds in one word, are all seen", () => {
  assert.deepEqual(set("-nldDVI", "-f", "/x.conf", "-S", "6", "-p", "/run/x.pid"), {
    foreground: true,
    logConsole: true,
    dumpConf: true,
    logDetail: 1,
    keepAddresses: true,
    keepServices: true,
    file: "/x.conf",
    logFacility: 22,
    pidFile: "/run/x.pid",
  });
});

Deno.test("options Ansible calls to validate, are understood (compat.md 4.2)", () => {
  assert.deepEqual(set("--use-file=/x", "--check", "--all-config", "--config-test"), {
    file: "/x",
    checkOnly: true,
    allConfig: true,
    configTest: true,
  });
});

const REFUSED: readonly (readonly [string, string])[] = [
  ["--log-facility=8", "0 to 7, local0 to local7, user or daemon"],
  ["--log-facility=LOCAL1", "0 to 7, local0 to local7, user or daemon"],
  ["--umask=0788", "0 to 0777, octal with a leading 0"],
  ["--umask=7777", "0 to 0777, octal with a leading 0"],
  ["--lease=0.5", "1 to 60 seconds"],
  ["--lease=61", "1 to 60 seconds"],
  ["--lease=soon", "1 to 60 seconds"],
];

for (const [arg, must] of REFUSED) {
  Deno.test(`options "${arg}", is refused: must be ${must}`, () => {
    const { complaints } = readCommandLine([arg], () => false);
    const [spelled, value] = arg.split("=");
    assert.deepEqual(complaints, [{ kind: "value-refused", spelled, value, must }]);
  });
}

Deno.test("OPTIONS, no letter and no name stands twice", () => {
  const names = OPTIONS.flatMap(({ short, long }) => short === undefined ? [long] : [short, long]);
  assert.equal(new Set(names).size, names.length);
});
