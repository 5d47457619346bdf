/** What takes its time: servers that come back with more and more of their weight, and servers that leave when their connections are over. */

export * from "./climb.ts";
export * from "./leaving.ts";
