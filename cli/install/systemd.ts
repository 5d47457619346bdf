/** Units for systemd (systemd.service(5)). */

/** What a unit is made for. */
export interface UnitOptions {
  /** Runs as an account of its own, with ambient capabilities instead of root's. */
  readonly account?: string;
  /** Stands in for keepalived on this host: `systemctl restart keepalived` means this unit. */
  readonly asKeepalived?: boolean;
}

/** Capabilities of capabilities(7) the daemon may use: addresses and IPVS, raw sockets, scripts as other accounts, modules. */
const CAPABILITIES = [
  "CAP_NET_ADMIN",
  "CAP_NET_RAW",
  "CAP_NET_BIND_SERVICE",
  "CAP_SETUID",
  "CAP_SETGID",
  "CAP_KILL",
  "CAP_CHOWN",
  "CAP_SYS_NICE",
  "CAP_SYS_RESOURCE",
  "CAP_IPC_LOCK",
  "CAP_SYS_MODULE",
] as const;

/** What root has beside them that scripts and files of other accounts need. */
const OF_ROOT = [
  "CAP_DAC_OVERRIDE",
  "CAP_DAC_READ_SEARCH",
  "CAP_FOWNER",
  "CAP_SYS_ADMIN",
  "CAP_SYS_PTRACE",
  "CAP_SYSLOG",
] as const;

/**
 * The unit of the daemon. It reads the options of keepalived's packages too (`DAEMON_ARGS` of Debian, `KEEPALIVED_OPTIONS` of
 * Fedora), so that a host that changes over starts as it did.
 *
 * `KillMode=process`, as in keepalived's: only the daemon is asked to stop, and it ends its scripts, which end with it in any case. The
 * guardian is left alone, so that it can speak until the next run has begun (`systemctl restart`), or withdraw what a crash has left.
 */
export function unitText({ account, asKeepalived = false }: UnitOptions = {}): string {
  const bounded = account === undefined ? [...CAPABILITIES, ...OF_ROOT] : CAPABILITIES;
  return `# Written by "holdfast install"; your changes belong into a drop-in: systemctl edit holdfast
[Unit]
Description=holdfast: virtual addresses (VRRP) and load balancing (LVS) from keepalived.conf
Documentation=man:holdfast(8) man:holdfast.conf(5)
Wants=network-online.target
After=network-online.target syslog.target
${
    asKeepalived
      ? ""
      : "Conflicts=keepalived.service\n"
  }ConditionFileNotEmpty=/etc/keepalived/keepalived.conf

[Service]
Type=notify
NotifyAccess=main
EnvironmentFile=-/etc/default/keepalived
EnvironmentFile=-/etc/sysconfig/keepalived
EnvironmentFile=-/etc/default/holdfast
EnvironmentFile=-/etc/sysconfig/holdfast
ExecStart=/usr/sbin/holdfast --dont-fork $DAEMON_ARGS $KEEPALIVED_OPTIONS $HOLDFAST_OPTIONS
ExecReload=/bin/sh -c 'kill -HUP $MAINPID'
KillMode=process
TimeoutStopSec=15
Restart=on-failure
RestartSec=1
WatchdogSec=30
LimitNOFILE=65536
OOMScoreAdjust=-900
${
    account === undefined ? "" : `User=${account}
Group=${account}
AmbientCapabilities=${bounded.join(" ")}
RuntimeDirectory=keepalived
NoNewPrivileges=yes
`
  }CapabilityBoundingSet=${bounded.join(" ")}
ProtectClock=yes
ProtectKernelLogs=yes
ProtectHostname=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
${asKeepalived ? "Alias=keepalived.service\n" : ""}`;
}
