/** Rows of address entries: `static_ipaddress`, `virtual_ipaddress` and `virtual_ipaddress_excluded`. */

import {
  alias,
  type Args,
  type Bound,
  complainOfLine,
  custom,
  flag,
  ifname,
  list,
  needWord,
  networkOf,
  nextWord,
  peekWord,
  readOptions,
  refuse,
  rowOf,
  type Table,
  UINT32,
  type Use,
  word,
} from "../../language/mod.ts";
import { encodeText } from "../../language/source/text.ts";
import { integerOf, type Network } from "../../language/rows/values.ts";
import { ADDRESS_FLAG } from "../../kernel/address.ts";
import { SCOPE } from "../../kernel/route.ts";
import { type Family, familyOf, type Ip, parseIp } from "../../net/ip.ts";
import type { StaticAddress, VirtualAddress } from "../config.ts";

const reported = { missing: "reported" } as const;

const broadcast = custom({
  ...reported,
  text: "Broadcast address: literal, all ones (+) or all zeros (-)",
  args: "<address>|+|-",
  read: (args) => {
    const value = needWord(args, "an address, + or -");
    if (value === undefined || value.text === "+" || value.text === "-") return value?.text;
    const ip = parseIp(value.text);
    return ip !== undefined && familyOf(ip) === "inet"
      ? ip
      : refuse(args, value, "must be an IPv4 address, + or -", { code: "not-an-address" });
  },
});

/** Option words of `static_ipaddress` entries and of the virtual ones. */
export const ADDRESS_OPTIONS = {
  dev: ifname({
    ...reported,
    default: "the instance's interface",
    text: "Interface that carries the address",
  }),
  scope: custom({
    ...reported,
    default: "derived",
    text: "Address scope",
    args: "site|link|host|nowhere|global|<number 0 to 255>",
    read: (args) => {
      const value = needWord(args, "a scope");
      if (value === undefined) return undefined;
      if (Object.hasOwn(SCOPE, value.text)) return SCOPE[value.text as keyof typeof SCOPE];
      if (/^\d+$/.test(value.text)) return integerOf(args, value, { min: 0, max: 255 });
      return refuse(args, value, `must be one of ${Object.keys(SCOPE).join(", ")}`, {
        code: "not-a-choice",
      });
    },
  }),
  brd: broadcast,
  broadcast: alias("brd"),
  label: word({ ...reported, what: "a label", text: "Label of an IPv4 address, at most 15 bytes" }),
  peer: custom({
    ...reported,
    twice: "first",
    text: "Remote end for point-to-point addresses",
    args: "<address>",
    read: (args) => {
      const value = needWord(args, "an address");
      if (value === undefined) return undefined;
      return parseIp(value.text) ??
        refuse(args, value, "must be an address", { code: "not-an-address" });
    },
  }),
  home: flag({ text: "Marks an IPv6 address as Mobile IPv6 home address" }),
  "-nodad": flag({
    text: "Lets the kernel look for duplicates of an IPv6 address, which it does not do otherwise",
  }),
  mngtmpaddr: flag({
    text: "Kernel manages temporary IPv6 addresses derived from this one",
  }),
  noprefixroute: flag({ text: "Suppresses the kernel's automatic prefix route" }),
  autojoin: flag({ text: "Joins the group on-link when the address is multicast" }),
  no_track: flag({ text: "The interface that carries this address is not followed" }),
  preferred_lft: custom({
    ...reported,
    text: "Preferred lifetime of an IPv6 address, for which new connections may use it",
    default: "forever; 0 for an IPv6 /128",
    args: "<seconds>|forever|0",
    read: (args) => {
      const value = needWord(args, "a number or forever");
      if (value === undefined || value.text === "forever") return value?.text;
      return integerOf(args, value, { min: 0, max: UINT32 });
    },
  }),
} satisfies Table;

/** Option words of the virtual ones. */
export const VIRTUAL_ADDRESS_OPTIONS = {
  ...ADDRESS_OPTIONS,
  use_vmac: custom({
    build: "VMAC",
    text:
      "Puts this address on a VMAC of its interface and family, unless that of the instance is one",
    args: "[<name>]",
    read: (args): string | undefined => {
      const name = peekWord(args);
      return name === undefined || rowOf(ADDRESS_OPTIONS, name.text) ? "" : nextWord(args)?.text;
    },
  }),
} satisfies Table;

/** Option words of `static_ipaddress` entries. */
export const STATIC_ADDRESS_OPTIONS = {
  ...ADDRESS_OPTIONS,
  track_group: word({
    twice: "first",
    ...reported,
    text: "Losing this address faults the members of the group",
  }),
} satisfies Table;

const entryArgs = "<address>[/<length>] [option ...]";

/** A list of addresses with the given option words. */
const addressList = (
  options: typeof ADDRESS_OPTIONS,
  facts: {
    readonly text: string;
    readonly acts?: boolean;
  },
) =>
  list({
    ...facts,
    entryArgs,
    options,
    entry: (args): (VirtualAddress & Pick<StaticAddress, "trackGroup">) | undefined => {
      const first = needWord(args, "an address");
      const network = first && networkOf(args, first);
      if (first === undefined || network === undefined) {
        args.at = args.words.length;
        return undefined;
      }
      const { address } = network;
      const family = familyOf(address);
      const bound = readOptions(args, options);
      const dev = bound.dev?.at(-1)?.value;
      const label = bound.label?.at(-1)?.value;
      const scope = bound.scope?.at(-1)?.value;
      const brd = bound.brd?.at(-1)?.value;
      if (lacksValue(args, bound) || (label !== undefined && tooLong(args, label))) {
        return undefined;
      }
      if (repeatsDev(args, bound)) return undefined;
      const written = bound.peer?.at(-1)?.value;
      const peer = written && peerOf(args, network, written);
      if (label !== undefined && family === "inet6") {
        refuse(args, first, "", {
          severity: "warning",
          code: "conflict",
          message: `Cannot label ${address}: only IPv4 addresses have labels`,
        });
      }
      return {
        address,
        prefixLength: network.prefixLength ?? (family === "inet" ? 32 : 128),
        ...(dev !== undefined && { dev }),
        ...(label !== undefined && family === "inet" && { label }),
        ...(scope !== undefined && { scope }),
        ...(brd !== undefined && { broadcast: brd }),
        ...(peer !== undefined && { peer }),
        ...propertiesOf(bound, { ...network, family }),
        ...groupOf(bound),
        ...vmacWish(bound),
        ...(bound.no_track !== undefined && { noTrack: true }),
      };
    },
  });

/** Flags and lifetime. keepalived: without a word of it IPv6 /128 are deprecated, so that no connection chooses them for its source. */
function propertiesOf(
  bound: Bound<typeof ADDRESS_OPTIONS>,
  { family, prefixLength = 128 }: Pick<Network, "prefixLength"> & { readonly family: Family },
): Pick<VirtualAddress, "flags" | "preferredLifetime"> {
  const detects = family === "inet" || bound["-nodad"] !== undefined;
  const flags = (detects ? 0 : ADDRESS_FLAG.nodad) +
    FLAG_WORDS.filter((word) => bound[word] !== undefined).reduce(
      (sum, word) => sum + ADDRESS_FLAG[word],
      0,
    );
  const preferred = bound.preferred_lft?.at(-1)?.value ?? (prefixLength === 128 ? 0 : "forever");
  return {
    ...(flags !== 0 && { flags }),
    ...(family === "inet6" && typeof preferred === "number" && { preferredLifetime: preferred }),
  };
}

/** Options that are flags of the kernel by the same name. */
const FLAG_WORDS = ["home", "mngtmpaddr", "noprefixroute", "autojoin"] as const;

/** Of a virtual address. */
function vmacWish(
  bound: Bound<typeof ADDRESS_OPTIONS> & { readonly use_vmac?: readonly Use<string>[] },
): Pick<VirtualAddress, "wantsVmac"> {
  const name = bound.use_vmac?.at(-1)?.value;
  return name === undefined ? {} : { wantsVmac: name };
}

/** Of a static address. */
function groupOf(
  bound: Bound<typeof ADDRESS_OPTIONS> & { readonly track_group?: readonly Use<string>[] },
): { readonly trackGroup?: string } {
  const group = bound.track_group?.at(-1)?.value;
  return group === undefined ? {} : { trackGroup: group };
}

/** keepalived: an address whose dev, label or brd cannot be read is left out. */
function lacksValue(args: Args, bound: Bound<typeof ADDRESS_OPTIONS>): boolean {
  return args.words.some(({ text }) =>
    (text === "dev" && bound.dev === undefined) ||
    (text === "label" && bound.label === undefined) ||
    ((text === "brd" || text === "broadcast") && bound.brd === undefined) ||
    (text === "peer" && bound.peer === undefined)
  );
}

/** keepalived: an address that names two interfaces is left out. */
function repeatsDev(args: Args, bound: Bound<typeof ADDRESS_OPTIONS>): boolean {
  if ((bound.dev?.length ?? 0) < 2) return false;
  complainOfLine(args, {
    severity: "error",
    code: "duplicate-keyword",
    message: "Cannot put one address on two interfaces: it is left out",
    status: "general",
  });
  return true;
}

/** A point-to-point address is one address with another of its family behind it. */
function peerOf(args: Args, { address, prefixLength }: Network, peer: Ip): Ip | undefined {
  const family = familyOf(address);
  if (familyOf(peer) !== family) {
    complainOfLine(args, {
      severity: "error",
      code: "conflict",
      message: `Cannot use peer ${peer} of ${address}: it is no ${family} address`,
      status: "general",
    });
    return undefined;
  }
  if (prefixLength !== undefined && prefixLength !== (family === "inet" ? 32 : 128)) {
    complainOfLine(args, {
      severity: "warning",
      code: "conflict",
      message: `Cannot use prefix length ${prefixLength} of ${address}: it has a peer`,
      status: "general",
    });
  }
  return peer;
}

function tooLong(args: Args, label: string): boolean {
  const word = args.words.find(({ text }) => text === label);
  if (word === undefined || encodeText(label).length <= 15) return false;
  refuse(args, word, "", {
    code: "value-cut",
    message: `Cannot use label ${label}: it has more than 15 bytes, the address is left out`,
  });
  return true;
}

/** Rows of the virtual addresses of an instance. */
export const VIRTUAL_ADDRESSES = {
  virtual_ipaddress: addressList(VIRTUAL_ADDRESS_OPTIONS, {
    text: "Addresses advertised and owned while master",
  }),
  virtual_ipaddress_excluded: addressList(VIRTUAL_ADDRESS_OPTIONS, {
    text: "Addresses owned while master but left out of adverts; may be of the other family",
  }),
} satisfies Table;

/** Row of `static_ipaddress`. */
export const staticAddresses = addressList(STATIC_ADDRESS_OPTIONS, {
  text: "Addresses installed at start and removed at exit, independent of VRRP state",
});
