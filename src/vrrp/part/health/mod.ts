/** What links, addresses and trackers allow an instance, and who is told when that changes. */

export { awaitLinks, endAwaiting } from "./awaited.ts";
export { followedBy, type Following, followingOf, trackGroupsOf } from "./following.ts";
export { linkOf } from "./footing.ts";
export { onAddress, onLink } from "./kernel_news.ts";
export { concernedBy, healths, refresh, refreshAll } from "./refresh.ts";
export { endAllResting, endResting, isResting, nextRest } from "./rest.ts";
