/** Reloads under load: what is added, removed and given another weight costs no request, and no connection that lives. */

import assert from "node:assert/strict";
import { Lab, labTest, type Program, type Requirement, startNode, until } from "../lab/mod.ts";
import { ipvs, NAT, table, VIP } from "./seed004.ts";

const NEEDS: readonly Requirement[] = ["ipvs", "ipvsadm", "nginx", "wrk", "curl"];

/** Few, since each takes a slow machine some seconds; `HOLDFAST_RELOADS=100` is the proof. */
const RELOADS = Number(Deno.env.get("HOLDFAST_RELOADS") ?? 10);

/** Real servers: two hosts, two ports each. */
const SERVERS = ["192.168.1.130 80", "192.168.1.130 81", "192.168.1.129 80", "192.168.1.129 81"];

/** One configuration: which servers, and their weights. */
interface Round {
  readonly weights: readonly (number | undefined)[];
}

/** Any but the first may be missing, and weights change; every round differs from the one before. */
function roundOf(n: number): Round {
  const weights = SERVERS.map((_, index) => {
    const there = index === 0 || ((n >> (index - 1)) & 1) === 0;
    return there ? 1 + (n * 7 + index * 3) % 9 : undefined;
  });
  return { weights };
}

function config({ weights }: Round): string {
  const servers = SERVERS.flatMap((server, index) =>
    weights[index] === undefined ? [] : [`  real_server ${server} {
    weight ${weights[index]}
    TCP_CHECK {
      connect_timeout 5
    }
  }`]
  );
  return `virtual_server ${VIP} 80 {
  delay_loop 2
  retry 3
  lb_algo wrr
  lb_kind NAT
  protocol TCP
  drain_timeout 600
${servers.join("\n")}
}
`;
}

/** Rows of `ipvsadm -Sn` that a round must lead to; servers that leave may be there with weight 0. */
function rows({ weights }: Round): readonly string[] {
  const servers = SERVERS.flatMap((server, index) => {
    const weight = weights[index];
    const where = server.replace(" ", ":");
    return weight === undefined ? [] : [`-a -t ${VIP}:80 -r ${where} -m -w ${weight}`];
  });
  return [`-A -t ${VIP}:80 -s wrr`, ...servers];
}

/** A page, and a file that lasts as long as somebody takes it. */
async function startNginx(lab: Lab, host: string): Promise<Program> {
  const root = `${lab.dir}/www-${host}`;
  await Deno.mkdir(root);
  await Deno.writeTextFile(`${root}/index.html`, "<h1>served</h1>\n");
  await Deno.writeFile(`${root}/large`, new Uint8Array(64 << 20));
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const path = await lab.file(
    `nginx-${host}.conf`,
    `daemon off;
user root;
worker_processes 1;
error_log stderr;
pid ${root}/pid;
events { worker_connections 512; }
http {
  access_log off;
  ${folders.map((name) => `${name}_temp_path ${root}/${name};`).join("\n  ")}
  server {
    listen 80;
    listen 81;
    root ${root};
    keepalive_requests 20;
    location = /large { limit_rate 50k; }
  }
}
`,
  );
  return lab.start(host, ["nginx", "-e", "stderr", "-c", path], { name: `nginx in ${host}` });
}

/** What wrk says at its end. */
function report(text: string): { readonly requests: number; readonly faults: readonly string[] } {
  return {
    requests: Number(/(\d+) requests in/.exec(text)?.[1] ?? 0),
    faults: text.split("\n").filter((line) => /Socket errors|Non-2xx/.test(line)),
  };
}

labTest(
  "reloads at full load, no request fails, and a download that was begun before goes on",
  NEEDS,
  async () => {
    await using lab = await Lab.create(NAT);
    for (
      const line of [`address add ${VIP}/24 dev ens33`, "address add 192.168.1.2/24 dev ens37"]
    ) {
      await lab.run("master", ["ip", ...line.split(" ")]);
    }
    for (const host of ["rs1", "rs2"]) await startNginx(lab, host);
    const director = await startNode(lab, "master", {
      kind: "holdfast",
      config: config(roundOf(0)),
    });
    await table(lab, "master", rows(roundOf(0)));
    await until(
      "every server was asked",
      () =>
        director.lines.filter(({ text }) => /TCP_CHECK on service .* succeeded/.test(text))
          .length >= 4,
    );

    // A server that nobody uses leaves as soon as that is known.
    const fewer = { weights: roundOf(0).weights.with(-1, undefined) };
    await lab.file("master.conf", config(fewer));
    director.signal("SIGHUP");
    await director.seen(/Draining service .*192\.168\.1\.129\D+81 .*: at most 600 s/);
    await director.seen(/Drained service .*192\.168\.1\.129\D+81 .*: its connections are over/);
    await table(lab, "master", rows(fewer));

    const target = `${lab.dir}/download`;
    const download = lab.start("client", ["curl", "-sS", "-o", target, `http://${VIP}/large`], {
      name: "download",
    });
    const size = () => Deno.stat(target).then(({ size }) => size, () => 0);
    await until("the download has begun", async () => await size() > 0);
    const argv = ["-t1", "-c16", "-d3600s", "--timeout", "30s", `http://${VIP}/`];
    const wrk = lab.start("client", ["wrk", ...argv], { name: "wrk" });

    for (let n = 1; n <= RELOADS; n++) {
      const round = roundOf(n);
      await lab.file("master.conf", config(round));
      director.signal("SIGHUP");
      const wanted = new Set(rows(round));
      await until(`the table is that of reload ${n}`, async () => {
        const found = (await ipvs(lab, "master")).filter((row) => !row.endsWith("-w 0"));
        return found.length === wanted.size && found.every((row) => wanted.has(row));
      }, { explain: async () => (await ipvs(lab, "master")).join("\n") });
    }

    wrk.signal("SIGINT");
    await until("wrk has ended", () => wrk.status);
    const said = wrk.lines.map(({ text }) => text).join("\n");
    const { requests, faults } = report(said);
    assert.deepEqual(faults, [], said);
    assert.ok(requests > 1000, said);
    const before = await size();
    await until("the download goes on", async () => await size() > before);
    assert.equal(download.status, undefined, lab.tails());
  },
);
