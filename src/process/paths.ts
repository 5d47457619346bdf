/** Where the process keeps its files (cli.tsv, "file"). */

import type { ProcessConfig } from "./config.ts";

/** Path of the pid file when nothing says another: that of keepalived, which units and other programs look for. */
export const DEFAULT_PID_FILE = "/run/keepalived.pid";

/** Folder of pid files of daemons that are one of several. */
export const PID_FOLDER = "/run/keepalived";

/** Who this daemon is among several. */
export type Identity = Pick<ProcessConfig, "netNamespace" | "instance" | "usePidDir">;

/** The pid file of a daemon that the command line names none for. */
export function pidFileOf({ netNamespace, instance, usePidDir }: Identity): string {
  if (netNamespace === undefined && instance === undefined && !usePidDir) return DEFAULT_PID_FILE;
  return `${PID_FOLDER}/keepalived${instance === undefined ? "" : `_${instance}`}.pid`;
}

/** The file that marks a reload, when the configuration names none. */
export function reloadMarkerOf(pidFile: string): string {
  return `${pidFile.slice(0, pidFile.lastIndexOf("/") + 1)}keepalived.reload`;
}

/** A dump: of VRRP, of the checkers, statistics, JSON. */
export type DumpName =
  | "keepalived.data"
  | "keepalived_check.data"
  | "keepalived.stats"
  | "keepalived.json";

/** What decides where dumps go. */
export type DumpPlaces = Pick<
  ProcessConfig,
  "dumps" | "dataUseInstance" | "netNamespace" | "instance"
>;

/** Path of a dump; `folder` holds those that are not placed elsewhere. */
export function dumpPath(name: DumpName, places: DumpPlaces, folder: string): string {
  const written = writtenFor(name, places.dumps);
  const whole = written === undefined
    ? `${folder}/${name}`
    : written.endsWith("/")
    ? `${written}${name}`
    : name === "keepalived_check.data"
    ? beforeExtension(written, "_check")
    : written;
  const absolute = whole.startsWith("/") ? whole : `${folder}/${whole}`;
  const { dataUseInstance, netNamespace, instance } = places;
  const who = [netNamespace, instance].filter((each) => each !== undefined).join("_");
  return dataUseInstance && who !== "" ? beforeExtension(absolute, `.${who}`) : absolute;
}

function writtenFor(name: DumpName, dumps: DumpPlaces["dumps"]): string | undefined {
  switch (name) {
    case "keepalived.data":
    case "keepalived_check.data":
      return dumps.state;
    case "keepalived.stats":
      return dumps.stats;
    case "keepalived.json":
      return dumps.json;
  }
}

/** Puts something before the last dot of a file's name, or at its end. */
function beforeExtension(path: string, text: string): string {
  const dot = path.lastIndexOf(".");
  const at = dot > path.lastIndexOf("/") + 1 ? dot : path.length;
  return path.slice(0, at) + text + path.slice(at);
}
