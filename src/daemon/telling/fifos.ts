/** The notify FIFOs: which are open, the programs that read them, and the lines that are written to them. */

import type { FifoDef } from "../../global/config.ts";
import { sameValue } from "../../net/equal.ts";
import type { Core, Event } from "../../native/mod.ts";
import type { Log } from "../log.ts";
import { type Accounts, type Children, runsAs, sentence } from "../scripts/mod.ts";

/** What news a FIFO is told of. */
type Scope = "all" | "vrrp" | "lvs";

/** FIFOs as configured. */
export type FifoDefs = Readonly<Partial<Record<Scope, FifoDef>>>;

/** FIFOs that are open. */
export interface Fifos {
  /** Opens those that are configured, and closes those that are not any more; one that stays keeps its reader. */
  configure(defs: FifoDefs, accounts: Accounts): void;
  /** Writes a line about virtual routers or about servers to those that are told of them. Nobody is waited for. */
  write(of: "vrrp" | "lvs", line: string): void;
  /** Takes what the core says of lines that nobody has read. */
  dropped(event: Extract<Event, { readonly event: "fifo-dropped" }>): void;
  /** Ends the programs and removes what was made. */
  close(): void;
}

/** keepalived ends a line about servers with one NUL more. */
const END = { vrrp: "\n", lvs: "\n\0" } as const;

/** No FIFO is open yet. */
export function openFifos(
  core: Pick<Core, "ask" | "tell">,
  { children, log }: { readonly children: Children; readonly log: Log },
): Fifos {
  let open: FifoDefs = {};

  function configure(defs: FifoDefs, accounts: Accounts): void {
    for (const scope of SCOPES) {
      const [before, def] = [open[scope], defs[scope]];
      if (sameValue(before, def)) continue;
      if (before !== undefined) shut(scope, before);
      if (def !== undefined) begin(scope, def, accounts);
    }
    open = defs;
  }

  function begin(scope: Scope, def: FifoDef, accounts: Accounts): void {
    const { path, user, group, script } = def;
    const owner = user === undefined
      ? { kind: "daemon" } as const
      : runsAs({ user, ...(group !== undefined && { group }) }, undefined, accounts);
    if (owner.kind === "nobody") return complain(owner.reason);
    const account = owner.kind === "account" ? { account: owner.account } : {};
    core.ask({ call: "open-fifo", path, ...account }, (result) => {
      if (result.result === "failed") complain(sentence(result.message));
    });
    if (script === undefined) return;
    const command = { ...script, argv: [...script.argv, path] };
    children.keep(keyOf(scope), command, (why) => {
      complain(`${NAMES[scope]} terminated: ${why}`);
    });
  }

  function shut(scope: Scope, { path }: FifoDef): void {
    children.dismiss(keyOf(scope));
    core.tell({ call: "close-fifo", path });
  }

  function complain(text: string): void {
    log({ level: "warning", from: "core", text });
  }

  return {
    configure,
    write: (of, line) => {
      const text = `${line}${END[of]}`;
      const paths = new Set([open.all?.path, open[of]?.path]);
      for (const path of paths) {
        if (path !== undefined) core.tell({ call: "write-fifo", path, text });
      }
    },
    dropped: ({ path, count }) => {
      const lines = count === 1 ? "a line" : `${count} lines`;
      complain(`Dropped ${lines} for the FIFO ${path}: nobody reads it`);
    },
    close: () => configure({}, { users: new Map(), groups: new Map() }),
  };
}

const SCOPES = ["all", "vrrp", "lvs"] as const;

/** keepalived's words. */
const NAMES: Readonly<Record<Scope, string>> = {
  all: "notify fifo script",
  vrrp: "vrrp notify fifo script",
  lvs: "lvs notify fifo script",
};

function keyOf(scope: Scope): string {
  return `fifo ${scope}`;
}
