import assert from "node:assert/strict";
import { Command } from "commander";
import { addRunOptions, runOptions } from "./options.ts";

function parse(...args: readonly string[]) {
  const command = addRunOptions(new Command()).exitOverride().configureOutput({
    writeErr: () => {},
  });
  command.parse(args, { from: "user" });
  return runOptions(command.opts());
}

Deno.test("runOptions() nothing given, are keepalived's defaults", () => {
  const options = parse();
  assert.equal(options.file, "/etc/keepalived/keepalived.conf");
  assert.equal(options.parts, "both");
  assert.equal(options.logFacility, 3);
  assert.equal(options.foreground, false);
  assert.equal(options.noSyslog, false);
});

Deno.test("runOptions() flags of the seeds in one word, are all seen", () => {
  const options = parse("-nldDVI", "-f", "/x.conf", "-S", "6", "-p", "/run/x.pid");
  assert.deepEqual(
    [options.foreground, options.logConsole, options.dumpConf, options.logDetail],
    [true, true, true, 1],
  );
  assert.deepEqual([options.keepAddresses, options.keepServices], [true, true]);
  assert.deepEqual([options.file, options.logFacility, options.pidFile], [
    "/x.conf",
    22,
    "/run/x.pid",
  ]);
});

Deno.test("runOptions() -D twice, is detail 2", () => assert.equal(parse("-D", "-D").logDetail, 2));

Deno.test("runOptions() -S by name, is its facility (cli.tsv -S)", () => {
  assert.equal(parse("-S", "local3").logFacility, 19);
  assert.equal(parse("-S", "user").logFacility, 1);
  assert.throws(() => parse("-S", "8"), /0 to 7/);
});

Deno.test("runOptions() -t with and without a log, tells them apart", () => {
  assert.equal(parse("-t").configTest, true);
  assert.equal(parse("--config-test=/tmp/log").configTest, "/tmp/log");
  assert.equal(parse().configTest, undefined);
});

Deno.test("runOptions() -P and -C, choose the part; both together, both", () => {
  assert.deepEqual([parse("-P").parts, parse("-C").parts, parse("-P", "-C").parts], [
    "vrrp",
    "check",
    "both",
  ]);
});

Deno.test("runOptions() what Ansible calls to validate, is understood (compat.md 4.2)", () => {
  const options = parse("--use-file=/x", "--check", "--all-config", "--config-test");
  assert.deepEqual([options.file, options.parts, options.allConfig, options.configTest], [
    "/x",
    "check",
    true,
    true,
  ]);
});
