/**
 * What comes after a report: more about it, that it is done, or a correction; and the work that the
 * city has asked for. Kept and sent as reports are, also while the first still waits on the phone.
 */

import { instant, local } from "./clock.js";
import { uuid7 } from "./identifiers.js";
import * as outbox from "./outbox.js";
import { writer } from "./person.js";
import { answer } from "./reference.js";
import { startForm } from "./report_form.js";
import { here } from "./whereabouts.js";
import { part, word } from "./words.js";
import { listed, measured } from "./written.js";

/** @typedef {{ title: string, place: string, told: Record<string, unknown>, follows?: string }} Subject */

const TIMES = ["arrived", "temporary", "restored"];
const asked = new URLSearchParams(location.search);
const earlier = asked.get("report") ?? "";
const request = asked.get("request") ?? "";
const isCorrection = asked.has("correct");

/** What a report that may have to stand alone says about its place. @param {Record<string, unknown>} report */
const about = ({ position_id, position_code, facility_id, unregistered_desc, symptoms }) =>
  Object.fromEntries(
    Object.entries({ position_id, position_code, facility_id, unregistered_desc, symptoms }).filter(
      ([, value]) => value,
    ),
  );

/** The earlier report: still here, or as it was sent or read last. @returns {Promise<Subject>} */
async function ofReport() {
  const link = isCorrection ? "corrects_report_id" : "follows_report_id";
  const told = { [link]: earlier };
  const waiting = await outbox.item(earlier);
  if (waiting) {
    const { title, place, report } = waiting;
    return { title, place, follows: earlier, told: { ...about(report), ...told } };
  }
  const gone = (await outbox.sent()).find((one) => one.id === earlier);
  if (gone) return { title: gone.title, place: gone.place, told };
  const read = ((await answer("reports"))?.value.items ?? []).find(
    (/** @type {any} */ one) => one.id === earlier,
  );
  const title = read?.position_name ?? read?.unregistered_desc ?? "";
  return { title, place: read?.facility_name ?? "", told };
}

/** @returns {Promise<Subject>} */
async function ofRequest() {
  const known = ((await answer("work-requests"))?.value ?? []).find(
    (/** @type {any} */ one) => one.id === request,
  );
  const answered = (await outbox.items()).find((one) => one.to?.includes(request));
  return {
    title: known?.equipment ?? known?.facility_name ?? "",
    place: `${known?.facility_name ?? ""} ${known?.case_no ?? ""}`,
    told: { case_id: known?.case_id, work_request_id: request },
    ...(answered ? { follows: answered.id } : {}),
  };
}

/** @param {FormData} values */
function times(values) {
  const told = TIMES.map((name) => [`${name}_at`, instant(values.get(`${name}_at`))]);
  const estimated_times = TIMES.filter(
    (name) => values.get(`${name}_at`) && values.get(`${name}_estimated`),
  );
  const known = Object.fromEntries(told.filter(([, at]) => at));
  return estimated_times.length ? { ...known, estimated_times } : known;
}

/** What was pressed, then what was typed. @param {FormData} values */
const words = (values) =>
  [values.getAll("did").join("、"), String(values.get("body") ?? "").trim()]
    .filter(Boolean)
    .join("\n");

/** @param {HTMLFormElement} form @param {Subject} subject @param {{ user: string, author: string }} by */
function manner(form, { title, place, told, follows }, by) {
  /** @param {HTMLFormElement} _ @param {outbox.PhotoBytes[]} photos @returns {outbox.Saved} */
  const write = (_, photos) => {
    const values = new FormData(form);
    const id = uuid7();
    const captured_at = new Date().toISOString();
    const kind = isCorrection ? "correction" : String(form.dataset.kind);
    const symptom = values.get("symptom");
    const report = {
      id,
      ...told,
      kind,
      entry_mode: "search",
      ...(symptom ? { symptoms: [symptom] } : {}),
      ...(values.get("operation_effect")
        ? { operation_effect: values.get("operation_effect") }
        : {}),
      captured_at,
      occurred_at: instant(values.get("occurred_local")) ?? captured_at,
      occurred_precision: values.get("occurred_local") ? "exact" : "estimated",
      ...times(values),
      body: words(values),
      measured_values: measured(values),
      announced_photos: photos.map((one) => one.sha256),
      ...here(),
    };
    const what = word(request ? "work" : kind);
    const saved = { id, ...by, title, place, what, saved_at: captured_at, report };
    return { ...saved, photos: listed(photos), ...(follows ? { follows } : {}) };
  };
  return {
    key: `draft:more:${request || earlier}${isCorrection ? ":correct" : ""}`,
    write,
    isAbout: (/** @type {outbox.Item} */ item) => isSame(item.report),
  };
}

/** @param {Record<string, unknown>} report */
function isSame({ follows_report_id, corrects_report_id, work_request_id }) {
  if (request) return work_request_id === request;
  return (isCorrection ? corrects_report_id : follows_report_id) === earlier;
}

/** Said before it is kept: words where the city needs them, and times in their order. @param {HTMLFormElement} form */
function check(form) {
  const values = new FormData(form);
  const body = /** @type {HTMLTextAreaElement} */ (part("#body"));
  const isEmpty = !words(values) && (request || isCorrection);
  body.setCustomValidity(isEmpty ? word("wordsMissing") : "");
  const [arrived, restored] = ["arrived_at", "restored_at"].map((name) => values.get(name));
  const isBackwards = arrived && restored && restored < arrived;
  /** @type {HTMLInputElement} */ (part("[name=restored_at]")).setCustomValidity(
    isBackwards ? word("backwards") : "",
  );
}

/** @param {HTMLFormElement} form */
function prepare(form) {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-now]")))
    button.onclick = () => {
      const field = /** @type {HTMLInputElement} */ (part(`[name=${button.dataset.now}]`, form));
      field.value = local(Date.now());
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
  form.addEventListener("input", () => check(form));
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (
    document.querySelectorAll("[data-kind]")
  ))
    button.onclick = () => {
      form.dataset.kind = button.dataset.kind;
      check(form);
    };
}

/** @param {Subject} subject */
function show({ title, place }) {
  const heading = word(isCorrection ? "correctionOf" : request ? "workOf" : "followUpOf");
  document.title = heading;
  part("h1").textContent = heading;
  part("[data-subject]").textContent = `${title} ${place}`;
  for (const box of /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll("[data-only]")
  ))
    box.hidden = !box.dataset.only
      ?.split(" ")
      .includes(isCorrection ? "correction" : request ? "work" : "follow_up");
}

async function start() {
  const subject = await (request ? ofRequest() : ofReport());
  show(subject);
  const form = /** @type {HTMLFormElement} */ (part("#report"));
  prepare(form);
  await startForm(form, manner(form, subject, await writer()));
  check(form);
}

start();
