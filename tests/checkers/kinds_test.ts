import { Lab, labTest, type Topology } from "../lab/mod.ts";
import { type Case, judge, listening, startDns, startMail, startUnbound } from "./mod.ts";

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.8.8.1/24"] } } },
};

/** A server on the loopback interface. */
function local(family: 4 | 6, port: number): Pick<Case, "address" | "port"> {
  return { address: family === 4 ? "127.0.0.1" : "::1", port };
}

/** Each server is asked through a port of its own name: `connect_port` says where it is. */
function at(port: number, rows = ""): string {
  return `connect_port ${port}\n${rows}`;
}

labTest(
  "SMTP_CHECK, against aiosmtpd and a DNS server, over IPv4 and IPv6, judges as keepalived does",
  ["aiosmtpd", "dnsmasq", "ss"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    startMail(lab, "node", "127.0.0.1:2525");
    startMail(lab, "node", "::1:2526");
    startDns(lab, "node", 5300);
    await listening(lab, "node", [2525, 2526, 5300]);
    await judge(lab, "node", [
      { name: "v4", ...local(4, 1), check: `SMTP_CHECK {\n${at(2525)}\n}`, good: true },
      { name: "v6", ...local(6, 2), check: `SMTP_CHECK {\n${at(2526)}\n}`, good: true },
      {
        name: "helo_name",
        ...local(4, 3),
        check: `SMTP_CHECK {\n${at(2525, "helo_name probe.example")}\n}`,
        good: true,
      },
      { name: "refused", ...local(4, 4), check: `SMTP_CHECK {\n${at(9)}\n}`, good: false },
      { name: "silent", ...local(4, 5), check: `SMTP_CHECK {\n${at(5300)}\n}`, good: false },
      {
        name: "a host that is refused",
        ...local(4, 6),
        check: `SMTP_CHECK {\n${at(2525)}\nhost {\nconnect_port 9\n}\n}`,
        good: false,
      },
    ]);
  },
);

labTest(
  "DNS_CHECK, against dnsmasq and unbound, over IPv4 and IPv6, judges as keepalived does",
  ["dnsmasq", "unbound", "ss"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    startDns(lab, "node", 5300);
    await startUnbound(lab, "node", 5301);
    await listening(lab, "node", [5300, 5301]);
    const dns = (port: number, rows: string) => `DNS_CHECK {\n${at(port, rows)}\n}`;
    await judge(lab, "node", [
      { name: "root", ...local(4, 1), check: dns(5301, ""), good: true },
      { name: "root v6", ...local(6, 2), check: dns(5301, ""), good: true },
      { name: "root refused", ...local(4, 3), check: dns(5300, ""), good: false },
      { name: "nobody", ...local(4, 4), check: dns(9, ""), good: false },
      { name: "nobody v6", ...local(6, 5), check: dns(9, ""), good: false },
      { name: "SOA", ...local(4, 6), check: dns(5301, "name unbound.example."), good: true },
      {
        name: "NXDOMAIN",
        ...local(4, 7),
        check: dns(5301, "name no.unbound.example"),
        good: false,
      },
      {
        name: "A, without a last dot",
        ...local(4, 8),
        check: dns(5300, "type A\nname mail.example"),
        good: true,
      },
      {
        name: "AAAA v6",
        ...local(6, 9),
        check: dns(5300, "type aaaa\nname mail.example."),
        good: true,
      },
    ]);
  },
);

/** `A` of `mail.example`, number 0x1234. */
const QUERY = "12340100 00010000 00000000 046d61696c076578616d706c6500 00010001";

labTest(
  "UDP_CHECK, against dnsmasq and nobody, over IPv4 and IPv6, judges as keepalived does",
  ["dnsmasq", "ss"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    startDns(lab, "node", 5300);
    await listening(lab, "node", [5300]);
    const udp = (port: number, rows: string) => `UDP_CHECK {\n${at(port, rows)}\n}`;
    const query = `payload "${QUERY}"`;
    await judge(lab, "node", [
      { name: "no reply needed", ...local(4, 1), check: udp(5300, ""), good: true },
      { name: "no reply needed v6", ...local(6, 2), check: udp(5300, ""), good: true },
      { name: "nobody", ...local(4, 3), check: udp(9, ""), good: false },
      { name: "nobody v6", ...local(6, 4), check: udp(9, ""), good: false },
      {
        name: "the reply, its flags in part",
        ...local(4, 5),
        check: udp(5300, `${query}\nrequire_reply "1234 8xxx"`),
        good: true,
      },
      {
        name: "another",
        ...local(4, 6),
        check: udp(5300, `${query}\nrequire_reply "1235"`),
        good: false,
      },
      {
        name: "any reply",
        ...local(6, 7),
        check: udp(5300, `${query}\nrequire_reply`),
        good: true,
      },
      {
        name: "too short",
        ...local(4, 8),
        check: udp(5300, `${query}\nrequire_reply\nmin_reply_length 200`),
        good: false,
        keepalived: { good: true, why: "2.2.7 looks at lengths only where it looks at data" },
      },
      {
        name: "too long",
        ...local(4, 9),
        check: udp(5300, `${query}\nrequire_reply\nmax_reply_length 20`),
        good: false,
        keepalived: { good: true, why: "2.2.7 looks at lengths only where it looks at data" },
      },
      {
        name: "no host",
        address: "10.8.8.77",
        port: 10,
        check: "UDP_CHECK {\nconnect_timeout 5\n}",
        good: false,
      },
    ]);
  },
);

labTest(
  "PING_CHECK, of hosts that are and are not there, over IPv4 and IPv6, judges as keepalived does",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const check = "PING_CHECK {\n}";
    await judge(lab, "node", [
      { name: "v4", ...local(4, 1), check, good: true },
      { name: "v6", ...local(6, 2), check, good: true },
      { name: "own address", address: "10.8.8.1", port: 3, check, good: true },
      { name: "no host", address: "10.8.8.77", port: 4, check, good: false },
      { name: "no route", address: "192.0.2.1", port: 5, check, good: false },
      { name: "no route v6", address: "2001:db8::77", port: 6, check, good: false },
    ]);
  },
);
