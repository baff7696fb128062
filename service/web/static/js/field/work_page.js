/** What the city asks of the company; as it was loaded last when there is no signal. */

import "./bar.js";
import { uuid7 } from "./identifiers.js";
import { answer, keepAnswer } from "./reference.js";
import * as transport from "./transport.js";
import { element, part, word } from "./words.js";

/** @typedef {{ id: string, kind: string, body: string, author_name: string, created_at: string }} WorkRecord */
/** @typedef {{ id: string, case_no: string, facility_name: string, equipment: string | null, body: string, due_on: string | null, requested_by_name: string, created_at: string, state: string, records: WorkRecord[] }} WorkRequest */

const KEY = "work-requests";
/** @param {string} moment */
const when = (moment) =>
  new Date(moment).toLocaleString(document.documentElement.lang, {
    dateStyle: "short",
    timeStyle: "short",
  });

/** @param {string} request */
const draftKey = (request) => `work:${request}`;

/** @param {string} request @returns {Record<string, string>} */
const draftOf = (request) => JSON.parse(localStorage.getItem(draftKey(request)) ?? "{}");

/** @param {string} request @param {Record<string, string>} values */
function keepDraft(request, values) {
  localStorage.setItem(draftKey(request), JSON.stringify(values));
}

/**
 * The record's id stays with what was typed: pressed again after a lost answer it is one record.
 * @param {WorkRequest} request @param {string} kind @param {Record<string, unknown>} told
 */
async function send(request, kind, told) {
  part("[data-say]").textContent = "";
  const typed = draftOf(request.id);
  const content = JSON.stringify([kind, told]);
  const id = typed.content === content && typed.id ? typed.id : uuid7();
  keepDraft(request.id, { ...typed, id, content });
  try {
    await transport.addRecord(request.id, { id, kind, ...told });
    localStorage.removeItem(draftKey(request.id));
    await show();
  } catch (error) {
    part("[data-say]").textContent =
      error instanceof transport.Refused
        ? word("refused", { reason: error.message })
        : word("noSignal");
    part("[data-say]").scrollIntoView({ block: "center" });
  }
}

/** The city's clock, whatever the phone's zone is. @param {number} moment */
const local = (moment) => new Date(moment + 9 * 3_600_000).toISOString().slice(0, 16);

/** @param {string} typed */
const instant = (typed) => (typed ? `${typed}:00+09:00` : null);

/** @param {WorkRequest} request */
function recordForm(request) {
  const pattern = part("template[data-form]");
  const form = /** @type {HTMLFormElement} */ (
    part("form", /** @type {HTMLTemplateElement} */ (pattern).content).cloneNode(true)
  );
  const typed = draftOf(request.id);
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[name]"));
  const keep = () =>
    keepDraft(request.id, Object.fromEntries([...fields].map((one) => [one.name, one.value])));
  for (const field of fields) {
    field.value = typed[field.name] ?? "";
    field.oninput = keep;
  }
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-now]")))
    button.onclick = () => {
      /** @type {HTMLInputElement} */ (part(`[name=${button.dataset.now}]`, form)).value = local(
        Date.now(),
      );
      keep();
    };
  form.onsubmit = async (event) => {
    event.preventDefault();
    const values = new FormData(form);
    const kind = /** @type {HTMLButtonElement} */ (event.submitter).value;
    const [started_at, ended_at] = ["started_at", "ended_at"].map((name) =>
      instant(String(values.get(name))),
    );
    await send(request, kind, { body: String(values.get("body")), started_at, ended_at });
  };
  return form;
}

/** @param {WorkRequest} request */
function action(request) {
  if (request.state === "acknowledged") return [recordForm(request)];
  if (request.state !== "requested") return [];
  const button = /** @type {HTMLButtonElement} */ (
    element("button", word("acknowledge"), "button")
  );
  button.type = "button";
  button.onclick = () => send(request, "acknowledged", {});
  return [button];
}

/** @param {WorkRequest} request */
function card(request) {
  const due = request.due_on ? [element("p", word("due", { day: request.due_on }))] : [];
  const done = request.records
    .filter((one) => one.body)
    .map((one) => element("p", `${when(one.created_at)} ${one.author_name}: ${one.body}`, "muted"));
  const from = word("askedBy", { name: request.requested_by_name, at: when(request.created_at) });
  return element("section", "", "card", [
    element("h2", request.equipment ?? request.facility_name),
    element("p", `${request.facility_name} ${request.case_no}`, "muted"),
    element("p", word(`state_${request.state}`), "badge badge--info"),
    element("p", request.body),
    ...due,
    element("p", from, "muted"),
    ...done,
    ...action(request),
  ]);
}

/** @returns {Promise<{ value: WorkRequest[], at: string } | undefined>} */
async function fetched() {
  try {
    const { items } = await transport.get("/work-requests");
    await keepAnswer(KEY, items);
    part("[data-signed-out]").hidden = true;
    return { value: items, at: "" };
  } catch (error) {
    part("[data-signed-out]").hidden = !(error instanceof transport.SignedOut);
    return await answer(KEY);
  }
}

async function show() {
  const found = await fetched();
  const requests = found?.value ?? [];
  part("[data-loading]").hidden = true;
  part("[data-as-of]").textContent = found?.at ? word("asOf", { at: when(found.at) }) : "";
  part("[data-none]").hidden = requests.length > 0;
  part("[data-requests]").replaceChildren(...requests.map(card));
}

show();
