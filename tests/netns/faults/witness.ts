/** Whoever looks from outside: asks for an address by ARP and notes who answers. */

import type { Lab } from "../../lab/lab.ts";
import type { Program } from "../../lab/program.ts";
import { PYTHON } from "../../lab/requirements.ts";
import type { Span } from "./judge.ts";

/** Between two questions, s. */
const INTERVAL = 0.05;

/** So many answered from a moment on; absent: nobody knows. */
export interface Sight {
  /** ms since the epoch. */
  readonly at: number;
  readonly answers?: number;
}

/** What it prints, as data. */
export function sightsOf(lines: readonly string[]): readonly Sight[] {
  return lines.flatMap((line): readonly Sight[] => {
    const [time = "", ...words] = line.split(" ");
    const at = Math.round(Number(time) * 1000);
    if (!Number.isFinite(at)) return [];
    return words[0] === "late" ? [{ at }] : [{ at, answers: words.length }];
  });
}

/** When so many answered; what was seen once only, between two questions, is a matter of when who was asked. */
export function spansOf(
  sights: readonly Sight[],
  which: (answers: number) => boolean,
  end: number,
): readonly Span[] {
  return sights.flatMap(({ at, answers }, index) => {
    if (answers === undefined || !which(answers)) return [];
    return [{ from: at, to: sights[index + 1]?.at ?? end }];
  });
}

/** A witness at work. */
export class Witness implements AsyncDisposable {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  static async start(
    lab: Lab,
    { host, ifname, vip }: { readonly host: string; readonly ifname: string; readonly vip: string },
  ): Promise<Witness> {
    const script = new URL("witness.py", import.meta.url).pathname;
    const argv = [PYTHON, script, ifname, vip, `${INTERVAL}`];
    const program = lab.start(host, argv, { name: "witness" });
    await program.seen(/begins/);
    return new Witness(program);
  }

  /** When more than one answered. */
  several(): readonly Span[] {
    return this.#spans((answers) => answers > 1);
  }

  /** When nobody did. */
  nobody(): readonly Span[] {
    return this.#spans((answers) => answers === 0);
  }

  #spans(which: (answers: number) => boolean): readonly Span[] {
    return spansOf(sightsOf(this.#program.lines.map(({ text }) => text)), which, Date.now());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
