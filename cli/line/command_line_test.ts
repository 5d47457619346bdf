import assert from "node:assert/strict";
import { readCommandLine } from "./command_line.ts";
import { complaintText } from "./complaint_text.ts";
import { DEFAULTS } from "./options.ts";

function read(...args: readonly string[]) {
  const { request, complaints } = readCommandLine(args, (word) => word === "check");
  return { request, complaints: complaints.map(complaintText) };
}

Deno.test("readCommandLine() operands, are ignored and options behind them read (keepalived)", () => {
  assert.deepEqual(read("foo", "-n", "--", "-l").request, {
    kind: "run",
    options: { ...DEFAULTS, foreground: true },
    ignored: ["foo", "-l"],
  });
});

Deno.test("readCommandLine() a subcommand, has the options before it and all words behind it", () => {
  assert.deepEqual(read("-f", "x", "check", "-n", "--nope"), {
    request: {
      kind: "subcommand",
      options: { ...DEFAULTS, file: "x" },
      words: ["check", "-n", "--nope"],
    },
    complaints: [],
  });
});

Deno.test("readCommandLine() a subcommand's name as a value, is a value", () => {
  assert.deepEqual(read("-f", "check").request, {
    kind: "run",
    options: { ...DEFAULTS, file: "check" },
    ignored: [],
  });
});

Deno.test("readCommandLine() a subcommand's name behind another operand, is an operand", () => {
  const { request } = read("foo", "check");
  assert.deepEqual(request.kind === "run" && request.ignored, ["foo", "check"]);
});

Deno.test("readCommandLine() -v, -h and --signum, end the reading where they stand (keepalived)", () => {
  assert.deepEqual(read("-n", "-v", "-h", "--nope"), {
    request: { kind: "version" },
    complaints: [],
  });
  assert.deepEqual(read("-hv", "check").request, { kind: "help" });
  assert.deepEqual(read("--nope", "--signum", "DATA").request, {
    kind: "signal-number",
    name: "DATA",
  });
});

/** Arguments, complaints. */
const COMPLAINTS: readonly (readonly [readonly string[], readonly string[]])[] = [
  [["--use-fil", "x"], []],
  [["--use-flie"], ["Cannot use --use-flie: there is no such option, did you mean --use-file"]],
  [["--zzzzzz"], ["Cannot use --zzzzzz: there is no such option"]],
  [["-zy", "-n"], [
    "Cannot use -z: there is no such option",
    "Cannot use -y: there is no such option",
  ]],
  [["--dont-release"], [
    "Cannot tell which option --dont-release is: --dont-release-vrrp, --dont-release-ipvs",
  ]],
  // An option of keepalived alone that makes it ambiguous there.
  [["--vrr"], ["Cannot tell which option --vrr is: --vrrp, --vrrp_pid"]],
  [["-n", "-f"], ["Cannot use -f without its value: -f, --use-file <file>"]],
  [["--use="], ["Cannot use --use without its value: -f, --use-file <file>"]],
  [["--vrrp=3"], ["Cannot give --vrrp a value: it takes none"]],
  [["-S", "8"], ['Cannot set -S to "8": must be 0 to 7, local0 to local7, user or daemon']],
  [["-a", "--genhash"], [
    "Cannot use -a: holdfast does not have keepalived's --address-monitoring, run ip monitor address",
    "Cannot use --genhash: holdfast does not have keepalived's --genhash, must come first",
  ]],
  // Its value is no operand.
  [["-s", "check"], []],
];

for (const [args, complaints] of COMPLAINTS) {
  Deno.test(`readCommandLine() "${args.join(" ")}", complains ${complaints.length} times`, () => {
    const line = read(...args);
    assert.deepEqual(line.complaints, complaints);
    assert.equal(line.request.kind, "run");
  });
}
