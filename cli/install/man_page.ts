/** holdfast(8): the options from their table, and what else an operator looks up. */

import { OPTIONS } from "../line/options.ts";
import { VERSION } from "../version.ts";
import { item, paragraph, section, title, verbatim } from "./roff.ts";

/** The page, in man(7) macros. */
export function manPage(): string {
  return [
    title("holdfast", 8, VERSION),
    section(
      "Name",
      "holdfast \\- virtual addresses (VRRP) and load balancing (LVS) from keepalived.conf\n",
    ),
    section(
      "Synopsis",
      verbatim("holdfast [options]\nholdfast -t [options]\nholdfast command [arguments]"),
    ),
    section(
      "Description",
      paragraph(
        "holdfast reads keepalived.conf, elects a VRRP master and moves virtual addresses with it, and keeps the kernel's IPVS tables in step with the health of real servers. It answers to the options, signals, files and exit codes of keepalived(8).",
      ),
    ),
    section("Options", ...OPTIONS.flatMap(optionItem)),
    section("Commands", ...COMMANDS.map(([name, text]) => item(name, text))),
    section("Signals", ...SIGNALS.map(([name, text]) => item(name, text))),
    section("Exit status", ...EXITS.map(([code, text]) => item(code, text))),
    section("Files", ...FILES.map(([path, text]) => item(path, text))),
    section(
      "See also",
      paragraph("holdfast.conf(5), ipvsadm(8), ip-address(8), systemd.service(5)"),
    ),
  ].join("");
}

function optionItem(option: (typeof OPTIONS)[number]): readonly string[] {
  return option.kind === "absent" ? [] : [item(option.flags, `${sentence(option.text)}`)];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

const COMMANDS = [
  [
    "check [file]",
    "Tells every mistake of a configuration, and what is accepted and still will not do what was meant.",
  ],
  ["fmt [file]", "Gives a configuration its one layout."],
  ["explain keyword", "Tells what a keyword means, its range and default."],
  ["example [kind]", "Prints a commented configuration with this host's interfaces filled in."],
  ["genhash", "Prints the digest of a page, as HTTP_GET compares it."],
  [
    "install, uninstall",
    "Puts the program, its service and its manual pages on this host, and takes them away.",
  ],
  ["completion shell", "Prints a completion script for bash, zsh or fish."],
  ["lsp", "Speaks the Language Server Protocol, for editors."],
  [
    "restart",
    "Lets the running daemon begin anew in its place: from the file of the program and the configuration as they are by now, without a failover.",
  ],
  [
    "status",
    "Tells how the running daemon is: states, split brain, servers, and what needs attention.",
  ],
  ["stop", "Stops the running daemon, hands over what it is master of, and waits for the end."],
  [
    "upgrade file",
    "Tests a new program, puts it in the place of the running one and restarts without a failover; goes back when the new one does not start.",
  ],
  ["plan, reload", "Tells what a reload would do; reloads, and waits for the end."],
  ["doctor", "Tells what of this host is in the way, and the commands that mend it."],
  ["trace [log]", "Names lines of the source in the stack traces of a log."],
] as const;

const SIGNALS = [
  ["SIGTERM, SIGINT", "Stops: masters say so to the others, then addresses and services go."],
  ["SIGHUP", "Reads the configuration again. One that cannot be used changes nothing."],
  ["SIGUSR1", "Writes the state to keepalived.data and keepalived_check.data."],
  ["SIGUSR2", "Writes the statistics to keepalived.stats."],
  ["SIGRTMAX-1", "Writes the statistics and sets them to zero."],
  ["SIGRTMIN+2", "Writes the state to keepalived.json."],
] as const;

const EXITS = [
  ["0", "Stopped, or the tested configuration is good."],
  ["1", "A bad option, or something it cannot do without is missing."],
  ["4", "The configuration cannot be read; tested: it has an error that ends the daemon."],
  ["5", "Tested: the configuration has mistakes that are passed over."],
  ["6", "There is no configuration; tested: scripts are not secure."],
] as const;

const FILES = [
  ["/etc/keepalived/keepalived.conf", "The configuration, see holdfast.conf(5)."],
  ["/run/keepalived.pid", "Number of the process."],
  ["/tmp/keepalived.data, .stats, .json", "What the signals ask for."],
] as const;
