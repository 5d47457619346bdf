/** What is said to the operator: a value, written by the shell. */

/** One line for the log. */
export interface LogLine {
  readonly kind: "log";
  /** Severity by the names of syslog (RFC 5424 §6.2.1). `debug` needs `-D` twice, `info` `-D`. */
  readonly level: "debug" | "info" | "notice" | "warning" | "error";
  /** Part that speaks; the log shows `Keepalived_vrrp` and so on, which log-based alerting looks for. */
  readonly from: "vrrp" | "check" | "core";
  /** Upper case first, no full stop, no secrets. */
  readonly text: string;
}
