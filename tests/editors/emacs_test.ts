/** Emacs and eglot with the recipe of docs/EDITORS.md, driven by keys: `deno task editors`; skipped where they are missing. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { atDesk, type Desk, output, recipe, until, versionOf } from "./desk.ts";

const EMACS = versionOf("emacs");
const SKIPPED = EMACS === undefined || versionOf("script") === undefined || !hasEglot();

/** Part of Emacs from 29 on, a package before. */
function hasEglot(): boolean {
  const args = ["--batch", "--eval", "(package-initialize)", "--eval", "(require 'eglot)"];
  return new Deno.Command("emacs", { args, stdout: "null", stderr: "null" }).outputSync().success;
}

interface Emacs {
  readonly type: (keys: string) => void;
  /** Waits for a value of Lisp in the current buffer. */
  readonly see: (expression: string, fits: RegExp) => Promise<string>;
}

async function withEmacs(desk: Desk, test: (editor: Emacs) => Promise<void>): Promise<void> {
  const socket = `${desk.folder}/socket`;
  await Deno.mkdir(`${desk.folder}/.emacs.d`);
  // A home without compiled packages: Emacs 28 would compile them now, and open a window for warnings.
  await Deno.writeTextFile(
    `${desk.folder}/.emacs.d/early-init.el`,
    "(setq native-comp-deferred-compilation nil native-comp-jit-compilation nil)\n",
  );
  await Deno.writeTextFile(`${desk.folder}/.emacs.d/init.el`, recipe("Emacs"));
  const command =
    `exec emacs -nw --eval '(setq server-name "${socket}")' --eval '(server-start)' ${desk.file}`;
  // On a terminal, as somebody uses it: only then keys go through the command loop.
  const editor = spawn("script", ["-qec", command, "/dev/null"], {
    env: desk.env,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const exited = once(editor, "exit");
  const ask = (expression: string) =>
    output("emacsclient", [
      ...["-s", socket, "--eval"],
      `(with-current-buffer (window-buffer (selected-window)) ${expression})`,
    ], desk);
  try {
    const see = (expression: string, fits: RegExp) => until(() => ask(expression), fits);
    await see("major-mode", /^keepalived-conf-mode$/);
    await test({ type: (keys) => void editor.stdin.write(keys), see });
  } finally {
    ask("(let ((kill-emacs-hook nil)) (kill-emacs))");
    editor.stdin.end();
    await exited;
  }
}

const FINDINGS = `(mapconcat #'flymake-diagnostic-text (flymake-diagnostics) "|")`;
const LINE = "(buffer-substring-no-properties (line-beginning-position) (line-end-position))";
const TEXT = "(buffer-substring-no-properties (point-min) (point-max))";
const PLACE = `(format "%s:%d" (buffer-name) (point))`;
const HELP = `(mapconcat (lambda (w) (with-current-buffer (window-buffer w) (buffer-string)))
  (cdr (window-list)) "")`;

Deno.test({
  name: `Emacs with the recipe (${
    SKIPPED ? "emacs, eglot or script not installed: skipped" : EMACS
  }), shows and does what it says`,
  ignore: SKIPPED,
  fn: () =>
    atDesk((desk) =>
      withEmacs(desk, async ({ type, see }) => {
        await see(FINDINGS, /vrrp_sync_group G/);
        type("\x1b>vrrp_instance VI_2 {\npriorty 100\n}\n"); // M->
        await see(FINDINGS, /did you mean priority/);
        type("\x12priorty\r\x1bdpriority"); // C-r, M-d
        await see(FINDINGS, /^(?!.*priorty)".+/);
        type("\x05\nadvert_in\x1b\t"); // C-e, M-TAB
        await see(LINE, /^"advert_int"$/);
        type("\x1b<\x13router_id\x02"); // M-<, C-s, C-b
        await see("(current-message)", /router_id <name>/); // without it C-h . has nothing to show
        type("\x08.");
        await see(HELP, /Name of this node used in mail/);
        type("\x1b<\x13conf.d\x1b."); // M-.
        await see(PLACE, /^"vi\.conf:1"$/);
        type("\x1b,"); // M-,
        await see(PLACE, /^"keepalived\.conf:/);
        type("\x1b<\x13VI_1\x02\x1b.");
        await see(PLACE, /^"vi\.conf:15"$/);
        type("\x1b,");
        await see(PLACE, /^"keepalived\.conf:/);
        type("\x1bxeglot-format-buffer\r");
        await see(TEXT, /vrrp_instance VI_2 \{\\n {4}priority 100\\n {4}advert_int\\n\}\\n"$/);
      })
    ),
});
