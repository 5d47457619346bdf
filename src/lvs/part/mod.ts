/** The part of virtual servers: `step.ts` moves it by one event, `part.ts` is its state, `desired.ts` what it wants of the kernel. */

export * from "./effect.ts";
export * from "./event.ts";
export * from "./part.ts";
export * from "../servers/quorum.ts";
export * from "./resume.ts";
export * from "./step.ts";
export * from "../servers/virtual_server.ts";
export * from "../servers/words.ts";
