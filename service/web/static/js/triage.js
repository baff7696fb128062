/**
 * Keys for lists of cases: j goes to the next row's link, k to the one before; Enter opens it, as
 * on every link. The keys rest while somebody types.
 */

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && target.closest("input, select, textarea") !== null;
}

/** @returns {HTMLAnchorElement[]} */
function links() {
  return Array.from(document.querySelectorAll("[data-triage] tbody th a"));
}

/** @param {number} step */
function go(step) {
  const all = links();
  const here = all.findIndex((link) => link.matches(":focus"));
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
  all[Math.min(Math.max(next, 0), all.length - 1)]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "j") go(1);
  if (event.key === "k") go(-1);
});

for (const kind of ["focusin", "focusout"]) {
  document.addEventListener(kind, (event) => {
    const row = event.target instanceof Element ? event.target.closest("[data-triage] tr") : null;
    row?.classList.toggle("is-current", kind === "focusin");
  });
}

document.documentElement.dataset.keys = "ready";
