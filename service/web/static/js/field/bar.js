/**
 * On every page of the phone: what waits here is counted in the bar and sent when that is
 * possible, and the pages themselves are kept for places without signal.
 */

import { items, onChange } from "./outbox.js";
import { flush, keepSending, now, onLine } from "./sending.js";
import { part, word } from "./words.js";

async function count() {
  const all = await items();
  const asked = all.filter((item) => item.state.phase === "needs_human").length;
  const mark = part("[data-unsent]");
  if (!mark) return;
  mark.hidden = all.length === 0;
  mark.toggleAttribute("data-alarm", asked > 0 || now.line === "signed_out");
  mark.textContent = asked
    ? word("countAsked", { n: all.length })
    : word("count", { n: all.length });
}

/** A new version waits until nothing is being written or sent. @param {ServiceWorkerRegistration} registration */
function offerUpdate(registration) {
  const offer = part("[data-update]");
  if (!registration.waiting || !offer || !navigator.serviceWorker.controller) return;
  offer.hidden = false;
  part("button", offer).onclick = () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
    registration.waiting?.postMessage("skip");
  };
}

async function keepPages() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  offerUpdate(registration);
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", () => offerUpdate(registration));
  });
}

export const isAble = Boolean(
  globalThis.crypto?.subtle && "indexedDB" in globalThis && navigator.locks,
);

async function start() {
  await count();
  onChange(count);
  onLine(count);
  await keepSending();
}

if (isAble) {
  start().catch(() => {});
  keepPages().catch(() => {});
}

export { flush };
