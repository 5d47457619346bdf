/** Complaints about the command line in words. */

import type { Complaint } from "./command_line.ts";
import { type DaemonOption, OPTIONS } from "./options.ts";
import { nearest } from "../../src/language/findings/suggest.ts";

/** One line. */
export function complaintText(complaint: Complaint): string {
  const { spelled } = complaint;
  switch (complaint.kind) {
    case "unknown":
      return `Cannot use ${spelled}: there is no such option${suggestion(spelled)}`;
    case "ambiguous": {
      const names = complaint.options.map(({ long }) => `--${long}`);
      return `Cannot tell which option ${spelled} is: ${names.join(", ")}`;
    }
    case "value-missing":
      return `Cannot use ${spelled} without its value: ${complaint.option.flags}`;
    case "value-unwanted":
      return `Cannot give ${spelled} a value: it takes none`;
    case "value-refused":
      return `Cannot set ${spelled} to "${complaint.value}": must be ${complaint.must}`;
    case "absent":
      return `Cannot use ${spelled}: holdfast does not have keepalived's --${complaint.option.long}${
        whyOf(complaint.option)
      }`;
  }
}

/** What to do instead of what is refused. */
function whyOf(option: DaemonOption): string {
  return option.kind === "absent" ? `, ${option.why}` : "";
}

/** Words of one letter resemble all others. */
function suggestion(spelled: string): string {
  if (!spelled.startsWith("--")) return "";
  const likely = nearest(
    spelled.slice("--".length),
    OPTIONS.filter(({ kind }) => kind !== "absent").map(({ long }) => long),
  );
  return likely === undefined ? "" : `, did you mean --${likely}`;
}
