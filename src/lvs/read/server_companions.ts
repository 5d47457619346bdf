/** Settings of a virtual server that go with others only. */

import { lastUse, lastValue, tell, type Use, valueIn } from "../../language/mod.ts";
import { checkJitter } from "../../check/read/read.ts";
import { familyOf } from "../../net/ip.ts";
import type { Forwarding } from "../../kernel/ipvs/ipvs.ts";
import { checkSorryPort } from "./server_real.ts";
import { entriesOf, type Subject } from "./server_subject.ts";
import { type Endpoint, VIRTUAL_SERVER } from "../rows/keywords.ts";

/** Reports what has no effect, or another one than in keepalived. */
export function checkCompanions(subject: Subject, forwarding: Forwarding): void {
  const { bound, header, family, label } = subject;
  const suspend = lastUse(bound.ha_suspend);
  if (suspend !== undefined && hasMark(subject)) {
    tell(suspend, "conflict", `Cannot use ha_suspend in virtual_server ${label}: it has marks`, {
      keyword: true,
    });
  }
  const jitter = lastUse(bound.jitter);
  if (jitter !== undefined) checkJitter(jitter, valueIn(VIRTUAL_SERVER, bound, "delay_loop"));
  const wanted = lastUse(bound.ip_family);
  if (wanted !== undefined && header.kind === "address" && wanted.value !== family) {
    tell(
      wanted,
      "conflict",
      `Cannot make virtual_server ${label} ${wanted.value}: it is ${family}`,
    );
  }
  const hashed = lastUse(bound.hashed);
  if (hashed !== undefined && lastValue(bound.lb_algo) !== "sh") {
    tell(hashed, "conflict", `Cannot use hashed in virtual_server ${label}: it goes with sh only`, {
      keyword: true,
    });
  }
  const sorry = lastUse(bound.sorry_server);
  if (sorry !== undefined && familyOf(sorry.value.address) !== family) {
    tell(
      sorry,
      "conflict",
      `Cannot use sorry_server ${sorry.value.address} in virtual_server ${label}: it is no ${family} address`,
      { severity: "error" },
    );
  }
  if (sorry !== undefined) {
    checkSorryPort(subject, sorry, forwarding);
    checkSorryInhibit(subject, sorry);
  }
  for (const use of [lastUse(bound.sorry_server_inhibit), lastUse(bound.sorry_server_lvs_method)]) {
    if (use !== undefined && !standsBefore(sorry, use)) {
      tell(
        use,
        "conflict",
        sorry === undefined
          ? `Cannot use ${use.name} in virtual_server ${label}: it has no sorry_server`
          : `Cannot use ${use.name} before sorry_server in keepalived: move it behind that`,
        { keyword: true },
      );
    }
  }
}

/** Whether some of its services are marks, which no address of this node stands for. */
export function hasMark({ header, blocks }: Subject): boolean {
  if (header.kind !== "group") return header.kind === "fwmark";
  return entriesOf(header.group, blocks).some(({ value }) => value.kind === "fwmark");
}

/** keepalived: a real server that is the sorry server too decides whether it keeps its entry. */
function checkSorryInhibit({ bound, label }: Subject, sorry: Use<Endpoint>): void {
  const { address, port } = sorry.value;
  const same = bound.real_server?.find(({ value: { header } }) =>
    header.address === address && header.port === port
  );
  if (same === undefined) return;
  const inherited = valueIn(VIRTUAL_SERVER, bound, "inhibit_on_failure");
  const inhibits = lastValue(same.value.body.inhibit_on_failure) ?? inherited;
  if (inhibits === (bound.sorry_server_inhibit !== undefined)) return;
  tell(
    sorry,
    "conflict",
    `Cannot inhibit ${address} in virtual_server ${label} as sorry_server otherwise than as real_server, which counts`,
  );
}

/** Whether one line is read before another; lines of different files are taken as they should be. */
function standsBefore(first: Use<unknown> | undefined, second: Use<unknown>): boolean {
  if (first === undefined) return false;
  const [a, b] = [first.line, second.line];
  return a.file !== b.file || a.line <= b.line;
}
