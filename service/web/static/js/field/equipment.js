/**
 * The equipment page from what the phone keeps: opened for a tag or a position when the server
 * cannot be reached, and from the phone's own search.
 */

import { likeness } from "./likenesses.js";
import { me } from "./person.js";
import { byPosition, byTag, neighbours } from "./reference.js";
import { startForm } from "./report_form.js";
import { plain } from "./tag_code.js";
import * as transport from "./transport.js";
import { element, part, word } from "./words.js";

/** @typedef {import("./reference.js").Found} Found */

const OTHER = "S90";

const UUID = /^[0-9a-f-]{36}$/i;

const asked = new URLSearchParams(location.search);
const inPath = /^\/t\/([^/]+)$/i.exec(location.pathname)?.[1];
const tag = inPath ? plain(decodeURIComponent(inPath)) : "";
const wanted = asked.get("position") ?? "";
/** What was scanned stays with the report, also when a neighbour was meant. */
const scanned = tag || plain(asked.get("scanned") ?? "");

/** What this phone keeps. @returns {Promise<Found | null>} */
async function kept() {
  return tag ? await byTag(tag) : await byPosition(wanted);
}

/** From the server, for equipment in no pack; null without signal. @param {string} path @returns {Promise<Found | null>} */
async function fetched(path) {
  const told = await transport.get(path).catch(() => null);
  if (!told) return null;
  const { facility, position, device, equipment_class, symptom_set, open_cases } = told;
  const { asset_code = null, model_no = null, serial_no = null } = device ?? {};
  return {
    facility,
    position: {
      ...position,
      asset_code,
      model_no,
      serial_no,
      tags: told.tag ? [told.tag.code] : [],
    },
    symptoms: symptom_set,
    minor: equipment_class.minor,
    open: open_cases,
  };
}

/**
 * Cases that are open already, to be followed up instead of doubled; what was chosen stays chosen.
 * @param {any[]} open
 */
function offerFollowUps(open) {
  const box = part("[data-follow]");
  const grid = part(".tiles__grid", box);
  const chosen = /** @type {HTMLInputElement | null} */ (grid.querySelector("input:checked"))
    ?.value;
  for (const tile of [...grid.children].slice(1)) tile.remove();
  const labels = new Map(
    [
      .../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("#symptom input")),
    ].map((input) => [input.value, input.closest("label")?.textContent?.trim() ?? ""]),
  );
  for (const one of open.slice(0, 3)) {
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: "case_id", value: one.id });
    const told = one.symptoms
      .map((/** @type {string} */ code) => labels.get(code) ?? code)
      .join("・");
    if (one.id === chosen) input.checked = true;
    const text = word("followUpTo", { case: one.summary || `${told} ${one.case_no}` });
    const face = element("span", "", "tile__face", [element("span", text)]);
    grid.append(element("label", "", "tile", [input, face]));
  }
  box.hidden = open.length === 0;
}

/** @param {Found} found */
async function showLikeness({ facility, position }) {
  const picture = await likeness(facility.id, position.code).catch(() => null);
  const image = /** @type {HTMLImageElement} */ (part("[data-likeness]"));
  if (picture) image.src = URL.createObjectURL(picture);
  image.hidden = !picture;
}

/** 「ちがう」: the neighbours, without losing what was scanned. @param {Found} found */
function offerNeighbours(found) {
  part("[data-not-this]").onclick = async () => {
    const others = await neighbours(found);
    part("[data-neighbour-list]").replaceChildren(
      ...others.map((one) => {
        const link = element("a", "", "list__row", [
          element("span", "", "", [
            one.name,
            element("small", `${one.location ?? ""} ${one.code}`),
          ]),
        ]);
        const there = new URLSearchParams({ position: one.code, ...(scanned ? { scanned } : {}) });
        link.setAttribute("href", `/f/equipment?${there}`);
        return element("li", "", "", [link]);
      }),
    );
    part("[data-neighbour-list]").hidden = others.length === 0;
    part("[data-neighbours]").hidden = false;
    part("[data-neighbours]").scrollIntoView({ block: "start" });
  };
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

/** From the pack at once; from the server what a pack does not know. */
async function find() {
  const here = await kept().catch(() => null);
  const path = tag ? `/tags/${tag}` : UUID.test(wanted) ? `/positions/${wanted}` : "";
  if (here) return { found: here, fromPack: true };
  const told = path ? await fetched(path) : null;
  return told ? { found: told, fromPack: false } : null;
}

async function start() {
  const known = await find();
  part("[data-missing]").hidden = Boolean(known);
  part("[data-found]").hidden = !known;
  part("[data-actions]").hidden = !known;
  if (!known) return;
  const { found, fromPack } = known;
  part("[data-from-pack]").hidden = !fromPack;
  show(found);
  showLikeness(found);
  offerNeighbours(found);
  offerFollowUps(found.open);
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
  const code = found.position.tags[0];
  const told = fromPack && code ? await fetched(`/tags/${code}`) : null;
  if (told) offerFollowUps(told.open);
}

start();
