/** What a report says, from what was pressed and typed. */

import { instant } from "./clock.js";
import { uuid7 } from "./identifiers.js";
import { here } from "./whereabouts.js";

/** @typedef {import("./outbox.js").Saved} Saved */
/** @typedef {import("./outbox.js").PhotoBytes} PhotoBytes */

/** @param {FormData} values */
function times(values) {
  const captured_at = new Date().toISOString();
  const occurred_at = instant(values.get("occurred_local"));
  return occurred_at
    ? { captured_at, occurred_at, occurred_precision: "exact" }
    : { captured_at, occurred_at: captured_at, occurred_precision: "estimated" };
}

/** What the report is about: a position, or words for what no ledger knows. @param {FormData} values @param {DOMStringMap} known */
function about(values, { position, code }) {
  if (position) return { position_id: position };
  if (code) return { position_code: code };
  return {
    facility_id: values.get("facility_id"),
    unregistered_desc: String(values.get("unregistered_desc") ?? "").trim(),
  };
}

/** One figure a line, its name first: 「電流(A) 12.3」. Lines without a figure stay words only. @param {FormData} values */
export function measured(values) {
  /** @type {Record<string, number>} */
  const found = {};
  for (const line of String(values.get("measured") ?? "")
    .normalize("NFKC")
    .split("\n")) {
    const parts = /^\s*(\S.*?)[\s:=]+([-+]?\d+(?:\.\d+)?)\s*(\S*)\s*$/.exec(line);
    const [, name = "", figure = "", unit = ""] = parts ?? [];
    if (name) found[unit ? `${name}(${unit})` : name] = Number(figure);
  }
  return found;
}

/** @param {PhotoBytes[]} photos */
export const listed = (photos) =>
  photos.map(({ sha256, name, type, bytes }) => ({ sha256, name, type, size: bytes.byteLength }));

/**
 * A first report, or one more about a case that the page knows.
 * @param {HTMLFormElement} form @param {PhotoBytes[]} photos @returns {Saved}
 */
export function written(form, photos) {
  const values = new FormData(form);
  const id = uuid7();
  const detection = String(values.get("detection") ?? "");
  const followed = String(values.get("case_id") ?? "");
  const {
    position,
    code,
    tag,
    scanned,
    user = "",
    author = "",
    title = "",
    place = "",
  } = form.dataset;
  const report = {
    id,
    ...about(values, form.dataset),
    entry_mode: tag || scanned ? "tag" : position || code ? "search" : "typed",
    ...(tag ? { scanned_tag_id: tag } : scanned ? { scanned_tag: scanned } : {}),
    ...(followed ? { case_id: followed, kind: "follow_up" } : {}),
    symptoms: [values.get("symptom")],
    operation_effect: values.get("operation_effect"),
    environment_effects: values.getAll("environment_effects"),
    ...(values.get("emergency") ? { severity: 1 } : {}),
    ...times(values),
    body: values.get("body"),
    temporary_action: values.get("temporary_action") || null,
    measured_values: measured(values),
    announced_photos: photos.map((one) => one.sha256),
    ...(detection ? { detection } : {}),
    ...here(),
  };
  const saved_at = report.captured_at;
  return { id, user, author, title, place, saved_at, report, photos: listed(photos) };
}
