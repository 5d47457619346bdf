import assert from "node:assert/strict";
import { listenToSignals, type SignalOptions, type Signals } from "./signals.ts";

/** Signals of a core that reports what `send` is given. */
function signalsOf(options: SignalOptions = { ignoreSigint: false }) {
  let send: (number: number) => void = () => assert.fail("nobody listens");
  const core = { listenToSignals: (listener: typeof send) => void (send = listener) };
  const signals = listenToSignals(core, options);
  return { signals, send: (...numbers: readonly number[]) => numbers.forEach((one) => send(one)) };
}

/** What comes of the signals from now on. */
function heard(signals: Signals): string[] {
  const said: string[] = [];
  signals.handle({
    act: (request) => said.push(request),
    ignored: (name) => said.push(`ignored ${name}`),
  });
  return said;
}

Deno.test("listenToSignals() each signal with a meaning, is that request (cli.tsv signal)", () => {
  const { signals, send } = signalsOf();
  const said = heard(signals);
  send(15, 2, 1, 10, 12, 36, 63);
  assert.deepEqual(said, ["stop", "stop", "reload", "data", "stats", "json", "stats-clear"]);
});

Deno.test("listenToSignals() signals before there is a handler, wait for it", () => {
  const { signals, send } = signalsOf();
  send(1, 14);
  assert.equal(signals.isStopWanted(), false);
  send(15);
  assert.equal(signals.isStopWanted(), true);
  assert.deepEqual(heard(signals), ["reload", "ignored SIGALRM", "stop"]);
});

Deno.test("listenToSignals() a signal without a meaning, is ignored by its name or number", () => {
  const { signals, send } = signalsOf();
  const said = heard(signals);
  send(14, 20, 40);
  assert.deepEqual(said, ["ignored SIGALRM", "ignored SIGTSTP", "ignored signal 40"]);
});

Deno.test("listenToSignals() SIGINT with --ignore-sigint, is ignored in silence", () => {
  const { signals, send } = signalsOf({ ignoreSigint: true });
  send(2);
  assert.equal(signals.isStopWanted(), false);
  const said = heard(signals);
  send(2, 15);
  assert.deepEqual(said, ["stop"]);
});
