/** One check of one server, and what is to come of it. */

import { patience } from "../lab/mod.ts";

/** A case. */
export interface Case {
  /** What is asked of whom. */
  readonly name: string;
  /** Where the server is; its port tells the cases apart in logs. */
  readonly address: string;
  readonly port: number;
  /** The rows of the checker, with its block. */
  readonly check: string;
  readonly good: boolean;
  /** Absent: keepalived 2.2.7 says the same; `why` it says otherwise, or does not know the kind. */
  readonly keepalived?: { readonly good?: boolean; readonly why: string };
}

/** Limits as short as the machine allows, and no waiting for the first attempt, which decides. */
const common = () =>
  `delay_loop 1\n  retry 1\n  delay_before_retry 1\n  warmup 0\n  connect_timeout ${patience()}`;

/** A configuration in which every case is a real server of its own, and begins as failed if it shall be found good. */
export function configOf(cases: readonly Case[], expected: (one: Case) => boolean): string {
  const virtual = (family: string, own: readonly Case[]) =>
    own.length === 0 ? "" : `virtual_server ${family} {
  lb_algo rr
  lb_kind NAT
  protocol TCP
  ${common()}
${own.map((one) => realServer(one, expected(one))).join("\n")}
}
`;
  return "global_defs {\n  checker_log_all_failures\n}\n" +
    virtual("10.99.0.1 80", cases.filter(({ address }) => !address.includes(":"))) +
    virtual("2001:db8:99::1 80", cases.filter(({ address }) => address.includes(":")));
}

function realServer({ address, port, check }: Case, good: boolean): string {
  return `  real_server ${address} ${port} {\n    ${good ? "alpha" : ""}\n    ${check}\n  }`;
}

/**
 * What a log says of a case by now: that its server was put in, or taken out, whichever came first. A case that shall be good
 * begins as failed, so it has to be found good to be put in.
 */
export function verdictIn(log: string, { address, port }: Case): boolean | undefined {
  const service = `[${address}]:tcp:${port} `;
  const line = log.split("\n").find((line) =>
    / (Adding|Removing|Enabling|Disabling) service /.test(line) && line.includes(service)
  );
  return line === undefined ? undefined : / (Adding|Enabling) /.test(line);
}
