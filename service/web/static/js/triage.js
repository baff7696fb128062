/**
 * Keys for lists: j goes to the next row's link, k to the one before, x chooses the row; Enter opens
 * it, as on every link; n and p turn the page, / goes to the search. The keys rest while somebody
 * types or has turned them off.
 */

import { isTyping, singleKeys } from "./keys.js";

/** @returns {HTMLAnchorElement[]} */
function links() {
  return Array.from(document.querySelectorAll("[data-triage] tbody th a"));
}

/** @param {number} step */
function go(step) {
  const all = links();
  const row = document.activeElement?.closest("tr");
  const here = all.findIndex((link) => link.closest("tr") === row);
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
  all[Math.min(Math.max(next, 0), all.length - 1)]?.focus();
}

function choose() {
  const box = document.activeElement?.closest("[data-triage] tr")?.querySelector(".choose input");
  if (box instanceof HTMLInputElement) box.click();
}

/** @param {string} wanted */
function press(wanted) {
  const link = document.querySelector(wanted);
  if (link instanceof HTMLElement) link.click();
}

/** @param {KeyboardEvent} event */
function search(event) {
  const box = document.querySelector('main input[type="search"]');
  if (!(box instanceof HTMLInputElement)) return;
  event.preventDefault();
  box.focus();
  box.select();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target instanceof HTMLInputElement) event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (!singleKeys()) return;
  if (event.key === "j") go(1);
  if (event.key === "k") go(-1);
  if (event.key === "x") choose();
  if (event.key === "n") press('.pager a[rel="next"]');
  if (event.key === "p") press('.pager a[rel="prev"]');
  if (event.key === "/") search(event);
});

for (const kind of ["focusin", "focusout"]) {
  document.addEventListener(kind, (event) => {
    const row = event.target instanceof Element ? event.target.closest("[data-triage] tr") : null;
    row?.classList.toggle("is-current", kind === "focusin");
  });
}

// The first chosen row opens the form that groups them.
document.addEventListener("change", (event) => {
  const box = event.target instanceof Element ? event.target.closest(".choose input") : null;
  const form = document.getElementById("grouping");
  if (box && form instanceof HTMLDetailsElement) {
    form.open = document.querySelector(".choose input:checked") !== null;
  }
});

document.documentElement.dataset.keys = "ready";
