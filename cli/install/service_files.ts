/** Files of an installation that are texts as they stand. */

/** /etc/default/holdfast or /etc/sysconfig/holdfast: read by the unit and the OpenRC script. */
export const OPTIONS_FILE =
  `# Options of the daemon, as on its command line; "holdfast --help" lists them.
# -D logs more, -f FILE reads another configuration, -V leaves addresses behind at exit.
HOLDFAST_OPTIONS=""
`;

/** Service script for OpenRC (openrc-run(8)). */
export const OPENRC = `#!/sbin/openrc-run
# Written by "holdfast install"; options stand in /etc/conf.d/holdfast or /etc/default/holdfast.

description="Virtual addresses (VRRP) and load balancing (LVS) from keepalived.conf"
description_reload="Read the configuration again"
extra_started_commands="reload"

[ -r /etc/default/holdfast ] && . /etc/default/holdfast

command=/usr/sbin/holdfast
command_args="\${HOLDFAST_OPTIONS:-\${KEEPALIVED_OPTS:-}}"
pidfile=/run/keepalived.pid
required_files=/etc/keepalived/keepalived.conf
retry="SIGTERM/15/SIGKILL/5"

depend() {
	need net
	use logger
	after firewall
	provide keepalived
}

start_pre() {
	/usr/sbin/holdfast -t
}

reload() {
	/usr/sbin/holdfast -t || return
	ebegin "Reloading \${RC_SVCNAME}"
	start-stop-daemon --signal HUP --pidfile "\${pidfile}"
	eend $?
}
`;

/** logrotate(8): only for those who log to a file (\`-g\`); the daemon appends, so copies are cut rather than moved. */
export const LOGROTATE = `/var/log/holdfast.log /tmp/keepalived.log {
	weekly
	rotate 8
	compress
	missingok
	notifempty
	copytruncate
}
`;
