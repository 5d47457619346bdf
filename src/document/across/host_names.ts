/** What only the machine knows of names: interfaces, and those of iproute2's tables, without which an entry is left out. */

import {
  allValues,
  type Bound,
  complain,
  type Finding,
  type Phrase,
  type Use,
} from "../../language/mod.ts";
import type { Word } from "../../language/source/words.ts";
import type { RouteNames } from "../../route/config.ts";
import type { Written } from "../../route/written.ts";
import type { HostFacts } from "../commands/mod.ts";
import type { ROOT } from "../table/root_table.ts";

type Root = Bound<typeof ROOT>;

/** Reports what this machine does not have. */
export function checkHostNames(
  root: Root,
  { host, names }: { readonly host: HostFacts; readonly names: RouteNames | undefined },
): void {
  const { interfaces } = host;
  for (const { value } of routeLists(root)) {
    for (const entry of value.entries) checkRoute(entry, { host, names });
  }
  const devs = [
    ...allValues(root.static_ipaddress),
    ...allValues(root.vrrp_instance).flatMap(({ body }) =>
      allValues(body.virtual_ipaddress_excluded)
    ),
  ].flatMap(({ entries }) => entries);
  for (const use of devs) {
    const { dev } = use.value;
    if (dev !== undefined) checkInterface(use, wordOf(use, dev), { interfaces });
  }
  for (const { body } of allValues(root.garp_group)) {
    const lists = allValues(body.interfaces).flatMap(({ entries }) => entries);
    for (const use of [...body.interface ?? [], ...lists]) {
      checkInterface(use, wordOf(use, use.value), { interfaces });
    }
  }
  const polled = allValues(root.linkbeat_interfaces).flatMap(({ entries }) => entries);
  const delayed = allValues(root.interface_up_down_delays).flatMap(({ entries }) => entries);
  for (const use of [...polled, ...delayed]) {
    checkInterface(use, wordOf(use, use.value.dev), { interfaces, status: "bad-interface" });
  }
}

function routeLists(
  root: Root,
): readonly Use<{ readonly entries: readonly Use<Written<unknown>>[] }>[] {
  return [
    ...root.static_routes ?? [],
    ...root.static_rules ?? [],
    ...allValues(root.vrrp_instance).flatMap(({ body }) => [
      ...body.virtual_routes ?? [],
      ...body.virtual_rules ?? [],
    ]),
  ];
}

function checkRoute(
  use: Use<Written<unknown>>,
  { host, names }: { readonly host: HostFacts; readonly names: RouteNames | undefined },
): void {
  for (const word of use.value.interfaces) checkInterface(use, word, host);
  for (const { table, word } of use.value.names) {
    if (names === undefined || names(table, word.text) !== undefined) continue;
    complain(use, word, {
      severity: "error",
      code: "unknown-name",
      message: `Cannot find the name ${word.text} in ${table}`,
      status: "general",
    });
  }
}

function wordOf({ words }: Phrase, text: string): Word | undefined {
  return words.find((word) => word.text === text);
}

function checkInterface(
  phrase: Phrase,
  word: Word | undefined,
  { interfaces, status = "warning" }: {
    readonly interfaces: ReadonlySet<string>;
    readonly status?: Finding["status"];
  },
): void {
  if (word === undefined || interfaces.has(word.text)) return;
  complain(phrase, word, {
    severity: "error",
    code: "interface-missing",
    message: `Cannot find interface ${word.text} of this entry`,
    status,
    about: { kind: "interface", name: word.text },
  });
}
