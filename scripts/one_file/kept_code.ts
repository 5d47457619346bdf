/**
 * Where the runtime is made to show what it compiles scripts with, so that code which was compiled when the executable was made can be
 * handed to it at each start (cli/packed/scripts.ts). Deno has that in `node:vm` only, whose loading takes longer than all else
 * of a start.
 */

/**
 * The small script by which the runtime makes the global `ImageData`, when somebody asks for it, shows what it is made with instead. The
 * text is that of Deno 2.9.6.
 */
export const SHOWING = {
  text: "const{ImageData:n}=e.ops;",
  by: "return{ImageData:e.ops};",
} as const;

/** Whether a runtime has that text, and once only: then it can be made to show. */
export async function canShow(runtime: string): Promise<boolean> {
  const bytes = new TextDecoder("latin1").decode(await Deno.readFile(runtime));
  const first = bytes.indexOf(SHOWING.text);
  return first >= 0 && bytes.indexOf(SHOWING.text, first + 1) < 0;
}
