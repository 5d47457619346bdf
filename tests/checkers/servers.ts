/** Debian's servers, started in a host of a lab, each when it is listening. */

import { type Lab, type Program, PYTHON, run, until } from "../lab/mod.ts";

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
  return lab.start(host, [PYTHON, "-m", "aiosmtpd", "-n", "-l", at], { name: `aiosmtpd ${at}` });
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

/** A key and a certificate for `web.example` and 127.0.0.1, signed by itself; the key also encrypted with `secret`. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
  readonly encryptedKey: string;
}

export async function makeCertificate(lab: Lab): Promise<Certificate> {
  const path = (name: string) => `${lab.dir}/${name}.pem`;
  await run([
    ...[
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
    ],
    ...[
      "-days",
      "30",
      "-subj",
      "/CN=web.example",
      "-keyout",
      path("key"),
      "-out",
      path("certificate"),
    ],
    ...[
      "-addext",
      "subjectAltName=DNS:web.example,IP:127.0.0.1",
      "-addext",
      "basicConstraints=critical,CA:FALSE",
    ],
  ]);
  await run([
    ...["openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:secret"],
    ...["-in", path("key"), "-out", path("encrypted")],
  ]);
  return {
    certificate: path("certificate"),
    key: path("key"),
    encryptedKey: path("encrypted"),
  };
}

/**
 * nginx over IPv4 and IPv6: `plain` in the clear, `secure` over TLS, `client` only for who has the certificate, `named` only for who
 * says `web.example` in the handshake. `/` is `hello world` and a line feed, `/lines` some lines, `/404` is not there, `/201` says so;
 * `/host` tells the host that was asked for.
 */
export async function startWeb(
  lab: Lab,
  host: string,
  ports: {
    readonly plain: number;
    readonly secure: number;
    readonly client: number;
    readonly named: number;
  },
  { certificate, key }: Certificate,
): Promise<Program> {
  const listen = (port: number, how = "") =>
    `listen 127.0.0.1:${port}${how};\n    listen [::1]:${port}${how};`;
  const identity = `ssl_certificate ${certificate};\n    ssl_certificate_key ${key};`;
  const config = await lab.file(
    "nginx.conf",
    `daemon off;
worker_processes 1;
error_log stderr;
pid ${lab.dir}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  ${
      ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) =>
        `${name}_temp_path ${lab.dir}/${name};`
      ).join("\n  ")
    }
  default_type text/plain;
  server {
    ${listen(ports.plain)}
    ${listen(ports.secure, " ssl")}
    ${identity}
    location = / { return 200 "hello world\\n"; }
    location = /lines { return 200 "first\\nsecond: 42\\nlast"; }
    location = /201 { return 201 ""; }
    location = /host { return 200 "host is $host."; }
    location / { return 404 "not there"; }
  }
  server {
    ${listen(ports.client, " ssl")}
    ${identity}
    ssl_client_certificate ${certificate};
    ssl_verify_client on;
    location / { return 200 "hello world\\n"; }
  }
  server {
    ${listen(ports.named, " ssl default_server")}
    ssl_reject_handshake on;
  }
  server {
    ${listen(ports.named, " ssl")}
    server_name web.example;
    ${identity}
    location / { return 200 "hello world\\n"; }
  }
}
`,
  );
  return lab.start(host, ["nginx", "-e", "stderr", "-c", config], { name: "nginx" });
}

/** `openssl s_server`, which answers every request with a page about the handshake. */
export function startTls(
  lab: Lab,
  host: string,
  port: number,
  { certificate, key }: Certificate,
): Program {
  return lab.start(
    host,
    ["openssl", "s_server", "-www", "-accept", `${port}`, "-cert", certificate, "-key", key],
    { name: "openssl s_server" },
  );
}

/** A server that closes the connection behind its response, without close_notify. */
export async function startCutting(
  lab: Lab,
  host: string,
  port: number,
  { certificate, key }: Certificate,
): Promise<Program> {
  const script = await lab.file(
    "cutting.py",
    `import socket, ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("${certificate}", "${key}")
listener = socket.create_server(("127.0.0.1", ${port}))
while True:
    plain, _ = listener.accept()
    try:
        secure = context.wrap_socket(plain, server_side=True)
        secure.recv(4096)
        secure.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nhello world")
        secure.close()
    except OSError:
        plain.close()
`,
  );
  return lab.start(host, [PYTHON, script], { name: "a server that cuts TLS off" });
}
