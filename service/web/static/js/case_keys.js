/**
 * Keys of a case's page. What has data-key is worked by that key: a form is sent, a link followed,
 * a fold opened with its first field ready, a form that asks first (data-asks) likewise. Ctrl+Enter sends the form that somebody writes in, and
 * ? shows the keys. They rest while somebody types.
 */

import { singleKeys } from "./keys.js";

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && target.closest("input, select, textarea") !== null;
}

/**
 * Times that nobody knows yet are skipped: most equipment never stopped.
 * @param {HTMLElement} fold
 */
function firstField(fold) {
  const times = fold.querySelector("input[type=datetime-local]");
  const without = fold.querySelector("input[type=checkbox][name$=no_downtime]");
  if (times instanceof HTMLInputElement && times.value === "" && without) return without;
  const fields = "textarea, select, input:not([type=hidden])";
  return fold.querySelector("textarea") ?? fold.querySelector(fields);
}

/** @param {HTMLElement} element */
function work(element) {
  if (element instanceof HTMLFormElement && element.dataset.asks === undefined)
    element.requestSubmit();
  else if (element instanceof HTMLAnchorElement) element.click();
  else {
    if (element instanceof HTMLDetailsElement) element.open = true;
    const field = firstField(element);
    if (field instanceof HTMLElement) field.focus();
    field?.scrollIntoView({ block: "center" });
  }
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.metaKey) return;
  if (event.ctrlKey) {
    const form = event.target instanceof Element ? event.target.closest("form") : null;
    if (event.key === "Enter" && form instanceof HTMLFormElement) form.requestSubmit();
    return;
  }
  if (isTyping(event.target)) {
    if (event.key === "Escape" && event.target instanceof HTMLElement) event.target.blur();
    return;
  }
  if (!singleKeys()) return;
  const found = /^[a-z1-9]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
  if (found instanceof HTMLElement) {
    event.preventDefault();
    work(found);
  }
});

document.documentElement.dataset.keys = "ready";
