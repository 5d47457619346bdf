/** Real servers and the sorry server of a virtual server. */

import { checkCompanions } from "../../check/read/companions.ts";
import { checkJitter, readCheckers } from "../../check/read/read.ts";
import {
  type Bound,
  fieldsOf,
  lastUse,
  lastValue,
  tell,
  type Use,
  valueIn,
} from "../../language/mod.ts";
import { scriptCommand } from "../../global/read.ts";
import type { Forwarding } from "../../kernel/ipvs/ipvs.ts";
import { familyOf } from "../../net/ip.ts";
import type { Micros } from "../../net/micros.ts";
import { entriesOf, type Subject } from "./server_subject.ts";
import type { RealServerConfig } from "../config.ts";
import {
  type Endpoint,
  REAL_SERVER,
  VIRTUAL_SERVER,
  type VirtualServerHeader,
} from "../rows/keywords.ts";

export function realServersOf(
  subject: Subject,
  forwarding: Forwarding,
): readonly RealServerConfig[] {
  const { bound, family, label } = subject;
  const seen = new Set<string>();
  return (bound.real_server ?? []).flatMap((use) => {
    const { address } = use.value.header;
    const server = readRealServer(subject, use, forwarding);
    if (familyOf(address) !== family && server.forwarding.method !== "tunnel") {
      tell(
        use,
        "conflict",
        `Cannot use real_server ${address} in virtual_server ${label}: it is no ${family} address`,
        {
          severity: "error",
        },
      );
      return [];
    }
    const key = `${server.address} ${server.port}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [server];
    }
    tell(
      use,
      "duplicate-name",
      `Cannot use real_server ${key} twice in virtual_server ${label}: the first one counts`,
      {
        severity: "error",
      },
    );
    return [];
  });
}

export function sorryServerOf(
  { bound, header }: Subject,
  { address, port }: Endpoint,
  forwarding: Forwarding,
): RealServerConfig {
  const own = lastValue(bound.sorry_server_lvs_method) ?? forwarding;
  return {
    address,
    port: portOf(header, port, own),
    weight: 1,
    forwarding: own,
    inhibitOnFailure: false,
    upperThreshold: 0,
    lowerThreshold: 0,
    checkers: [],
  };
}

/**
 * Port of a server in the kernel's table: that of the service unless NAT changes it. A mark has no port to inherit,
 * so there only NAT has one at all.
 */
function portOf(
  header: VirtualServerHeader,
  port: number | undefined,
  forwarding: Forwarding,
): number {
  if (header.kind === "fwmark") return forwarding.method === "nat" ? port ?? 0 : 0;
  if (header.kind === "group") return port ?? 0;
  const own = header.port ?? 0;
  return forwarding.method === "nat" ? port ?? own : own;
}

/** Reports the port of a sorry server that it does not get. */
export function checkSorryPort(
  subject: Subject,
  use: Use<Endpoint>,
  inherited: Forwarding,
): void {
  const { bound, header, label } = subject;
  const { port: written } = use.value;
  const own = lastValue(bound.sorry_server_lvs_method) ?? inherited;
  if (written === undefined || own.method === "nat") return;
  if (header.kind === "group") {
    checkGroupPort(use, { group: header.group, port: written, subject });
    return;
  }
  const port = portOf(header, written, own);
  if (port === written) return;
  tell(
    use,
    "conflict",
    `Cannot use port ${written} of the sorry_server in virtual_server ${label}: only NAT changes ports, ${port} is used`,
  );
}

/** keepalived: only NAT changes ports, and a mark has none. */
function checkGroupPort(
  use: Use<unknown>,
  { group, port, subject: { blocks, label } }: {
    readonly group: string;
    readonly port: number;
    readonly subject: Subject;
  },
): void {
  const other = entriesOf(group, blocks).some(({ value }) =>
    value.kind === "fwmark" || (value.port ?? 0) !== port
  );
  if (!other) return;
  tell(
    use,
    "conflict",
    `Cannot use port ${port} of this server for all of virtual_server ${label}: only NAT changes ports`,
  );
}

function readRealServer(
  subject: Subject,
  use: Use<{ readonly header: Endpoint; readonly body: Bound<typeof REAL_SERVER> }>,
  inherited: Forwarding,
): RealServerConfig {
  const { bound: above, header, label, global } = subject;
  const { header: { address, port: written }, body: bound } = use.value;
  const forwarding = lastValue(bound.lvs_method) ?? inherited;
  const port = portOf(header, written, forwarding);
  const servicePort = header.kind === "address" ? header.port ?? 0 : 0;
  if (written !== undefined && port !== written) {
    tell(
      use,
      "conflict",
      `Cannot use port ${written} of real_server ${address} in virtual_server ${label}: ${
        header.kind === "fwmark"
          ? "a mark has no port but with NAT"
          : `only NAT changes ports, ${port} is used`
      }`,
    );
  }
  checkCompanions(bound);
  const delayLoop = lastValue(bound.delay_loop) ?? valueIn(VIRTUAL_SERVER, above, "delay_loop");
  const jitter = lastUse(bound.jitter);
  if (jitter !== undefined) checkJitter(jitter, delayLoop);
  if (header.kind === "group" && written !== undefined && forwarding.method !== "nat") {
    checkGroupPort(use, { group: header.group, port: written, subject });
  }
  const weight = lastValue(bound.weight) ?? valueIn(VIRTUAL_SERVER, above, "weight");
  const slowStart = slowStartOf(subject, bound, weight);
  const up = lastValue(bound.notify_up);
  const down = lastValue(bound.notify_down);
  return {
    address,
    port,
    weight,
    forwarding,
    inhibitOnFailure: lastValue(bound.inhibit_on_failure) ??
      valueIn(VIRTUAL_SERVER, above, "inhibit_on_failure"),
    ...fieldsOf(REAL_SERVER, bound),
    ...(up && { notifyUp: scriptCommand(up) }),
    ...(down && { notifyDown: scriptCommand(down) }),
    // keepalived: of real servers mails are sent unless it is said that they are not.
    ...((lastValue(bound.smtp_alert) ?? global.told.alertChecker ?? true) && { smtpAlert: true }),
    ...(slowStart > 0 && { slowStart }),
    checkers: readCheckers(bound, {
      address,
      port: written ?? servicePort,
      retry: lastValue(bound.retry) ?? lastValue(above.retry),
      delayBeforeRetry: lastValue(bound.delay_before_retry) ?? lastValue(above.delay_before_retry),
      warmup: lastValue(bound.warmup) ?? lastValue(above.warmup),
      jitter: jitter?.value ?? lastValue(above.jitter),
      connectTimeout: lastValue(bound.connect_timeout) ??
        valueIn(VIRTUAL_SERVER, above, "connect_timeout"),
      delayLoop,
      alpha: lastValue(bound.alpha) ?? valueIn(VIRTUAL_SERVER, above, "alpha"),
      logAllFailures: global.checkerLogAllFailures,
      virtualhost: lastValue(bound.virtualhost) ?? lastValue(above.virtualhost),
      serverName: lastValue(above.virtualhost),
      tls: subject.blocks.tls,
      declared: subject.blocks.declared ?? new Map(),
    }),
  };
}

/** A weight of 1 has no parts it could climb by. */
function slowStartOf(
  { bound: above, label }: Subject,
  bound: Bound<typeof REAL_SERVER>,
  weight: number,
): Micros {
  const use = lastUse(bound.slow_start) ?? lastUse(above.slow_start);
  const wanted = use?.value ?? valueIn(VIRTUAL_SERVER, above, "slow_start");
  if (use === undefined || wanted === 0 || weight !== 1) return wanted;
  tell(
    use,
    "conflict",
    `Cannot start a server of weight 1 slowly in virtual_server ${label}: give it a weight it can climb to, such as 100`,
    { keyword: true },
  );
  return 0;
}
