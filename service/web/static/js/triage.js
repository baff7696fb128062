/**
 * Keys for lists: j goes to the next row's link, k to the one before, x chooses the row, X all of them; g goes
 * to the form that groups what is chosen. Enter opens, as on every link; n and p turn the page, / goes to
 * the search. The keys rest while somebody
 * types or has turned them off.
 */

import { isTyping, singleKeys } from "./keys.js";

const ROW = "tr, article[data-triage]";

/** @returns {HTMLAnchorElement[]} */
function links() {
  return Array.from(
    document.querySelectorAll("[data-triage] tbody th a, article[data-triage] h2 a"),
  );
}

/** @param {number} step */
function go(step) {
  const all = links();
  const row = document.activeElement?.closest(ROW);
  const here = all.findIndex((link) => link.closest(ROW) === row);
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
  all[Math.min(Math.max(next, 0), all.length - 1)]?.focus();
}

function choose() {
  const box = document.activeElement?.closest("[data-triage] tr")?.querySelector(".choose input");
  if (box instanceof HTMLInputElement) box.click();
}

/** All rows that are shown; when all are chosen already, none. */
function chooseAll() {
  const boxes = Array.from(document.querySelectorAll("[data-triage] .choose input"));
  const some = boxes.filter((box) => box instanceof HTMLInputElement && !box.checked);
  for (const box of some.length ? some : boxes) if (box instanceof HTMLElement) box.click();
}

function group() {
  const fold = document.getElementById("grouping");
  if (!(fold instanceof HTMLDetailsElement)) return;
  fold.open = true;
  fold.querySelector("select")?.focus();
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

/** @type {Record<string, (event: KeyboardEvent) => void>} */
const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  x: choose,
  X: chooseAll,
  g: group,
  n: () => press('.pager a[rel="next"]'),
  p: () => press('.pager a[rel="prev"]'),
  "/": search,
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target instanceof HTMLInputElement) event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (!singleKeys()) return;
  KEYS[event.key]?.(event);
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
