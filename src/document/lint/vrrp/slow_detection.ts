/** Scripts that take long to fail. */

import { fieldsOf, lastUse } from "../../../language/mod.ts";
import { SECOND } from "../../../net/micros.ts";
import { VRRP_SCRIPT } from "../../../track/keywords.ts";
import { entriesOf } from "../instance.ts";
import { type LintRule, valueMark } from "../rule.ts";

/**
 * Users wait a few seconds: three adverts of one second and the skew (RFC 9568 §6.1) are the usual
 * outage.
 */
const EXPECTED = 10 * SECOND;

/**
 * A service may be down for fall × interval, and a run that hangs for its timeout as well, before
 * the address moves.
 */
export const slowDetection: LintRule = {
  name: "slow-detection",
  find: ({ root }) => {
    const followers = [...root.vrrp_instance ?? [], ...root.vrrp_sync_group ?? []];
    const tracked = new Set(
      followers.flatMap(({ value }) => entriesOf(value.body.track_script))
        .map((entry) => entry.value.name),
    );
    return (root.vrrp_script ?? []).flatMap((block) => {
      const { header: name, body } = block.value;
      const { interval, fall, timeout = 0 } = fieldsOf(VRRP_SCRIPT, body);
      const total = fall * interval + timeout;
      if (!tracked.has(name) || total <= EXPECTED) return [];
      const use = lastUse(fall > 1 ? body.fall : body.interval) ?? lastUse(body.timeout);
      const parts = [
        `fall ${fall} × interval ${interval / SECOND} s`,
        ...(timeout > 0 ? [`timeout ${timeout / SECOND} s`] : []),
      ];
      return [{
        at: valueMark(use ?? block),
        severity: "info",
        message: `Cannot notice a failure within ${EXPECTED / SECOND} s by ${name}: it may take ${
          total / SECOND
        } s, ${parts.join(" + ")}`,
        hint: "lower fall or interval if users cannot wait that long",
      }];
    });
  },
};
