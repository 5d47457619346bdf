/** What instances send: adverts as templates, announcements, orders to the core. */

export { channelOf } from "./advertising.ts";
export { toEffects } from "./orders.ts";
