/** What the phone has fetched to look things up without signal; all of it can be fetched again. */

import { Database } from "./database.js";

/** @typedef {{ id?: string, code: string, name: string, unit_no: string | null, class_code: string, location: string | null, status: string, health: number | null, tags: string[], asset_code: string | null, model_no: string | null, serial_no: string | null }} Position */
/** @typedef {{ id: string, code: string, name: string, hazard_note: string | null, no_signal_note: string | null, positions: number }} Facility */
/** @typedef {{ id: string, case_no: string, code: string, state: string, symptoms: string[] }} OpenCase */
/** @typedef {{ facility: Facility, open_cases?: OpenCase[], classes: { code: string, minor: string, symptom_set: string[] }[], positions: Position[], cursor: string, fetched_at: string, id: string }} Pack */
/** @typedef {{ facility: Facility, position: Position, symptoms: string[], minor: string, open: any[] }} Found */

const base = new Database({
  name: "gesuibo-reference",
  version: 1,
  stores: { packs: { keyPath: "id" }, tags: { keyPath: "code" }, answers: { keyPath: "key" } },
});
const SHOWN = 30;

/** A position without an id is known by its code. @param {Omit<Pack, "id" | "fetched_at">} pack */
export async function keepPack(pack) {
  const id = pack.facility.id;
  await base.run(["packs", "tags"], (store) => {
    store("packs").put({ ...pack, id, fetched_at: new Date().toISOString() });
    for (const position of pack.positions)
      for (const code of position.tags)
        store("tags").put({ code, facility: id, position: position.id ?? position.code });
  });
}

/** @returns {Promise<Pack[]>} */
export function packs() {
  return base.read(["packs"], (store) => store("packs").getAll());
}

/** @param {string} id */
export async function dropPack(id) {
  await base.run(["packs"], (store) => store("packs").delete(id));
}

/** @param {Pack} pack @param {Position} position @returns {Found} */
function found(pack, position) {
  const known = pack.classes.find((one) => one.code === position.class_code);
  return {
    facility: pack.facility,
    position,
    symptoms: known?.symptom_set ?? [],
    minor: known?.minor ?? "",
    open: (pack.open_cases ?? []).filter((one) => one.code === position.code),
  };
}

/** @param {string} code without dashes, in capitals @returns {Promise<Found | null>} */
export async function byTag(code) {
  const row = await base.read(["tags"], (store) => store("tags").get(code));
  return row ? await byPosition(row.position, row.facility) : null;
}

/** @param {string} key id or code @param {string} [facility] @returns {Promise<Found | null>} */
export async function byPosition(key, facility) {
  for (const pack of await packs()) {
    if (facility && pack.id !== facility) continue;
    const position = pack.positions.find((one) => one.id === key || one.code === key);
    if (position) return found(pack, position);
  }
  return null;
}

/** Others in the same room, else in the same facility. @param {Found} found @returns {Promise<Position[]>} */
export async function neighbours({ facility, position }) {
  const pack = (await packs()).find((one) => one.id === facility.id);
  const others = (pack?.positions ?? []).filter((one) => one.code !== position.code);
  const here = others.filter((one) => one.location === position.location);
  return (here.length ? here : others).slice(0, SHOWN);
}

/** Widths, case, kana and dashes do not count. @param {string} text */
function folded(text) {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .replace(/[-‐-―ー−\s]/g, "");
}

/** Positions that hold every word. @param {string} typed @returns {Promise<Found[]>} */
export async function search(typed) {
  const words = typed
    .split(/[\s\u3000]+/)
    .map(folded)
    .filter(Boolean);
  if (!words.length) return [];
  /** @type {Found[]} */
  const hits = [];
  for (const pack of await packs()) {
    for (const position of pack.positions) {
      const { code, name, unit_no, location, asset_code, model_no, serial_no } = position;
      const text = folded(
        [pack.facility.name, code, name, unit_no, location, asset_code, model_no, serial_no].join(),
      );
      if (words.every((word) => text.includes(word))) hits.push(found(pack, position));
      if (hits.length >= SHOWN) return hits;
    }
  }
  return hits;
}

/** The last answer to a question, for when there is no signal. @param {string} key @param {unknown} value */
export async function keepAnswer(key, value) {
  const at = new Date().toISOString();
  await base.run(["answers"], (store) => store("answers").put({ key, value, at }));
}

/** @param {string} key @returns {Promise<{ value: any, at: string } | undefined>} */
export function answer(key) {
  return base.read(["answers"], (store) => store("answers").get(key));
}
