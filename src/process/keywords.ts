/** Rows of the top level that are about the process. */

import { flag, type Table, wholeSeconds, word } from "../language/mod.ts";
import { SECOND } from "../net/micros.ts";

/** They stand beside the blocks of a file. */
export const PROCESS_ROWS = {
  net_namespace: word({
    to: "netNamespace",
    twice: "first",
    missing: "reported",
    absent: "the one it was started in",
    text: "Moves the whole daemon into a named network namespace",
  }),
  use_pid_dir: flag({
    to: "usePidDir",
    default: false,
    text: "Puts the pid file into /run/keepalived",
  }),
  instance: word({
    to: "instance",
    twice: "first",
    missing: "reported",
    text: "Names this daemon so that several can coexist on a host",
  }),
  child_wait_time: wholeSeconds({
    to: "childWaitTime",
    junk: "refused",
    default: 5 * SECOND,
    text: "How long the end may take: scripts and files are waited for no longer",
  }),
} satisfies Table;
