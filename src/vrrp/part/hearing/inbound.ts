/** A packet arrives: whose it is, whether it may be believed, what is counted. */

import { addressee, isKnown, vridOf } from "./hearing.ts";
import { linkAt } from "../../kernel_facts.ts";
import { multicastGroup } from "../../router_identity.ts";
import type { ReceivedPacket } from "../../event.ts";
import type { Ip } from "../../../net/mod.ts";
import { sentCover } from "../../packet/cover.ts";
import { receive, sameAddresses } from "../../packet/receive.ts";
import type { Cover } from "../../wire.ts";
import type { Instance } from "../../fsm/state.ts";
import { count, type Counter, COUNTER_OF } from "../../fsm/statistics.ts";
import type { Remark } from "../../../notify/mod.ts";
import { remarkOn } from "../../fsm/action.ts";
import { replace, tell, type Turn } from "../turn.ts";

/** Hands a packet to its instance. Foreign VRIDs and instances that take no part are ignored. */
export function onPacket(turn: Turn, packet: ReceivedPacket): void {
  const at = addressee(turn.part, packet);
  const self = at === undefined ? undefined : turn.part.instances[at];
  if (at === undefined || self === undefined) return onStranger(turn, packet);
  // What is prepared holds only until something is told.
  turn.stale.add(at);
  const group = multicastGroup(self.config, turn.part.config);
  const reception = receive(packet, { config: self.config, group });
  if (reception.kind === "dropped") {
    const { reason, detail } = reception;
    const said = { kind: "advert-dropped", peer: packet.source, detail } as const;
    const counters: Counter[] = [COUNTER_OF[reason]];
    // keepalived counts an advert as received before it asks who sent it.
    if (reason === "unicast-source") counters.push("advert_rcvd");
    record(turn, at, { counters, remark: { key: reason, said } });
    return;
  }
  if (reception.kind === "unproved") return;
  const { advert, pdu } = reception;
  const foreign = addressesDiffer(self, packet, sameAddresses(advert, self.config));
  const said = { kind: "other-addresses", peer: packet.source } as const;
  record(turn, at, {
    counters: [
      "advert_rcvd",
      ...(advert.priority === 0 ? ["pri_zero_rcvd"] as const : []),
      ...(foreign ? ["addr_list_err"] as const : []),
    ],
    remark: foreign ? { key: "addresses", said } : undefined,
  });
  noteForm(turn, at, { peer: packet.source, cover: reception.cover });
  const { source, destination, ttl } = packet;
  const { priority, interval } = advert;
  const heard = { source, destination, ttl, bytes: pdu, priority, interval, foreign };
  const actions = tell(turn, at, { kind: "advert", advert, heard });
  if (actions.some((action) => action.kind === "reassert-group")) reassertMates(turn, at);
}

/** The core tells of the first of each VRID. */
function onStranger(turn: Turn, packet: ReceivedPacket): void {
  const { config, kernel } = turn.part;
  const vrid = vridOf(packet);
  const link = linkAt(kernel, packet.ifindex);
  if (config.logUnknownVrids !== true || link === undefined || vrid === undefined) return;
  if (isKnown(turn.part, packet)) return;
  const { source } = packet;
  const news = { kind: "stranger", ifname: link.ifname, source, vrid } as const;
  turn.after.push({ kind: "news", news });
}

/** `skip_check_adv_addr`: not looked at when the sender is the one heard before. */
function addressesDiffer(self: Instance, packet: ReceivedPacket, same: boolean): boolean {
  const before = self.state.kind === "backup" ? self.state.heard?.source : undefined;
  return !same && !(self.config.skipCheckAdvAddr && before === packet.source);
}

/** VRRPv3 over IPv4: by unicast a peer is answered in the form it uses; in a group nobody can do right by all. */
function noteForm(
  turn: Turn,
  at: number,
  { peer, cover }: { readonly peer: Ip; readonly cover: Cover | undefined },
): void {
  const self = turn.part.instances[at];
  if (self === undefined || cover === undefined) return;
  const { config } = self;
  const group = multicastGroup(config, turn.part.config);
  const known = sentCover(config, group, self.forms.get(peer));
  if (config.v3ChecksumAsV2 || known.kind === cover.kind) return;
  const said = { kind: "other-checksum", peer, form: cover.kind } as const;
  record(turn, at, { counters: [], remark: { key: `checksum ${peer}`, said } });
  const unicast = config.unicastPeers.some(({ address }) => address === peer);
  const after = turn.part.instances[at];
  if (!unicast || after === undefined) return;
  const next: Instance = { ...after, forms: new Map([...after.forms, [peer, cover]]) };
  replace(turn, at, next);
  if (next.state.kind === "master") {
    turn.wanted.push([next, { kind: "transmit", immediately: false }]);
  }
}

interface Record {
  readonly counters: readonly Counter[];
  /** Said once per state, by its key. */
  readonly remark: { readonly key: string; readonly said: Remark } | undefined;
}

function record(turn: Turn, at: number, { counters, remark }: Record): void {
  const self = turn.part.instances[at];
  if (self === undefined) return;
  const statistics = count(self.statistics, ...counters);
  if (remark === undefined || self.said.has(remark.key)) {
    replace(turn, at, { ...self, statistics });
    return;
  }
  const next = { ...self, statistics, said: new Set([...self.said, remark.key]) };
  replace(turn, at, next);
  turn.wanted.push([next, remarkOn(next, remark.said)]);
}

function reassertMates(turn: Turn, at: number): void {
  const group = turn.part.instances[at]?.group;
  if (group === undefined) return;
  for (const mate of turn.part.directory.members.get(group) ?? []) {
    if (mate !== at) tell(turn, mate, { kind: "reassert" });
  }
}
