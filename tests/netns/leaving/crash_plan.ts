/** What `signals_test.ts` and the node that crashes agree on. */

/** Address of the node, hexadecimal: 10.8.8.1. */
export const CRASHER = "10.8.8.1";
export const VIP = "10.9.9.9";
/** VRID 5, priority 200, 10.9.9.9, password "ab" (wire.md §1.2), and the same with priority 0. */
export const PDU = "2105c8010101a1830a0909096162000000000000";
export const FAREWELL_PDU = "2105000101016984" + "0a0909096162000000000000";
