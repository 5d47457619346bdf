import { Lab, labTest, type Topology } from "../lab/mod.ts";
import {
  type Case,
  judge,
  listening,
  makeCertificate,
  startCutting,
  startTls,
  startWeb,
} from "./mod.ts";

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.8.8.1/24"] } } },
};

const PORTS = { plain: 8080, secure: 8443, client: 8444, named: 8445 };

/** Where `openssl s_server` is, and a server that ends TLS without close_notify. */
const S_SERVER = 8446;
const CUTTING = 8447;

/** MD5 of `hello world` and a line feed. */
const HELLO = "6f5902ac237024bdd0c176cb93063dc4";

/** A check as a case; the real server's port is its number. */
interface Check extends Pick<Case, "name" | "good" | "keepalived"> {
  readonly v6?: true;
  readonly kind: "HTTP_GET" | "SSL_GET";
  readonly port: number;
  /** Rows of the checker. */
  readonly rows?: string;
  /** Rows of each url. */
  readonly urls: readonly string[];
}

function caseOf({ v6, kind, port, rows, urls, ...rest }: Check, index: number): Case {
  const blocks = urls.map((url) => `url {\n${url}\n}`).join("\n");
  const check = `${kind} {\nconnect_port ${port}\n${rows ?? ""}\n${blocks}\n}`;
  return { ...rest, address: v6 ? "::1" : "127.0.0.1", port: index + 1, check };
}

const HTTP: readonly Check[] = ([
  { name: "status", urls: ["path /"], good: true },
  { name: "status over IPv6", urls: ["path /"], good: true, v6: true },
  { name: "status not there", urls: ["path /404"], good: false },
  { name: "status range", urls: ["path /404\nstatus_code 200 400-404"], good: true },
  { name: "status of no range", urls: ["path /201\nstatus_code 200 202-299"], good: false },
  { name: "digest", urls: [`path /\ndigest ${HELLO}`], good: true },
  { name: "digest of another", urls: [`path /lines\ndigest ${HELLO}`], good: false },
  { name: "1.1", rows: "http_protocol 1.1", urls: [`path /\ndigest ${HELLO}`], good: true },
  { name: "1.0C", rows: "http_protocol 1.0C", urls: ["path /"], good: true },
  { name: "two urls", rows: "fast_recovery", urls: ["path /", "path /lines"], good: true },
  { name: "second url bad", rows: "fast_recovery", urls: ["path /", "path /404"], good: false },
  {
    name: "virtualhost",
    rows: "virtualhost a.example",
    urls: ['path /host\nregex "is a[.]example[.]"'],
    good: true,
  },
  {
    name: "virtualhost of the url",
    rows: "virtualhost a.example",
    urls: ['path /host\nvirtualhost b.example\nregex "is b[.]example[.]"'],
    good: true,
  },
  { name: "regex", urls: ['path /lines\nregex "second: [0-9]{2}"'], good: true },
  { name: "regex not there", urls: ['path /lines\nregex "third"'], good: false },
  { name: "regex_no_match", urls: ['path /lines\nregex "third"\nregex_no_match'], good: true },
  {
    name: "regex_no_match there",
    urls: ['path /lines\nregex "first"\nregex_no_match'],
    good: false,
  },
  {
    name: "regex at the end",
    urls: ['path /\nregex "world$"'],
    good: true,
    keepalived: { good: false, why: "2.2.7 finds no end" },
  },
  {
    name: "regex dollar_endonly",
    urls: ['path /\nregex "world$"\nregex_options dollar_endonly'],
    good: false,
  },
  { name: "regex caseless", urls: ['path /\nregex "HELLO"\nregex_options caseless'], good: true },
  {
    name: "regex multiline",
    urls: ['path /lines\nregex "^last$"\nregex_options multiline'],
    good: true,
    keepalived: { good: false, why: "2.2.7 finds no end" },
  },
  { name: "regex not multiline", urls: ['path /lines\nregex "^last$"'], good: false },
  {
    name: "regex_min_offset",
    urls: ['path /lines\nregex "first"\nregex_min_offset 1'],
    good: false,
    keepalived: { good: true, why: "2.2.7 only skips whole pieces" },
  },
  {
    name: "regex_max_offset",
    urls: ['path /lines\nregex "second"\nregex_max_offset 5'],
    good: false,
  },
  {
    name: "regex within",
    urls: ['path /lines\nregex "second"\nregex_min_offset 6\nregex_max_offset 6'],
    good: true,
    keepalived: { good: false, why: "2.2.7 takes the limit for over it" },
  },
  { name: "nobody", port: 9, urls: ["path /"], good: false },
] as const).map((check) => ({ kind: "HTTP_GET", port: PORTS.plain, ...check }));

labTest(
  "HTTP_GET, against nginx, over IPv4 and IPv6, judges as keepalived does",
  ["nginx", "openssl", "ss"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await startWeb(lab, "node", PORTS, await makeCertificate(lab));
    await listening(lab, "node", [PORTS.plain]);
    await judge(lab, "node", HTTP.map(caseOf));
  },
);

const ours = { why: "the keyword is holdfast's" };

const SSL: readonly Check[] = ([
  { name: "status", urls: ["path /"], good: true },
  { name: "status over IPv6", urls: ["path /"], good: true, v6: true },
  { name: "status not there", urls: ["path /404"], good: false },
  { name: "digest", urls: [`path /\ndigest ${HELLO}`], good: true },
  { name: "regex", urls: ['path /lines\nregex "second"'], good: true },
  { name: "no TLS there", port: PORTS.plain, urls: ["path /"], good: false },
  { name: "nobody", port: 9, urls: ["path /"], good: false },
  { name: "s_server", port: S_SERVER, urls: ["path /"], good: true },
  { name: "cut off", port: CUTTING, urls: ["path /"], good: true },
  {
    name: "SNI of the check",
    port: PORTS.named,
    rows: "enable_sni\nvirtualhost web.example",
    urls: ["path /"],
    good: true,
  },
  { name: "SNI of none", port: PORTS.named, urls: ["path /"], good: false },
  {
    name: "SNI of another",
    port: PORTS.named,
    rows: "enable_sni",
    urls: ["path /\nvirtualhost no.example"],
    good: false,
  },
  {
    name: "sni_name",
    port: PORTS.named,
    rows: "enable_sni\nsni_name web.example",
    urls: ["path /\nvirtualhost no.example"],
    good: true,
    keepalived: { why: "2.2.7 does not know sni_name" },
  },
  { name: "client certificate", port: PORTS.client, urls: ["path /"], good: true },
  { name: "tls_compliant", rows: "tls_compliant", urls: ["path /"], good: true, keepalived: ours },
  {
    name: "tls_compliant, cut off",
    port: CUTTING,
    rows: "tls_compliant",
    urls: ["path /"],
    good: false,
    keepalived: { why: "2.2.7 does not know tls_compliant" },
  },
  { name: "verify the address", rows: "verify", urls: ["path /"], good: true, keepalived: ours },
  {
    name: "verify the name",
    rows: "verify\nenable_sni\nvirtualhost web.example",
    urls: ["path /"],
    good: true,
    keepalived: ours,
  },
  {
    name: "verify another name",
    rows: "verify\nenable_sni\nvirtualhost no.example",
    urls: ["path /"],
    good: false,
    keepalived: ours,
  },
  {
    name: "verify another address",
    rows: "verify",
    urls: ["path /"],
    good: false,
    v6: true,
    keepalived: ours,
  },
] as const).map((check) => ({ kind: "SSL_GET", port: PORTS.secure, ...check }));

labTest(
  "SSL_GET, against nginx and openssl s_server, over IPv4 and IPv6, judges as keepalived does",
  ["nginx", "openssl", "python3", "ss"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const made = await makeCertificate(lab);
    await startWeb(lab, "node", PORTS, made);
    startTls(lab, "node", S_SERVER, made);
    await startCutting(lab, "node", CUTTING, made);
    await listening(lab, "node", [PORTS.secure, S_SERVER, CUTTING]);
    const { certificate, encryptedKey } = made;
    const ssl =
      `SSL {\n  ca ${certificate}\n  certificate ${certificate}\n  key ${encryptedKey}\n  password secret\n}\n`;
    await judge(lab, "node", SSL.map(caseOf), ssl);
  },
);

labTest(
  "SSL_GET without a client certificate where one is demanded, and by verify without trust, is bad",
  ["nginx", "openssl", "ss"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await startWeb(lab, "node", PORTS, await makeCertificate(lab));
    await listening(lab, "node", [PORTS.secure]);
    const checks: readonly Check[] = [
      { name: "demanded", kind: "SSL_GET", port: PORTS.client, urls: ["path /"], good: false },
      {
        name: "verify by what the machine trusts",
        kind: "SSL_GET",
        port: PORTS.secure,
        rows: "verify",
        urls: ["path /"],
        good: false,
        keepalived: ours,
      },
    ];
    await judge(lab, "node", checks.map(caseOf));
  },
);
