/** Whether keys of one letter work: whoever speaks to the computer or hits keys by chance turns them off. */

const KEPT = "gesuibo-single-keys";

/** @returns {boolean} */
export function singleKeys() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true; // a browser that keeps nothing
  }
}

/** @param {boolean} on */
export function keepSingleKeys(on) {
  try {
    localStorage.setItem(KEPT, on ? "on" : "off");
  } catch {
    // It holds for nothing then: the keys stay as they are.
  }
}

/**
 * @param {EventTarget | null} target
 * @returns {boolean}
 */
export function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  const field = target.closest("input, select, textarea");
  return field !== null && !(field instanceof HTMLInputElement && field.type === "checkbox");
}
