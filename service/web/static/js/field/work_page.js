/** What the city asks of the company; as it was loaded last when there is no signal. */

import "./bar.js";
import { when } from "./clock.js";
import { uuid7 } from "./identifiers.js";
import * as outbox from "./outbox.js";
import { writer } from "./person.js";
import { answer, keepAnswer } from "./reference.js";
import { flush } from "./sending.js";
import { stateOf } from "./states.js";
import * as transport from "./transport.js";
import { element, icon, part, word } from "./words.js";

/** @typedef {{ id: string, kind: string, body: string, author_name: string, created_at: string }} WorkRecord */
/** @typedef {{ id: string, case_no: string, facility_name: string, equipment: string | null, body: string, due_on: string | null, requested_by_name: string, created_at: string, state: string, records: WorkRecord[] }} WorkRequest */

const KEY = "work-requests";
/** @type {WorkRequest[]} */
let shown = [];

/** Kept on the phone as everything else, and sent by the outbox. @param {WorkRequest} request */
async function acknowledge(request) {
  const id = uuid7();
  const report = { id, kind: "acknowledged" };
  const title = request.equipment ?? request.facility_name;
  const place = `${request.facility_name} ${request.case_no}`;
  const saved_at = new Date().toISOString();
  const to = `/work-requests/${request.id}/records`;
  const what = word("acknowledge");
  const said = { id, ...(await writer()), title, place, what, saved_at, report, to, photos: [] };
  try {
    await outbox.keep(said, []);
  } catch {
    part("[data-say]").textContent = word("cannotKeep");
    return;
  }
  await flush({ evenIfEarly: true });
}

/** @param {WorkRequest} request @param {outbox.Item[]} waiting */
function action(request, waiting) {
  const isAnswered = waiting.some((one) => one.to);
  if (request.state === "requested" && !isAnswered) {
    const button = /** @type {HTMLButtonElement} */ (
      element("button", word("acknowledge"), "button")
    );
    button.type = "button";
    button.onclick = () => {
      button.disabled = true;
      acknowledge(request);
    };
    return [button];
  }
  if (request.state !== "acknowledged" && !isAnswered) return [];
  const link = element("a", word("record"), "button");
  link.setAttribute("href", `/f/more?request=${request.id}`);
  return [link];
}

/** @param {outbox.Item} item */
const unsent = (item) =>
  element("p", "", "badge badge--waiting", [
    icon(item.state.phase === "needs_human" ? "warning" : "hourglass"),
    `${item.what}: ${stateOf(item)}`,
  ]);

/** @param {WorkRequest} request @param {outbox.Item[]} items */
function card(request, items) {
  const waiting = items.filter(
    (one) => one.to?.includes(request.id) || one.report.work_request_id === request.id,
  );
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
    ...waiting.map(unsent),
    ...action(request, waiting),
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

async function draw() {
  const items = await outbox.items();
  part("[data-requests]").replaceChildren(...shown.map((one) => card(one, items)));
}

async function load() {
  const found = await fetched();
  shown = found?.value ?? [];
  part("[data-loading]").hidden = true;
  part("[data-as-of]").textContent = found?.at ? word("asOf", { at: when(found.at) }) : "";
  part("[data-none]").hidden = shown.length > 0;
  await draw();
}

/** How many items of requests wait; fewer than before: the city knows more now. */
let before = 0;
async function changed() {
  const waiting = (await outbox.items()).filter((one) => one.to || one.report.work_request_id);
  const hasGone = waiting.length < before;
  before = waiting.length;
  await (hasGone ? load() : draw());
}

outbox.onChange(changed);
load().then(changed);
