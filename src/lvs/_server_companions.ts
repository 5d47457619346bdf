/** Settings of a virtual server that go with others only. */

import { lastUse, lastValue, tell, type Use } from "../language/mod.ts";
import { familyOf } from "../net/ip.ts";
import type { Subject } from "./_server_subject.ts";

/** Reports what has no effect, or another one than in keepalived. */
export function checkCompanions({ bound, header, family, label }: Subject): void {
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
  for (const use of [lastUse(bound.sorry_server_inhibit), lastUse(bound.sorry_server_lvs_method)]) {
    if (use !== undefined && !standsBefore(sorry, use)) {
      tell(
        use,
        "conflict",
        sorry === undefined
          ? `Cannot use ${use.name} in virtual_server ${label}: it has no sorry_server`
          : `Cannot share this order with keepalived: it wants sorry_server before ${use.name}`,
        { keyword: true },
      );
    }
  }
}

/** Whether one line is read before another; lines of different files are taken as they should be. */
function standsBefore(first: Use<unknown> | undefined, second: Use<unknown>): boolean {
  if (first === undefined) return false;
  const [a, b] = [first.line, second.line];
  return a.file !== b.file || a.line <= b.line;
}
