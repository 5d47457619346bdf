/** Neovim with the recipe of docs/EDITORS.md, driven by keys: `deno task editors`; skipped where it is missing. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { atDesk, type Desk, output, recipe, until, versionOf } from "./desk.ts";

/** Another one than that on the path: `NVIM=/opt/nvim/bin/nvim deno task editors`. */
const NVIM = Deno.env.get("NVIM") ?? "nvim";
const VERSION = versionOf(NVIM);

/** Block of the recipe: the language server is configured in another way from 0.11 on. */
const BLOCK = /v0\.(\d|10)\./.test(VERSION ?? "") ? 1 : 0;

interface Neovim {
  readonly type: (keys: string) => void;
  /** Waits for a value of Vim's expression language. */
  readonly see: (expression: string, fits: RegExp) => Promise<string>;
}

async function withNeovim(desk: Desk, test: (editor: Neovim) => Promise<void>): Promise<void> {
  const init = `${desk.folder}/init.lua`;
  const socket = `${desk.folder}/socket`;
  await Deno.writeTextFile(init, recipe("Neovim", BLOCK));
  const editor = spawn(
    NVIM,
    ["--headless", "--clean", "-u", init, "--listen", socket, desk.file],
    { env: desk.env, stdio: "ignore" },
  );
  const exited = once(editor, "exit");
  const ask = (how: string, text: string) =>
    output(NVIM, ["--headless", "--server", socket, how, text], desk);
  const see = (expression: string, fits: RegExp) =>
    until(() => ask("--remote-expr", expression), fits);
  try {
    await see("&filetype", /^keepalived$/);
    await test({ type: (keys) => void ask("--remote-send", keys), see });
  } finally {
    editor.kill("SIGKILL");
    await exited;
  }
}

const FINDINGS = `join(luaeval("vim.tbl_map(function(d) return d.message end, ` +
  `vim.diagnostic.get(0))"), "|") .. "."`;

/** Text of the window in front of the others. */
const FLOAT = `luaeval("(function() for _, w in ipairs(vim.api.nvim_list_wins()) do ` +
  `if vim.api.nvim_win_get_config(w).relative ~= '' then return table.concat(` +
  `vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(w), 0, -1, false), '|') end end ` +
  `return '' end)()")`;

const TEXT = `join(getline(1, "$"), "|")`;
const PLACE = `expand("%:t") .. ":" .. line(".") .. ":" .. col(".")`;

Deno.test({
  name: `Neovim with the recipe (${
    VERSION ?? "not installed: skipped"
  }), shows and does what it says`,
  ignore: VERSION === undefined,
  fn: () =>
    atDesk((desk) =>
      withNeovim(desk, async ({ type, see }) => {
        // Findings as one types, without leaving the insert mode.
        await see(FINDINGS, /vrrp_sync_group G/);
        type("Govrrp_instance VI_2 {<CR>priorty 100<CR>}");
        await see(FINDINGS, /did you mean priority/);
        assert.equal(await see("mode()", /./), "i");
        type("<Esc>?priorty<CR>cwpriority<Esc>");
        await see(FINDINGS, /^(?!.*priorty).+/);
        // Completion of a keyword, and only of one that fits the block.
        type("oadv<C-x><C-o>");
        await see("getline('.')", /^\s*advert_int/);
        type("<Esc>:.delete<CR>");
        type("/^ *router_id<CR>wK");
        await see(FLOAT, /Name of this node used in mail/);
        type("gg/conf.d<CR><C-]>");
        await see(PLACE, /^vi\.conf:1:/);
        type("<C-t>");
        await see(PLACE, /^keepalived\.conf:5:/);
        type("gg/VI_1<CR><C-]>");
        await see(PLACE, /^vi\.conf:1:15$/);
        type("<C-t>");
        await see(PLACE, /^keepalived\.conf:9:/);
        type(":lua (vim.lsp.buf.format or vim.lsp.buf.formatting_sync)()<CR>");
        await see(TEXT, /vrrp_instance VI_2 \{\| {4}priority 100\|\}$/);
        assert.equal(await see("&commentstring", /./), "# %s");
      })
    ),
});
