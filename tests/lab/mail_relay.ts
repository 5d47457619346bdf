/** A relay for mails that prints every one it gets, behind a line with its envelope. */

import type { Lab } from "./lab.ts";
import type { Program } from "./program.ts";
import { run } from "./lab.ts";
import { PYTHON } from "./requirements.ts";

/** Starts one on port 2525 of the host itself. */
export async function startMailRelay(lab: Lab, host: string): Promise<Program> {
  const file = await lab.file(
    "relay.py",
    `import sys, time
from aiosmtpd.controller import Controller
class Handler:
    async def handle_HELO(self, server, session, envelope, hostname):
        session.host_name = hostname
        return "250 " + server.hostname
    async def handle_DATA(self, server, session, envelope):
        print("MAIL", session.host_name, envelope.mail_from, *envelope.rcpt_tos)
        print(envelope.content.decode().replace("\\r\\n", "\\n"))
        print("END", flush=True)
        return "250 taken"
controller = Controller(Handler(), hostname="127.0.0.1", port=2525)
controller.start()
print("READY", flush=True)
time.sleep(600)
`,
  );
  await run(lab.argv(host, ["ip", "link", "set", "lo", "up"]));
  const relay = lab.start(host, [PYTHON, "-u", file]);
  await relay.seen(/READY/);
  return relay;
}

/** The lines of each mail, its envelope first. */
export function mailsIn({ lines }: Program): readonly (readonly string[])[] {
  const mails: string[][] = [];
  let mail: string[] | undefined;
  for (const { text } of lines) {
    if (text.startsWith("MAIL ")) mail = [];
    if (text === "END" && mail !== undefined) {
      mails.push(mail);
      mail = undefined;
    }
    mail?.push(text);
  }
  return mails;
}

/** Subjects of mails. */
export function subjects(mails: readonly (readonly string[])[]): readonly string[] {
  return mails.flat().flatMap((line) => line.startsWith("Subject: ") ? [line.slice(9)] : []);
}
