/** What an installation consists of besides the program itself: every file with its place, mode and content. */

import { exampleText } from "../example/text.ts";
import { configManPage } from "./config_man_page.ts";
import { manPage } from "./man_page.ts";
import { LOGROTATE, OPENRC, OPTIONS_FILE } from "./service_files.ts";
import { unitText } from "./systemd.ts";

/** A file that `holdfast install` writes and `holdfast uninstall` removes. */
export interface InstalledFile {
  /** Absolute, under the root of the host. */
  readonly path: string;
  readonly mode: number;
  readonly content: string;
  /** The operator's: written only where there is none, removed only when unchanged. */
  readonly operators: boolean;
}

/** What the host is like, as far as it decides which files it needs. */
export interface HostKind {
  readonly systemd: boolean;
  readonly openrc: boolean;
  /** Options stand in /etc/sysconfig (Fedora, SUSE), not in /etc/default. */
  readonly sysconfig: boolean;
  /** holdfast answers to the name keepalived here. */
  readonly asKeepalived: boolean;
}

/** Account of the unit that does without root. */
const ACCOUNT = "holdfast";

/** All files for such a host. */
export function installedFiles(host: HostKind): readonly InstalledFile[] {
  const options = `/etc/${host.sysconfig ? "sysconfig" : "default"}/holdfast`;
  return [
    ...host.systemd
      ? [
        ours(
          "/usr/lib/systemd/system/holdfast.service",
          unitText({ asKeepalived: host.asKeepalived }),
        ),
        ours("/usr/lib/systemd/system/holdfast-nonroot.service", unitText({ account: ACCOUNT })),
        ours("/usr/lib/sysusers.d/holdfast.conf", SYSUSERS),
      ]
      : [],
    ...host.openrc ? [{ ...ours("/etc/init.d/holdfast", OPENRC), mode: 0o755 }] : [],
    operators(options, OPTIONS_FILE),
    operators("/etc/logrotate.d/holdfast", LOGROTATE),
    ours("/usr/share/doc/holdfast/examples/keepalived.conf", exampleText("nat", {})),
    ours("/usr/share/man/man8/holdfast.8", manPage()),
    ours("/usr/share/man/man5/holdfast.conf.5", configManPage()),
  ];
}

/** Only the unit without root uses it (sysusers.d(5)). */
const SYSUSERS = `# Written by "holdfast install"
u ${ACCOUNT} - "holdfast without root" /run/keepalived /usr/sbin/nologin
`;

function ours(path: string, content: string): InstalledFile {
  return { path, mode: 0o644, content, operators: false };
}

function operators(path: string, content: string): InstalledFile {
  return { ...ours(path, content), operators: true };
}
