/** Packets meant to harm: what they cost a master, what it writes and whether it moves. */

import { type Kind, type Lab, pause, PYTHON, startNode, type Topology } from "../../lab/mod.ts";
import { cpuTime } from "../cpu_clock.ts";
import { processes } from "../measure.ts";

const host = (address: string) => ({ links: { eth0: { network: "lan", addresses: [address] } } });

/** A master, and who means it harm. */
export const HOSTILE_LAB: Topology = {
  node: host("192.0.2.1/24"),
  forger: host("192.0.2.66/24"),
};

/** What is sent: how many a second, for so many seconds, and which. */
export interface Attack {
  readonly about: string;
  readonly rate: number;
  readonly seconds: number;
  /** Words of the sender, in turn. */
  readonly packets: readonly string[];
}

/** By the name that `scripts/bench vrrp --only` takes. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  malformed: {
    about: "10,000 malformed packets a second",
    rate: 10_000,
    seconds: 10,
    packets: ["short", "ttl", "checksum", "version", "password", "type"],
  },
  "two-bad": {
    about: "two bad packets a second",
    rate: 2,
    seconds: 10,
    packets: ["checksum", "ttl"],
  },
  lower: {
    about: "10,000 valid adverts of lower priority a second",
    rate: 10_000,
    seconds: 8,
    packets: ["lower"],
  },
};

const CONFIG = `
vrrp_instance V {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority 100
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass secret42
    }
    virtual_ipaddress {
        192.0.2.100/24
    }
}
`;

/** Sends packets of some kinds in turn, at a rate, for a while; says how many left. */
const SENDER = `
import socket, struct, sys, time
rate, seconds, kinds = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
def total(data):
    data += b"\\0" * (len(data) % 2)
    value = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while value >> 16: value = (value & 0xffff) + (value >> 16)
    return ~value & 0xffff
def pdu(first=0x21, priority=200, password=b"secret42", bad=False):
    body = bytearray(struct.pack("!BBBBBBH", first, 51, priority, 1, 1, 1, 0))
    body += socket.inet_aton("192.0.2.100")
    head = bytes(body)
    check = total(head + password)
    struct.pack_into("!H", body, 6, check ^ (0x5555 if bad else 0))
    return bytes(body) + password
def packet(kind):
    ttl, body = 255, pdu()
    if kind == "short": body = body[:7]
    if kind == "ttl": ttl = 254
    if kind == "checksum": body = pdu(bad=True)
    if kind == "version": body = pdu(first=0x51)
    if kind == "password": body = pdu(password=b"guessed!")
    if kind == "type": body = pdu(first=0x22)
    if kind == "lower": body = pdu(priority=1)
    source, group = socket.inet_aton("192.0.2.66"), socket.inet_aton("224.0.0.18")
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0xc0, 20 + len(body), 0, 0, ttl, 112, 0, source, group) + body
sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
packets = [packet(kind) for kind in kinds]
begun, sent = time.monotonic(), 0
while True:
    passed = time.monotonic() - begun
    if passed >= seconds: break
    due = int(passed * rate) + 1
    while sent < due:
        try: sender.sendto(packets[sent % len(packets)], ("224.0.0.18", 0))
        except OSError: pass
        sent += 1
    time.sleep(min(0.002, 1 / rate))
print("sent", sent)
`;

/** What an attack did to a master, by quantity and unit. */
export async function hostile(
  lab: Lab,
  { kind, attack }: { readonly kind: Kind; readonly attack: string },
): Promise<Readonly<Record<string, number>>> {
  const plan = ATTACKS[attack];
  if (plan === undefined) throw new RangeError(`Cannot attack by ${attack}`);
  const { about, rate, seconds, packets } = plan;
  const node = await startNode(lab, "node", { kind, config: CONFIG });
  await lab.owned("192.0.2.100", "node");
  // The second burst of gratuitous ARP is over.
  await pause(7_000);
  const pids = await processes(lab);
  const lines = node.lines.length;
  const spoken = await sentBy(lab);
  const before = cpuTime(pids);
  const script = await lab.file("sender.py", SENDER);
  const argv = [PYTHON, script, `${rate}`, `${seconds}`, ...packets];
  const { stdout } = await lab.run("forger", argv);
  // What waits in the socket is part of it.
  await pause(1_000);
  const spent = cpuTime(pids) - before;
  const said = node.lines.slice(lines).map(({ text }) => text);
  const moves = said.filter((text) => /(MASTER|BACKUP|FAULT) STATE/.test(text)).length;
  const sent = Number(/sent (\d+)/.exec(stdout)?.[1] ?? NaN);
  const answers = (await sentBy(lab)) - spoken;
  return {
    [`CPU of ${about}, ms`]: spent,
    [`CPU per packet of ${about}, µs`]: spent * 1000 / sent,
    [`Log lines of ${about}, lines`]: said.length,
    [`Changes of state of ${about}, changes`]: moves,
    [`Packets sent meanwhile, ${about}, packets`]: answers,
  };
}

/** Frames the node has sent so far. */
async function sentBy(lab: Lab): Promise<number> {
  const file = "/sys/class/net/eth0/statistics/tx_packets";
  return Number((await lab.run("node", ["cat", file])).stdout);
}
