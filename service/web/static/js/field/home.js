/** The first screen: who this phone is, and what waits on it. */

import "./bar.js";
import { items, onChange } from "./outbox.js";
import { answer, keepAnswer, packs } from "./reference.js";
import * as transport from "./transport.js";
import { part, word } from "./words.js";

async function person() {
  try {
    const known = await transport.me();
    await keepAnswer("me", known);
    return { known, isCurrent: true };
  } catch (error) {
    const before = await answer("me");
    return { known: before?.value, isCurrent: !(error instanceof transport.SignedOut) };
  }
}

async function who() {
  const { known, isCurrent } = await person();
  part("[data-enrol]").hidden = Boolean(known && isCurrent);
  part("[data-who]").hidden = !(known && isCurrent);
  if (known && isCurrent)
    part("[data-name]").textContent = [known.company_name, known.display_name]
      .filter(Boolean)
      .join(" ");
}

async function waiting() {
  const all = await items();
  part("[data-waiting]").textContent = all.length ? word("count", { n: all.length }) : word("none");
}

async function kept() {
  const all = await packs();
  const count = all.reduce((sum, pack) => sum + pack.positions.length, 0);
  part("[data-packs]").textContent = all.length
    ? word("packs", { facilities: all.length, positions: count })
    : word("noPacks");
}

part("form[data-find]").addEventListener("submit", (event) => {
  const typed = /** @type {HTMLInputElement} */ (part("#q")).value.trim();
  if (!typed) event.preventDefault();
});

/** @param {string} permission @param {() => void} ask */
async function offerPlace(permission, ask) {
  const state = await navigator.permissions
    ?.query({ name: /** @type {PermissionName} */ (permission) })
    .catch(() => null);
  const button = part("[data-place]");
  button.hidden = state?.state !== "prompt";
  button.onclick = () => {
    button.hidden = true;
    ask();
  };
}

/** Only Safari on a phone has this property; there a page that is not installed may lose its data. */
part("[data-install]").hidden = /** @type {any} */ (navigator).standalone !== false;

/** What has changed in the packs comes with signal, once the page has been drawn. */
async function renewPacks() {
  const { renew } = await import("./packs.js");
  await renew();
}

onChange(waiting);
Promise.allSettled([
  who(),
  waiting(),
  kept(),
  offerPlace("geolocation", () =>
    navigator.geolocation.getCurrentPosition(
      () => {},
      () => {},
    ),
  ),
]).then(renewPacks);
