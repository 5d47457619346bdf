/** Configurations of the size that large installations have, for measuring and for tests. */

/** Virtual servers, each with four checked real servers. */
export function serverFile(count: number): string {
  const real = (server: number, index: number) =>
    `    real_server 192.168.${server % 250}.${index + 1} ${1000 + server} {\n        weight 1\n` +
    "        TCP_CHECK {\n            connect_timeout 3\n            retry 3\n" +
    "            delay_before_retry 3\n        }\n    }\n";
  return Array.from(
    { length: count },
    (_, server) =>
      `virtual_server 10.${Math.floor(server / 250) % 250}.${server % 250}.1 80 {\n` +
      "    delay_loop 6\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP\n" +
      [0, 1, 2, 3].map((index) => real(server, index)).join("") + "}\n\n",
  ).join("");
}

/** Instances on four interfaces. */
export function instanceFile(count: number): string {
  return Array.from(
    { length: count },
    (_, index) =>
      `vrrp_instance VI_${index} {\n    state BACKUP\n    interface lo${index % 4}\n` +
      `    virtual_router_id ${
        Math.floor(index / 4) % 255 + 1
      }\n    priority 100\n    advert_int 1\n` +
      "    authentication {\n        auth_type PASS\n        auth_pass secret\n    }\n" +
      `    virtual_ipaddress {\n        10.${Math.floor(index / 250)}.${index % 250}.1/24\n` +
      `        10.${Math.floor(index / 250)}.${index % 250}.2/24\n    }\n}\n\n`,
  ).join("");
}

/** What is measured: a name, and the text. */
export const CONFIG_FILES: readonly (readonly [string, string])[] = [
  ["nothing", "global_defs {\n}\n"],
  ["1,000 instances", instanceFile(1000)],
  ["5,000 virtual servers with 20,000 real servers", serverFile(5000)],
];
