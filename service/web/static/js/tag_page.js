/**
 * The report form of a tag page: saved on the phone first, then sent, and kept until the server
 * has answered with the report's own id. Without this script, or where the browser cannot save
 * or hash, the form is sent as it is.
 */

/** @typedef {{ sha256: string, name: string, type: string, bytes: ArrayBuffer }} Photo */
/** @typedef {{ id: string, user?: string, report: Record<string, unknown>, photos: Photo[], isFiled?: boolean, number?: string }} Unsent */

const API = "/mobile/v1/fault-reports";
const RETRY_MS = [5_000, 10_000, 20_000, 40_000, 60_000];
const SEND_MS = 60_000;

const form = /** @type {HTMLFormElement} */ (document.getElementById("report"));
const unsent = /** @type {HTMLElement} */ (document.getElementById("unsent"));
const sent = /** @type {HTMLElement} */ (document.getElementById("sent"));
const words = unsent.dataset;
const draftKey = `gesuibo.draft.${form.dataset.code}`;

/** @param {ParentNode} root @param {string} selector */
const part = (root, selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
/** @param {Uint8Array} bytes */
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** RFC 9562 §5.7: the time in milliseconds, then random bits. */
function uuid7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  const random = BigInt(view.getUint16(6) & 0x0fff);
  view.setBigUint64(0, (BigInt(Date.now()) << 16n) | 0x7000n | random);
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** @returns {Promise<IDBDatabase>} */
function database() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("gesuibo-tag-page", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("unsent", { keyPath: "id" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

/**
 * One strict transaction: report and photos are on the disk together, or not at all.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} act
 * @returns {Promise<T>}
 */
async function stored(mode, act) {
  const base = await database();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = base.transaction("unsent", mode, { durability: "strict" });
      const request = act(transaction.objectStore("unsent"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    base.close();
  }
}

/** @param {File} file @returns {Promise<Photo>} */
async function photo(file) {
  const bytes = await file.arrayBuffer();
  const sha256 = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  return { sha256, name: file.name, type: file.type, bytes };
}

/** @returns {Promise<Unsent>} */
async function written() {
  const values = new FormData(form);
  const files = /** @type {File[]} */ (values.getAll("photos")).filter((file) => file.size > 0);
  const photos = await Promise.all(files.map(photo));
  const now = new Date().toISOString();
  const local = String(values.get("occurred_local") ?? "");
  const detection = String(values.get("detection") ?? "");
  const id = uuid7();
  const report = {
    id,
    position_id: form.dataset.position,
    scanned_tag_id: form.dataset.tag,
    entry_mode: "tag",
    symptoms: [values.get("symptom")],
    operation_effect: values.get("operation_effect"),
    environment_effects: values.getAll("environment_effects"),
    occurred_at: local ? `${local}${local.length === 16 ? ":00" : ""}+09:00` : now,
    occurred_precision: local ? "exact" : "estimated",
    captured_at: now,
    body: values.get("body"),
    temporary_action: values.get("temporary_action") || null,
    announced_photos: [...new Set(photos.map((one) => one.sha256))],
    ...(detection ? { detection } : {}),
  };
  return { id, user: form.dataset.user, report, photos };
}

/** @param {string} text @param {{ again?: boolean, signIn?: boolean }} [offer] */
function tell(text, offer = {}) {
  unsent.hidden = false;
  part(unsent, "[data-state]").textContent = text;
  part(unsent, "[data-again]").hidden = !offer.again;
  part(unsent, "[data-sign-in-link]").hidden = !offer.signIn;
}

/** Refused for good: sending it again unchanged will not help. */
class Refused extends Error {}
class SignedOut extends Error {}

/** @param {string} url @param {RequestInit} request @returns {Promise<Record<string, unknown>>} */
async function ask(url, request) {
  const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(SEND_MS) });
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  if (answer.status === 401) throw new SignedOut();
  if (answer.status < 500 && answer.status !== 408 && answer.status !== 429)
    throw new Refused(String(body.detail ?? answer.status));
  throw new Error(String(answer.status));
}

/** @param {Unsent} item */
async function sendReport(item) {
  if (item.isFiled) return;
  tell(words.sending ?? "");
  const body = JSON.stringify({ ...item.report, device_clock: new Date().toISOString() });
  const headers = { "content-type": "application/json" };
  const filed = await ask(API, { method: "POST", headers, body });
  if (filed.report_id !== item.id) throw new Error("another answer");
  item.isFiled = true;
  item.number = String(filed.report_no);
  await stored("readwrite", (store) => store.put(item));
}

/** @param {Unsent} item @returns {Promise<string[]>} what is wrong with photos that were refused */
async function sendPhotos(item) {
  const refusals = [];
  const all = String(item.photos.length);
  for (const [index, one] of item.photos.entries()) {
    const n = String(index + 1);
    tell((words.photo ?? "").replace("{n}", n).replace("{all}", all));
    const url = `${API}/${item.id}/photos/${one.sha256}?file_name=${encodeURIComponent(one.name)}`;
    const headers = { "content-type": one.type || "application/octet-stream" };
    try {
      const kept = await ask(url, { method: "PUT", headers, body: one.bytes });
      if (kept.sha256 !== one.sha256) throw new Error("another answer");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const text = words.photoRefused ?? "";
      refusals.push(text.replace("{n}", n).replace("{reason}", error.message));
    }
  }
  return refusals;
}

/** @param {Unsent} item @param {string[]} refusals */
async function finished(item, refusals) {
  await stored("readwrite", (store) => store.delete(item.id));
  unsent.hidden = true;
  sent.hidden = false;
  part(sent, "[data-number]").textContent = (words.done ?? "").replace("{no}", item.number ?? "");
  const list = part(sent, "[data-refusals]");
  list.hidden = refusals.length === 0;
  list.replaceChildren(
    ...refusals.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
  );
  sent.scrollIntoView({ block: "center" });
}

let attempt = 0;
let isSending = false;

/** What this person has not sent yet; another person's reports wait for that person. */
async function mine() {
  /** @type {Unsent[]} */
  const all = await stored("readonly", (store) => store.getAll());
  return all.filter((item) => item.user === form.dataset.user);
}

/** One report that is refused does not hold up the others; no network and no sign-in do. */
async function flush() {
  if (isSending) return;
  isSending = true;
  try {
    for (const item of await mine()) {
      await sendReport(item)
        .then(() => sendPhotos(item))
        .then((refusals) => finished(item, refusals))
        .catch(explainRefusal);
    }
    attempt = 0;
  } catch (error) {
    if (error instanceof SignedOut) tell(words.signIn ?? "", { signIn: true, again: true });
    else {
      tell(words.waiting ?? "", { again: true });
      setTimeout(flush, RETRY_MS[Math.min(attempt++, RETRY_MS.length - 1)]);
    }
  } finally {
    isSending = false;
    await count();
  }
}

/** @param {unknown} error */
function explainRefusal(error) {
  if (!(error instanceof Refused)) throw error;
  tell((words.refused ?? "").replace("{reason}", error.message), { again: true });
}

async function count() {
  const n = (await mine()).length;
  const mark = document.querySelector("[data-unsent]");
  if (mark) mark.textContent = n ? (words.count ?? "").replace("{n}", String(n)) : "";
}

function keepDraft() {
  const values = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  localStorage.setItem(draftKey, JSON.stringify(values));
}

function restoreDraft() {
  for (const [name, value] of JSON.parse(localStorage.getItem(draftKey) ?? "[]")) {
    for (const control of form.querySelectorAll(
      `[name="${CSS.escape(name)}"]:not([type=hidden])`,
    )) {
      const input = /** @type {HTMLInputElement} */ (control);
      if (input.type === "radio" || input.type === "checkbox")
        input.checked ||= input.value === value;
      else input.value = value;
    }
  }
}

/** @param {SubmitEvent} event */
async function submit(event) {
  event.preventDefault();
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  if (button) button.disabled = true;
  try {
    const item = await written();
    await stored("readwrite", (store) => store.put(item));
  } catch {
    form.submit(); // the phone cannot keep it (full, private window): send it the plain way
    return;
  } finally {
    if (button) button.disabled = false;
  }
  localStorage.removeItem(draftKey);
  form.reset();
  sent.hidden = true;
  tell(words.saved ?? "");
  unsent.scrollIntoView({ block: "center" });
  await flush();
}

async function start() {
  try {
    await count();
  } catch {
    return;
  }
  restoreDraft();
  form.addEventListener("input", keepDraft);
  form.addEventListener("submit", submit);
  part(unsent, "[data-again] button").addEventListener("click", flush);
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  await flush();
}

if (crypto.subtle && "indexedDB" in window) start();
