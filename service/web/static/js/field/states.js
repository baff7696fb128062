/** How far an item of the outbox has come, in words. */

import { now } from "./sending.js";
import { word } from "./words.js";

/** @param {import("./outbox.js").Item} item */
export function stateOf(item) {
  const { phase, reason, sent_photos, number } = item.state;
  if (phase === "needs_human") return word("asked", { reason });
  if (now.user && item.user !== now.user) return word("others", { name: item.author });
  if (phase === "photos" && item.photos.length)
    return word("photosLeft", { no: number, n: sent_photos.length, all: item.photos.length });
  return word(phase === "sending" ? "sendingNow" : "kept");
}
