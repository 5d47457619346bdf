/** Debian's servers, started in a host of a lab, each when it is listening. */

import { type Lab, type Program, until } from "../netns/mod.ts";

/** dnsmasq: answers for `mail.example`, says NXDOMAIN for what else ends in `example`; no upstream. */
export function startDns(lab: Lab, host: string, port: number): Program {
  return lab.start(host, [
    ...["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts"],
    ...["--user=root", "--pid-file=", `--port=${port}`, "--log-facility=-"],
    ...[
      "--address=/mail.example/192.0.2.7",
      "--address=/mail.example/2001:db8::7",
      "--local=/example/",
    ],
  ], { name: "dnsmasq" });
}

/** unbound: authoritative for `unbound.example`, refuses what it may not ask elsewhere for. */
export async function startUnbound(lab: Lab, host: string, port: number): Promise<Program> {
  const config = await lab.file(
    "unbound.conf",
    `server:
  interface: 127.0.0.1@${port}
  interface: ::1@${port}
  username: ""
  chroot: ""
  directory: "${lab.dir}"
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  access-control: 127.0.0.0/8 allow
  access-control: ::1 allow
  local-zone: "." static
  local-data: ". 60 IN SOA mail.example. admin.example. 1 2 3 4 5"
  local-zone: "unbound.example." static
  local-data: "unbound.example. 60 IN SOA unbound.example. admin.unbound.example. 1 2 3 4 5"
`,
  );
  return lab.start(host, ["unbound", "-d", "-p", "-c", config], { name: "unbound" });
}

/** aiosmtpd, which takes HELO and prints what it is given. */
export function startMail(lab: Lab, host: string, at: string): Program {
  return lab.start(host, ["aiosmtpd", "-n", "-l", at], { name: `aiosmtpd ${at}` });
}

/** Waits until something listens on each of these TCP or UDP ports of a host. */
export async function listening(
  lab: Lab,
  host: string,
  ports: readonly number[],
): Promise<void> {
  await until(`ports ${ports.join(", ")} are listened on`, async () => {
    const { stdout } = await lab.run(host, ["ss", "-Hlntu"]);
    return ports.every((port) => new RegExp(`:${port}\\s`).test(stdout));
  }, { explain: () => lab.tails() });
}
