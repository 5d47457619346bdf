/** The block of global definitions with which both dumps begin. */

import type { GlobalDefs, ToldDefs } from "../global/config.ts";
import { commandText } from "./command_text.ts";
import { SECOND } from "../net/micros.ts";

/** keepalived's names of the FIFOs. */
const FIFOS = { all: "Global", vrrp: "VRRP", lvs: "LVS" } as const;

/** Each FIFO and the program that reads it, whose last argument is the FIFO. */
function fifoLines({ fifos, statesOnReload, priorityChanges }: ToldDefs): readonly string[] {
  const lines = (["all", "vrrp", "lvs"] as const).flatMap((of) => {
    const fifo = fifos[of];
    if (fifo === undefined) return [];
    const { path, user, group, script } = fifo;
    const owner = user === undefined
      ? ""
      : `, user ${user}${group === undefined ? "" : ` group ${group}`}`;
    return [
      ` ${FIFOS[of]} notify fifo = ${path}${owner}`,
      ...(script === undefined ? [] : [
        ` ${FIFOS[of]} notify fifo script = ${
          commandText({ ...script, argv: [...script.argv, path] })
        }`,
      ]),
    ];
  });
  return [
    ...lines,
    ` FIFO write vrrp states on reload = ${statesOnReload}`,
    ` VRRP notify priority changes = ${priorityChanges}`,
  ];
}

/** Its lines: the settings that holdfast acts on, under keepalived's names. */
export function globalLines(global: GlobalDefs): readonly string[] {
  const { smtpServer, garp } = global;
  return [
    "------< Global definitions >------",
    ...(global.routerId === undefined ? [] : [` Router ID = ${global.routerId}`]),
    ...(smtpServer === undefined ? [] : [
      ` Smtp server = ${smtpServer.host}`,
      ` Smtp server port = ${smtpServer.port}`,
      ` Smtp server connection timeout = ${global.smtpConnectTimeout / SECOND}`,
    ]),
    ...(global.notificationEmailFrom === undefined
      ? []
      : [` Email notification from = ${global.notificationEmailFrom}`]),
    ...(global.notificationEmail.length === 0 ? [] : [
      " Email notification =",
      ...global.notificationEmail.map((address) => `   ${address}`),
    ]),
    ...fifoLines(global.told),
    ` Checkers log all failures = ${global.checkerLogAllFailures}`,
    ` Default interface = ${global.defaultInterface}`,
    ` LVS flush = ${global.lvsFlush}`,
    ` VRRP IPv4 mcast group = ${global.vrrpMcastGroup4}`,
    ` VRRP IPv6 mcast group = ${global.vrrpMcastGroup6}`,
    ` Gratuitous ARP delay = ${garp.masterDelay / SECOND}`,
    ` Gratuitous ARP repeat = ${garp.masterRepeat}`,
    ` Gratuitous ARP refresh timer = ${garp.masterRefresh / SECOND}`,
    ` Gratuitous ARP refresh repeat = ${garp.masterRefreshRepeat}`,
    ` Gratuitous ARP lower priority delay = ${garp.lowerPrioDelay / SECOND}`,
    ` Gratuitous ARP lower priority repeat = ${garp.lowerPrioRepeat}`,
    ` Num adverts before down = ${global.vrrpDownTimerAdverts}`,
    ` Send advert after receive lower priority advert = ${!global.vrrpLowerPrioNoAdvert}`,
    ` Send advert after receive higher priority advert = ${global.vrrpHigherPrioSendAdvert}`,
    ` VRRP default protocol version = ${global.vrrpVersion}`,
    ` VRRP check unicast_src = ${global.vrrpCheckUnicastSrc}`,
    ` VRRP skip check advert addresses = ${global.vrrpSkipCheckAdvAddr}`,
    ` VRRP strict mode = ${global.vrrpStrict}`,
    ` Script security ${global.enableScriptSecurity ? "enabled" : "disabled"}`,
  ];
}
