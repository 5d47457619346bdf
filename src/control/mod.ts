/**
 * What a running daemon is asked by its socket, and what it answers: one line of JSON each way, then the
 * connection ends. Who may connect is decided by the bits of the socket: root, and nobody else.
 */

export * from "./message.ts";
export * from "./path.ts";
export * from "./pieces.ts";
