/** What pages say by script comes translated with the page, as data of the element `words`. */

const words = document.getElementById("words")?.dataset ?? {};

/** @param {string} name @param {Record<string, string | number>} [gaps] */
export function word(name, gaps = {}) {
  return Object.entries(gaps).reduce(
    (text, [gap, value]) => text.replace(`{${gap}}`, String(value)),
    words[name] ?? "",
  );
}

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} selector @param {ParentNode} [root]
 */
export function part(selector, root = document) {
  return /** @type {T} */ (root.querySelector(selector));
}

/**
 * @param {string} tag @param {string} [text] @param {string} [className]
 * @param {(Node | string)[]} [inside]
 */
export function element(tag, text = "", className = "", inside = []) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  made.append(...inside);
  return made;
}

/** A picture of the set that every page has. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${words.icons}#${name}`);
  svg.append(use);
  return svg;
}
