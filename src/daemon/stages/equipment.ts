/** What a run works with and its configuration sets: opened once, and set anew by every reload. */

import type { Config } from "../../document/config.ts";
import { openBuffers } from "../core/buffers.ts";
import { hostname, pause } from "../platform/mod.ts";
import { runAwaited } from "../process/awaited_script.ts";
import { openThreadSettings, type ThreadSettings } from "../process/thread_settings.ts";
import type { LoadedConfig } from "../reading/load_config.ts";
import { type Children, type ChildrenOptions, openChildren } from "../scripts/mod.ts";
import {
  type Fifos,
  type LocalDaemons,
  type Mails,
  type MailSettings,
  openFifos,
  openLocals,
  openMails,
} from "../telling/mod.ts";
import type { Log } from "../log.ts";
import { maskFiles, partsThatRun, type Run } from "./given.ts";

/** The equipment of one run. */
export interface Equipment {
  readonly threads: ThreadSettings;
  readonly children: Children;
  /** None is open before {@linkcode Equipment.configure}. */
  readonly fifos: Fifos;
  readonly mails: Mails;
  /** Nobody is told of anything before {@linkcode Equipment.configure}, or {@linkcode LocalDaemons.configure}. */
  readonly locals: LocalDaemons;
  /** From now on as this configuration says. */
  configure(loaded: LoadedConfig): void;
}

/** Everything but the FIFOs is as `loaded` says. */
export function openEquipment({ core, log, options }: Run, loaded: LoadedConfig): Equipment {
  const threads = openThreadSettings({ core, log });
  const buffers = openBuffers({ core, log });
  const children = openChildren(core, childrenOptions(loaded, log));
  const fifos = openFifos(core, { children, log });
  const mails = openMails(core, { settings: mailSettings(loaded.config), log });
  const locals = openLocals(core, log);
  setThreads(loaded);

  function setThreads({ config, parts }: LoadedConfig): void {
    threads.configure(config.process, partsThatRun(options, parts));
    buffers.configure(config.global.netlinkBuffers);
  }

  return {
    threads,
    children,
    fifos,
    mails,
    locals,
    configure: (next) => {
      maskFiles(options, next.config);
      setThreads(next);
      children.configure(childrenOptions(next, log));
      mails.configure(mailSettings(next.config));
      fifos.configure(next.config.global.told.fifos, next.accounts);
      locals.configure(next.parts.vrrp);
    },
  };
}

function childrenOptions({ config, accounts }: LoadedConfig, log: Log): ChildrenOptions {
  const { scriptUser, enableScriptSecurity: guarded } = config.global;
  return { accounts, guarded, log, ...(scriptUser === undefined ? {} : { scriptUser }) };
}

/** Who mails, and to whom. */
function mailSettings({ global }: Config): MailSettings {
  const { told, smtpServer: server, notificationEmail: to, notificationEmailFrom: from } = global;
  const host = hostname();
  const config = server === undefined || to.length === 0 ? undefined : {
    server,
    to,
    timeout: global.smtpConnectTimeout,
    ...(from !== undefined && { from }),
    ...(told.smtpHeloName !== undefined && { helo: told.smtpHeloName }),
  };
  return { config, router: global.routerId ?? host, host };
}

/** How often it is looked whether a start is still wanted, ms. */
const STOP_LOOK_MS = 50;

/** `startup_script`: nothing else runs yet; a stop does not wait for it. */
export async function runStartupScript(
  { core, log, signals }: Run,
  { children }: Equipment,
  { config }: LoadedConfig,
): Promise<void> {
  const { startupScript } = config.process;
  if (startupScript === undefined) return;
  core.listen({
    packet: () => {},
    event: (event) => {
      if (event.event === "child-late" || event.event === "child-ended") children.heard(event);
    },
    failed: ({ message }) => log({ level: "error", from: "core", text: message }),
  });
  const script = { over: false };
  const run = runAwaited(startupScript, { keyword: "startup_script", children, log })
    .then(() => script.over = true);
  while (!script.over && !signals.isStopWanted()) await Promise.race([run, pause(STOP_LOOK_MS)]);
}
