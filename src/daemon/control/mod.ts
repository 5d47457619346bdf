/** The socket of a running daemon: who may ask, and what is answered. The messages are those of `src/control`. */

export { openControl } from "./socket.ts";
export { type Answering, answerTo } from "./answers.ts";
