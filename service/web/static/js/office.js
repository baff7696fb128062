/** What every office page does: live updates, menus that close, searches that respect the IME. */

import { LiveFeed, LiveNotices } from "./live.js";

const region = document.querySelector("[data-live]");
if (region instanceof HTMLElement && region.dataset.liveUrl) {
  const feed = new LiveFeed(region.dataset.liveUrl);
  new LiveNotices(region, feed);
  feed.start();
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.removeAttribute("open");
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details[open]") ?? null;
  menu?.removeAttribute("open");
  menu?.querySelector("summary")?.focus();
});

// While kana are being converted every keystroke is an input event; none of them is a search.
document.addEventListener(
  "input",
  (event) => {
    const unfinished = event instanceof InputEvent && event.isComposing;
    if (unfinished && event.target instanceof Element && event.target.closest("[hx-get]")) {
      event.stopImmediatePropagation();
    }
  },
  true,
);
document.addEventListener("compositionend", (event) => {
  event.target?.dispatchEvent(new Event("input", { bubbles: true }));
});
