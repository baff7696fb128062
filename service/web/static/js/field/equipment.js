/**
 * The equipment page from what the phone keeps: opened for a tag or a position when the server
 * cannot be reached, and from the phone's own search.
 */

import { me } from "./person.js";
import { byPosition, byTag } from "./reference.js";
import { startForm } from "./report_form.js";
import { plain } from "./tag_code.js";
import { element, part, word } from "./words.js";

const OTHER = "S90";

const inPath = /^\/t\/([^/]+)$/i.exec(location.pathname)?.[1];
const scanned = inPath ? plain(decodeURIComponent(inPath)) : "";

/** @returns {Promise<import("./reference.js").Found | null>} */
async function asked() {
  if (scanned) return await byTag(scanned);
  return await byPosition(new URLSearchParams(location.search).get("position") ?? "");
}

/** The class's own symptoms in their order, the common ones when it has none. @param {string[]} set */
function showSymptoms(set) {
  const grid = part("#symptom .tiles__grid");
  const wanted = set.length ? set : (part("[data-found]").dataset.symptoms ?? "").split(" ");
  const tiles = new Map(
    [...grid.querySelectorAll("input")].map((input) => [input.value, input.closest("label")]),
  );
  for (const tile of tiles.values()) tile?.remove();
  for (const code of [...wanted.filter((one) => one !== OTHER).slice(0, 8), OTHER]) {
    const tile = tiles.get(code);
    if (tile) grid.append(tile);
  }
}

/** @param {string} term @param {string | null} value */
const fact = (term, value) =>
  element("div", "", "", [element("dt", term), element("dd", value || "–")]);

/** @param {import("./reference.js").Found} found */
function show({ facility, position, symptoms, minor }) {
  document.title = position.name;
  part("[data-found] h1").textContent = position.name;
  part("[data-where]").textContent = `${facility.name} ${position.location ?? ""}`;
  part(".field-bar__title").textContent = facility.name;
  for (const [selector, text] of [
    ["[data-hazard]", facility.hazard_note],
    ["[data-no-signal]", facility.no_signal_note],
  ]) {
    const box = part(/** @type {string} */ (selector));
    box.hidden = !text;
    part("[data-text]", box).textContent = text ?? "";
  }
  part("[data-facts]").replaceChildren(
    fact(word("code"), position.code),
    fact(word("class"), minor),
    fact(word("asset"), position.asset_code),
    fact(word("model"), position.model_no),
    fact(word("serial"), position.serial_no),
  );
  showSymptoms(symptoms);
}

async function start() {
  const found = await asked().catch(() => null);
  part("[data-missing]").hidden = Boolean(found);
  part("[data-found]").hidden = !found;
  part("[data-actions]").hidden = !found;
  if (!found) return;
  show(found);
  const form = /** @type {HTMLFormElement} */ (part("#report"));
  const person = await me();
  Object.assign(form.dataset, {
    position: found.position.id ?? "",
    code: found.position.code,
    scanned,
    title: found.position.name,
    place: found.facility.name,
    user: person?.user_id ?? "",
    author: person?.display_name ?? "",
  });
  await startForm(form);
}

start();
