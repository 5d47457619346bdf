/** Virtual routers as daemons of one host tell each other: JSON, in pieces that fit into a datagram. */

import { parseIp } from "../../net/ip.ts";
import type { LocalRouter } from "./local_router.ts";

/** First member; another number is another format. */
const VERSION = 1;

/** Characters of a piece, of 64 KiB. */
const LONGEST = 32_000;

/** One piece, read. */
export interface LocalText {
  /** It begins a list that takes the place of what was told before. */
  readonly first: boolean;
  /** It ends it. */
  readonly last: boolean;
  /** Who hears it is to tell in turn. */
  readonly asks: boolean;
  readonly routers: readonly LocalRouter[];
}

/** The texts that tell of these. Of one with so many peers that no datagram holds them only as many are told. */
export function localTexts(routers: readonly LocalRouter[], asks: boolean): readonly string[] {
  const pieces: string[][] = [[]];
  let length = 0;
  for (const each of routers) {
    const text = JSON.stringify({ ...each, peers: each.peers.slice(0, 500) });
    if (length + text.length > LONGEST && length > 0) {
      pieces.push([]);
      length = 0;
    }
    pieces.at(-1)?.push(text);
    length += text.length + 1;
  }
  return pieces.map((piece, index) => {
    const head = JSON.stringify({
      holdfast: VERSION,
      first: index === 0,
      last: index === pieces.length - 1,
      asks,
    });
    return `${head.slice(0, -1)},"routers":[${piece.join()}]}`;
  });
}

/** What a text says; a reason when it says nothing. Members that are not known are passed over. */
export function parseLocalText(text: string): LocalText | string {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    return "it is not JSON";
  }
  if (!isRecord(whole)) return "it is not JSON of an object";
  const { holdfast, first, last, asks, routers } = whole;
  if (holdfast !== VERSION) return `its format is not ${VERSION}`;
  if (typeof first !== "boolean" || typeof last !== "boolean" || typeof asks !== "boolean") {
    return "it does not say which piece it is";
  }
  const read = Array.isArray(routers) ? routers.map(router) : [undefined];
  const known = read.filter((each) => each !== undefined);
  if (known.length !== read.length) return "what it names are no virtual routers";
  return { first, last, asks, routers: known };
}

function router(value: unknown): LocalRouter | undefined {
  if (!isRecord(value)) return undefined;
  const { name, interface: ifname, family, virtualRouterId, group, source, peers } = value;
  if (typeof name !== "string" || !/^[^\s\p{Cc}]{1,255}$/u.test(name)) return undefined;
  if (ifname !== undefined && (typeof ifname !== "string" || !/^[^\s/]{1,15}$/.test(ifname))) {
    return undefined;
  }
  if (family !== "inet" && family !== "inet6") return undefined;
  if (!Number.isInteger(virtualRouterId)) return undefined;
  const ips = Array.isArray(peers) ? peers.map(ip) : [undefined];
  const known = ips.filter((each) => each !== undefined);
  const [toGroup, from] = [group, source].map((each) => each === undefined ? null : ip(each));
  if (known.length !== ips.length || toGroup === undefined || from === undefined) return undefined;
  return {
    name,
    ...(ifname === undefined ? {} : { interface: ifname }),
    family,
    virtualRouterId: Number(virtualRouterId),
    ...(toGroup === null ? {} : { group: toGroup }),
    ...(from === null ? {} : { source: from }),
    peers: known,
  };
}

function ip(value: unknown): string | undefined {
  return typeof value === "string" ? parseIp(value) : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
