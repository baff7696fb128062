/**
 * The wall screen refreshes itself: at every saved change, and every half minute without one.
 *
 * What it shows is either fresh or says that it is not: a refresh that fails puts the banner up,
 * and only one that succeeds takes it down.
 */

import { LiveFeed } from "./live.js";

const REFRESH_EVERY_MS = 30_000;
const RETRY_AFTER_MS = 5_000;
// Many changes at once are one refresh.
const GATHER_MS = 300;

const board = /** @type {HTMLElement} */ (document.querySelector("[data-wall]"));
const stale = /** @type {HTMLElement} */ (document.querySelector("[data-stale]"));
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {number} afterMs */
function plan(afterMs) {
  clearTimeout(timer);
  timer = setTimeout(refresh, afterMs);
}

async function refresh() {
  plan(REFRESH_EVERY_MS);
  const response = await fetch(board.dataset.wall ?? location.href, {
    headers: { "HX-Request": "true" },
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(RETRY_AFTER_MS),
  }).catch(() => null);
  const html = response?.ok ? await response.text().catch(() => "") : "";
  stale.hidden = html !== "";
  if (html === "") {
    plan(RETRY_AFTER_MS);
    return;
  }
  board.innerHTML = html;
}

const feed = new LiveFeed(board.dataset.events ?? "/api/v1/events");
feed.addEventListener("event", () => plan(GATHER_MS));
feed.addEventListener("open", () => plan(GATHER_MS));
feed.start();
window.addEventListener("offline", refresh);
window.addEventListener("online", refresh);
document.addEventListener("visibilitychange", () => plan(GATHER_MS));
plan(REFRESH_EVERY_MS);
